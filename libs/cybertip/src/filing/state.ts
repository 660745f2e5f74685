// Where one filing stands. Plain JSON: write it down before and after every call, and a crash loses nothing. CyberTipline API, section 2.
import type { FaultCode, FaultFacts } from '../client/fault.ts'

/** One file to upload. Its MD5 is of the exact bytes that will be sent; `details` says whether a <fileDetails> follows. */
export type FilingFile = {
  readonly localId: string
  readonly md5: string
  readonly details: boolean
  /** Of the current report, once uploaded with the right MD5. */
  readonly fileId?: string
  /** assumed: a repeated fileinfo was refused after one whose answer was lost, so the first had worked. */
  readonly detailed?: 'confirmed' | 'assumed'
}

/** The report NCMEC has open for this filing. */
export type OpenReport = {
  readonly reportId: string
  readonly openedAtMs: number
  /** Of the last upload or fileinfo. */
  readonly lastChangeAtMs: number
}

/** A report this filing opened and that will never be finished. */
export type PastReport = {
  readonly reportId: string
  readonly ended: 'retracted' | 'gone'
  readonly why: Why
  readonly atMs: number
}

/** Why a report was given up, or a filing stopped. */
export type Why =
  | 'md5_mismatch'
  | 'md5_missing'
  | 'sent_bytes_differ'
  | 'file_id_repeated'
  | 'upload_unknown'
  | 'file_gone'
  | 'report_gone'
  | 'expired'
  | 'not_accepted'
  | 'withdrawn'
  | 'too_many_restarts'
  | 'retract_refused'
  | 'finished_by_someone_else'

export type Always = {
  readonly files: readonly FilingFile[]
  /** Reports given up so far, oldest first. */
  readonly past: readonly PastReport[]
  /** Submits whose answer never came: each may have opened a report that holds no file and expires. */
  readonly orphans: number
  /** Times it began anew since a person last looked. */
  readonly restarts: number
  /** Calls begun in a row for the present step. */
  readonly tries: number
  /** Not before this time, and for which fault. */
  readonly wait?: { readonly untilMs: number; readonly because: FaultCode; readonly alert: boolean }
}

/** -ing states say that a call has begun; found in the journal without a result, its outcome is unknown. */
export type FilingState = Always &
  (
    | { readonly kind: 'draft' }
    | { readonly kind: 'submitting' }
    | { readonly kind: 'open'; readonly report: OpenReport }
    | { readonly kind: 'uploading'; readonly report: OpenReport; readonly localId: string }
    | {
        readonly kind: 'detailing'
        readonly report: OpenReport
        readonly localId: string
        /** An earlier fileinfo for this file may have worked. */
        readonly repeat: boolean
      }
    | { readonly kind: 'finishing'; readonly report: OpenReport }
    | {
        readonly kind: 'retracting'
        readonly report: OpenReport
        readonly why: Why
        readonly afterwards: 'restart' | 'ask_a_person' | 'stop'
        /** A finish was sent for this report: it may stand. */
        readonly finishSent: boolean
        /** What NCMEC answered, where that is the reason. */
        readonly fault?: FaultFacts
      }
    | {
        readonly kind: 'finished'
        readonly reportId: string
        readonly atMs: number
        readonly fileIds: readonly string[]
        /** missing: the finish had worked but its answer, the legal receipt, was lost. */
        readonly receipt: 'kept' | 'missing'
        /** False when the receipt lists other files than were uploaded. */
        readonly filesAgree: boolean
      }
    | { readonly kind: 'retracted' }
    | {
        readonly kind: 'needs_person'
        readonly why: Why
        readonly reportId?: string
        /** False: certainly no finished report exists. True: one may, so look (or ask NCMEC) before filing again. */
        readonly reportMayStand: boolean
        /** What NCMEC answered (response code, status, Request-ID), where that is the reason. */
        readonly fault?: FaultFacts
        /** A report that could not be retracted and is still open; `tryAgain` and `withdraw` try that first. */
        readonly report?: OpenReport
      }
  )

export type State<K extends FilingState['kind']> = Extract<FilingState, { kind: K }>

/**
 * A new filing; nothing has been sent. md5 in hex. A batched report has at most one file, and that one needs its details
 * (CyberTipline API, section 5.8): NCMEC would say so only at the finish.
 */
export function draft(
  files: readonly { localId: string; md5: string; details: boolean }[],
  { batched = false }: { readonly batched?: boolean } = {},
): State<'draft'> {
  if (batched && files.length > 1) throw new TypeError('a batched report has at most one file')
  if (batched && files.some(({ details }) => !details)) throw new TypeError('the file of a batched report has details')
  if (new Set(files.map((file) => file.localId)).size !== files.length) throw new TypeError('two files share a localId')
  const fresh = files.map(({ localId, md5, details }) => ({ localId, md5: md5.toLowerCase(), details }))
  return { kind: 'draft', files: fresh, past: [], orphans: 0, restarts: 0, tries: 0 }
}

/** NCMEC deletes an unfinished report at the later of the two. */
export function expiresAtMs(report: OpenReport): number {
  return Math.max(report.openedAtMs + 24 * hourMs, report.lastChangeAtMs + hourMs)
}

export const hourMs = 3_600_000

/** What every state carries on, without the wait that has passed. */
export function carried({ files, past, orphans, restarts, tries }: Always): Always {
  return { files, past, orphans, restarts, tries }
}
