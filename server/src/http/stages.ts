// What this door asks of the house behind it. `flow` answers; a Fault thrown in a stage becomes a problem on the wire.
import type {
  BatchForeseen,
  CaseBatch,
  CaseBatched,
  CaseDecided,
  CaseDetail,
  CaseSummary,
  Check,
  ContextTaken,
  EventStanding,
  FileChoice,
  IncidentType,
  ReportAnnotation,
  ReportDetail,
  ReportSummary,
  ScanAnswer,
  ScanAnswers,
  ScanContext,
  ScanState,
  Stats,
} from '@wardline/api'
import type { Caller } from '#access'
import type { EntryStages } from './entry-stages.ts'
import type { EventStages } from './event-stages.ts'
import type { HearingStages } from './hearing-stages.ts'
import type { NoticeStages } from './notice-stages.ts'
import type { RepairStages } from './repair-stages.ts'

export interface ScanCall {
  readonly caller: Caller
  /** At least one; bytes as received. `fileName` is the part's own, where the upload gave one. */
  readonly images: readonly { readonly bytes: Buffer; readonly fileName: string | undefined }[]
  readonly context: ScanContext
  /** 1 to 255 visible ASCII characters, as sent. */
  readonly idempotencyKey: string | undefined
}

export type ScanOutcome =
  | {
      readonly kind: 'answered'
      readonly answer: ScanAnswer | ScanAnswers
      /** Of a scan's id: whether it was a test, which no real figure counts. */
      readonly isTest?: (scanId: string) => boolean
    }
  /** Another request with this Idempotency-Key has not ended yet. */
  | { readonly kind: 'in_progress' }
  /** This Idempotency-Key was used with another body. */
  | { readonly kind: 'key_reused' }

export interface Stages {
  readonly entries: EntryStages
  readonly repairs: RepairStages
  readonly notices: NoticeStages
  readonly events: EventStages
  readonly hearing: HearingStages

  scan(call: ScanCall): Promise<ScanOutcome>
  /** Of any scan of this platform: its keys come and go, the platform stays. */
  scanState(id: string): Promise<ScanState['state']>
  /** Fault `too_many_words`. */
  addContext(id: string, said: ScanContext, caller: Caller): Promise<ContextTaken>

  /** Newest first; `before` is the last number of the page before. */
  listCases(page: Page<CaseSummary['state'], number>): Promise<readonly CaseSummary[]>
  /** Fault `no_such_case`. */
  showCase(number: number, caller: Caller): Promise<CaseDetail>
  /**
   * Faults `no_such_case`, `not_possible`, `not_a_person`, `never_reported`, `incident_type_missing`, `file_not_of_case`,
   * `file_is_copy`, `file_twice`, `mou_missing`.
   */
  confirmCase(
    decision: CaseAct & {
      readonly reason: string | undefined
      readonly incidentType: IncidentType | undefined
      readonly files: readonly FileChoice[] | undefined
      readonly annotations: readonly ReportAnnotation[] | undefined
      readonly escalate: string | undefined
    },
  ): Promise<CaseDecided>
  dismissCase(
    decision: CaseAct & { readonly reason: string; readonly falseMatch: boolean | undefined },
  ): Promise<CaseDecided>
  /** Faults as `dismissCase`, and `still_reportable`. */
  closeCase(decision: CaseAct & { readonly reason: string }): Promise<CaseDecided>

  /** Faults `no_such_file`, `no_such_entry`. */
  foreseeBatch(by: BatchAsked, caller: Caller): Promise<BatchForeseen>
  /** Faults as `confirmCase`, and `batch_odd`, `annotation_missing`, `no_such_file`, `no_such_entry`. */
  batchCases(batch: CaseBatch, caller: Caller): Promise<CaseBatched>

  listReports(page: Page<ReportSummary['state'], string>): Promise<readonly ReportSummary[]>
  /** Fault `no_such_report`. */
  showReport(id: string, caller: Caller): Promise<ReportDetail>
  /** Faults `no_such_report`, `not_possible`. */
  retryReport(id: string, caller: Caller): Promise<ReportDetail>

  /**
   * Reads only: mail scanners follow links. locale: of the account, BCP 47. appealBy: by when words are taken, epoch milliseconds;
   * null: no time runs yet.
   */
  appealPage(
    token: string,
  ): Promise<{ readonly locale: string | null; readonly appealBy: number | null } | 'no_such_link'>
  /** Faults `words_missing`, `words_too_long`, `too_many_appeals`, `appeal_too_late`. */
  recordAppeal(token: string, words: string): Promise<'recorded' | 'no_such_link'>

  /** Epoch ms. */
  readStats(window: { readonly since?: number | undefined; readonly until?: number | undefined }): Promise<Stats>

  ready(): Promise<readonly Check[]>
  gauges(): Promise<Gauges>
}

export interface BatchAsked {
  readonly file?: string | undefined
  readonly entry?: string | undefined
  readonly incidentType?: IncidentType | undefined
}

export interface Page<State, Before> {
  readonly state: State | undefined
  readonly limit: number
  readonly before: Before | undefined
  readonly caller: Caller
}

export interface CaseAct {
  readonly number: number
  readonly caller: Caller
}

/** What the metrics show beside this door's own counters. Counts only. */
export interface Gauges {
  readonly jobs: Readonly<Record<'waiting' | 'running' | 'dead', number>>
  readonly cases: Readonly<Partial<Record<CaseSummary['state'], number>>>
  readonly reports: Readonly<Partial<Record<ReportSummary['state'], number>>>
  readonly lists: {
    /** 0..1: how much of the first load is done. */
    readonly loaded: number
    readonly entries: number
    readonly version: number
    /** Of memory, all in. */
    readonly bytes: number
    /** Of the lists that are fetched: since the last success, and how many are older than they may be. */
    readonly fetched: readonly { readonly id: string; readonly ageMs: number }[]
    readonly tooOld: number
    /** Since the lists in use were last known to be those of the database; null before the first load. */
    readonly ageMs: number | null
    readonly byList: readonly { readonly id: string; readonly entries: number }[]
  }
  readonly appeals: { readonly all: number; readonly open: number; readonly overdue: number }
  readonly letters: LetterFigures
  readonly filing: FilingFigures
  readonly notices: NoticeGauges
  /** Events for the platform by state, and since when its webhook does not take them, ms; 0: it does. */
  readonly events: Readonly<Record<EventStanding['state'], number>> & { readonly failingMs: number }
  readonly entries: EntryFigures
  /** Nothing is filed, told or destroyed until a person has looked. */
  readonly paused: boolean
  /** cases: that test cards made and nobody cleaned up. windowClosesAt: epoch ms; null while none is open. */
  readonly tests: { readonly cases: number; readonly windowClosesAt: number | null }
  /** left: values still sealed under a former key, as far as it is counted. uncopied: keys in need of which no copy was confirmed. */
  readonly vault: { readonly keys: number; readonly uncopied: number; readonly left: number }
}

/** Whether people are told: by state; those that a person must release; those that are due and go nowhere. */
export interface NoticeGauges {
  readonly byState: Readonly<Record<'waiting' | 'sending' | 'sent' | 'not_sent' | 'dead', number>>
  readonly unreleased: number
  readonly overdue: number
}

/** Mail to the appeals address. */
export interface LetterFigures {
  readonly byState: Readonly<Record<'waiting' | 'threaded' | 'attached' | 'dismissed' | 'noted', number>>
  /** Today, by the limits. */
  readonly left: number
  /** Since when the mailbox cannot be read; 0: it can, or none is configured. */
  readonly unreachableMs: number
}

/** Whether reports go out, and what waits for a person too long. */
export interface FilingFigures {
  readonly line: 'open' | 'waiting' | 'stopped'
  /** Not filed within the operator's own limit. */
  readonly late: number
  /** Cases that wait for a person's decision for a day, or for two. */
  readonly undecidedDay: number
  readonly undecidedTwoDays: number
  /** Alerts that the webhook, or the mail server, has not taken yet. */
  readonly alertsUnsent: number
}

/** What people decided, or have to decide, about entries; and what was kept from counting since this process started. */
export interface EntryFigures {
  /** By state, and how many are overdue for a person's look. */
  readonly setAside: Readonly<Record<'set_aside' | 'kept' | 'released', number>>
  readonly setAsideOverdue: number
  readonly corrections: { readonly proposed: number; readonly inForce: number; readonly overdue: number }
  readonly feedback: Readonly<Record<string, number | undefined>>
  /** Images that matched a list whose share of traffic leaves them out, by class. */
  readonly shadowed: Readonly<Record<string, number | undefined>>
  readonly silenced: number
  readonly canaries: number
}
