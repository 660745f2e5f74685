/** The call log: what each call asked, what it met and what it was answered. */
import type { Fault } from './faults.ts'
import type { Route } from './route.ts'

/** What was sent. status is null when no answer was, code null when it held none. */
export interface Sent {
  readonly status: number | null
  readonly code: number | null
  /** As answered; null when the answer named none. */
  readonly reportId: string | null
  readonly fileId: string | null
}

/** One line of the call log. */
export interface CallRecord extends Sent {
  readonly route: Route | 'unknown'
  /** 1 for the first call of this route. */
  readonly nth: number
  readonly method: string
  /** Epoch ms, on the sandbox's clock, at arrival and when the answer was ready. */
  readonly when: number
  readonly endedAt: number
  readonly requestId: string
  readonly user: string | null
  /** The report the call is about: as the caller named it, or as /submit opened it. */
  readonly about: string | null
  /** What that report names as its incident. */
  readonly incident: string | null
  readonly fault: Fault['kind'] | null
}
