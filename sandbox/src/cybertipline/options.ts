/** What a test may choose about the pretended CyberTipline; each open question about the real one is a switch here. */
import type { Clock } from '../clock/still.ts'
import { realClock } from '../clock/still.ts'
import type { Listening } from '../net/loopback.ts'
import type { CallRecord } from './call.ts'
import type { StatusMap } from './codes.ts'

/** `submit` opens reports; `update` uploads, describes, finishes and retracts them. */
export type Right = 'submit' | 'update'

export interface SandboxUser {
  readonly user: string
  readonly password: string
  readonly rights: readonly Right[]
}

export interface CybertiplineOptions extends Listening {
  /** Path under which the API lies; `/ispws` by default. */
  readonly basePath?: string
  /** Default: one user `sandbox` with both rights. The first one becomes `credentials`. */
  readonly users?: readonly SandboxUser[]
  /** Drives expiry, the rule "in the past" and the fault `delay`. Default: the machine's clock. */
  readonly clock?: Clock
  /** HTTP status beside each code: see codes.ts. */
  readonly statusMap?: StatusMap
  /** Body of a 401: nothing (default), or a reportResponse with code 2000. */
  readonly unauthorisedBody?: 'empty' | 'xml'
  /** What the Content-Type header claims; the bytes are UTF-8 either way (2016 said ISO-8859-1). */
  readonly charsetHeader?: 'UTF-8' | 'ISO-8859-1'
  /** Code of a schema error; the documentation leaves open which. */
  readonly schemaErrorCode?: 4100 | 4110
  /** Code of a call on an expired report. */
  readonly expiredCode?: 5001 | 5101
  /** A second /fileinfo for the same file: refused with 4000 (default), or taken as a replacement. */
  readonly secondFileinfo?: 4000 | 'allow'
  /** Accept the elements seen in newer reports (CyberTipline API, section 5.9). */
  readonly acceptDrift?: boolean
  /** Report ids that exist elsewhere, for priorCTReports; default: any positive number. */
  readonly knownReportIds?: readonly string[]
  /** First report id; a random 7 to 9 digit number by default, so that two sandboxes rarely share ids. */
  readonly firstReportId?: number
  /**
   * What in a submitted document names its incident: the first group, or else the whole match. By default the first
   * reported user's espIdentifier. The inspection counts reports by it, and faults can be aimed at it.
   */
  readonly incidentPattern?: RegExp
  /** Told of each call when it has ended. */
  readonly onCall?: (call: CallRecord) => void
  /** Keep the uploaded bytes for inspect(); only digests and size are kept by default. */
  readonly keepBytes?: boolean
}

export type Settings = Required<Omit<CybertiplineOptions, 'host' | 'port' | 'allowBeyondLoopback' | Undecided>> &
  Pick<CybertiplineOptions, Undecided>

type Undecided = 'knownReportIds' | 'firstReportId' | 'incidentPattern' | 'onCall'

export const settled = (options: CybertiplineOptions): Settings => ({
  basePath: '/ispws',
  users: [{ user: 'sandbox', password: 'sandbox', rights: ['submit', 'update'] }],
  clock: realClock,
  statusMap: 'default',
  unauthorisedBody: 'empty',
  charsetHeader: 'UTF-8',
  schemaErrorCode: 4100,
  expiredCode: 5001,
  secondFileinfo: 4000,
  acceptDrift: false,
  keepBytes: false,
  ...options,
})
