// What the river flows through: the ground and the tools of every stage, opened once by main.ts.
import type { HearingSettings } from '#appeals'
import type { Clock, Environment, Log } from '#base'
import type { Database } from '#db'
import type { Rules } from '#decide'
import type { Decoders } from '#hash'
import type { LookUpSettings } from '#intake'
import type { LetterSettings } from '#letters'
import type { AlertSettings, Breaker, FeedbackWay, TestCards } from '#lists'
import type { Logbook } from '#logbook'
import type { NoticePolicy } from '#notices'
import type { ReportSettings } from '#reports'
import type { Vault } from '#vault'
import type { WebhookSettings } from '#webhooks'
import type { Guards } from './guards.ts'
import type { Matching } from './matching.ts'

export interface River {
  readonly environment: Environment
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  readonly vault: Vault
  readonly decoders: Decoders
  readonly matching: Matching
  readonly guards: Guards
  /** Undefined when they were altered: then none counts. */
  readonly cards: TestCards | undefined
  readonly rules: FlowRules
  readonly reports: ReportSettings
  /** The operator's own system that is asked about accounts; undefined: none is. */
  readonly lookUp: LookUpSettings | undefined
  /** Lists whose source hears what cases taught about its entries, and how. */
  readonly feedback: ReadonlyMap<string, FeedbackWay>
  readonly notices: NoticePolicy
  /** Where the platform hears what it must act on; undefined: it fetches, or nobody does. */
  readonly webhooks: WebhookSettings | undefined
  /** Until when people may object, and by when they are heard. */
  readonly hearings: HearingSettings
  /** Where answers to notices are read; undefined: nowhere. */
  readonly letters: LetterSettings | undefined
  /** Where the operator's own machines hear what cannot wait for a person to look; undefined: nowhere. */
  readonly alerts: AlertSettings | undefined
  /** Who is mailed what concerns reports and cases; undefined: nobody. */
  readonly alertsTo: string | undefined
  /** A report that is not filed so long after its case was confirmed is late. */
  readonly lateMs: number
  /** Tells the job worker and the audit sequencer that something new was committed. */
  readonly wake: () => void
  /** What went outward, beside the evidence. */
  readonly logbook: Logbook
}

/** What people's acts need: no decoders and no lists, so a command line has it too. */
export type Desk = Pick<
  River,
  | 'environment'
  | 'database'
  | 'clock'
  | 'log'
  | 'vault'
  | 'rules'
  | 'reports'
  | 'lookUp'
  | 'feedback'
  | 'notices'
  | 'hearings'
  | 'wake'
  | 'logbook'
>

export interface FlowRules extends Rules {
  /** Surfaces and jurisdictions where the operator does not scan. */
  readonly off: readonly { readonly surface: string; readonly jurisdiction: string }[]
  /** Surfaces whose large images are decoded in fast mode. */
  readonly fastSurfaces: readonly string[]
  /** How long a case of the route `report` waits for further finds on the account. */
  readonly settleMs: number
  /** How many unrelated accounts may hit one entry, and in which time, before it is set aside. */
  readonly breaker: Breaker
  /** A report that scores less than the floor (0..100) waits so long at most for the platform to say more; 0: none waits. */
  readonly actionability: { readonly floor: number; readonly waitMs: number }
  /** How long a dismissed case's evidence stays before its key is erased. */
  readonly dismissedKeepMs: number
}

/**
 * Says that a step is durably written down. `step` names it for a reader of the log; a crash after this line continues
 * behind it.
 */
export function journaled(
  river: Pick<River, 'log'>,
  step: string,
  ids: Record<string, string | number | boolean>,
): void {
  river.log.info({ step, ...ids }, 'journaled')
}
