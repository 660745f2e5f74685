/** What a list service remembers of its callers: every call, and everything they did against the documentation. */
import type { Clock } from '../clock/still.ts'

/** What callers can do wrong. Where the answer is not a refusal, the breach shows only here. */
export type Breach =
  | 'no_credentials'
  | 'wrong_credentials'
  /** Called under another name than its own: credentials went where they should not. */
  | 'wrong_host'
  | 'unknown_path'
  | 'wrong_method'
  | 'body_without_use'
  | 'missing_parameter'
  | 'unknown_parameter'
  | 'repeated_parameter'
  | 'bad_parameter'
  | 'range_backwards'
  /** The range ends later than it may: what is stamped by then may not be visible yet. Answered. */
  | 'range_too_fresh'
  /** A link that this service never gave. */
  | 'next_not_given'
  /** A link kept for too long. */
  | 'next_too_old'
  /** Called again before Retry-After was over. Answered. */
  | 'retry_after_ignored'
  | 'bad_content_type'
  | 'bad_body'
  | 'unknown_type'
  | 'unknown_entry'
  | 'unknown_reason'

export interface Violation<Route> {
  readonly breach: Breach
  readonly route: Route | 'unknown'
  /** Epoch ms on the sandbox's clock. */
  readonly when: number
  /** Which parameter, element or the like; no values. */
  readonly words: string
}

export interface ListCallRecord<Route> {
  readonly route: Route | 'unknown'
  readonly method: string
  readonly when: number
  /** null when no answer was sent. */
  readonly status: number | null
  /** Entries in the answer, deleted ones too. */
  readonly entries: number
  readonly fault: string | null
}

/** The last calls only: a soak makes more than memory should hold. */
const mostCalls = 10_000

export class Ledger<Route> {
  readonly #clock: Pick<Clock, 'now'>
  #calls: ListCallRecord<Route>[] = []
  #violations: Violation<Route>[] = []

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  breach(breach: Breach, route: Route | 'unknown', words: string): void {
    if (this.#violations.length < mostCalls) this.#violations.push({ breach, route, when: this.#clock.now(), words })
  }

  call(record: ListCallRecord<Route>): void {
    this.#calls.push(record)
    if (this.#calls.length > 2 * mostCalls) this.#calls = this.#calls.slice(-mostCalls)
  }

  calls(): readonly ListCallRecord<Route>[] {
    return this.#calls.slice(-mostCalls)
  }

  violations(): readonly Violation<Route>[] {
    return [...this.#violations]
  }

  /** So that a test may look at what comes from now on only. */
  forget(): void {
    this.#calls = []
    this.#violations = []
  }
}
