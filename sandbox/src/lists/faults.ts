/** Ways in which a service that gives out lists can fail a caller on purpose. */
import type { Clock } from '../clock/still.ts'

/** A door in the sandbox's own words: what a lying link leads to. */
export type Lie =
  | 'other_host'
  | 'other_port'
  | 'other_scheme'
  /** User information or a protocol-relative start, so that careless joining of strings ends at the stranger. */
  | 'user_info'
  | 'no_scheme'
  /** Above or beside the service's own path. */
  | 'outside'
  /** To this very page, for ever. */
  | 'loop'
  /** Ever new links to ever the same page. */
  | 'endless'

/**
 * - none: this call goes well; a place holder when several are queued.
 * - delay: waits ms on the sandbox's clock, and/or for `until`, before it answers. Changes take effect after the wait.
 * - drop_before / drop_after / drop_midway: the connection is cut before the call took effect; after it; amid the answer's body.
 * - truncated: half of the answer's bytes, as a complete HTTP body.
 * - html_page: some proxy's page (default 500; 200 is the nastier one).
 * - unavailable, too_many_requests: 503 and 429, with Retry-After if given: seconds, or any text as it stands.
 *   Calls that come before those seconds are over are violations. bad_gateway 502, gateway_timeout 504.
 * - status: that status, no body.
 * - redirect: 302 (or `status`) to `location`, by default to the stranger.
 * Of pages of entries only:
 * - expired_next: as if the link followed were too old.
 * - lying_next: the page is right, its link lies; `next` gives the link word for word.
 * - wrong_count: says another number of entries than it holds. duplicates: every other entry stands there twice.
 * - extra_elements: things nobody knows. hostile: entities declared and used (XML), `__proto__` as a key (JSON).
 * - huge: so many megabytes of white space amid the page.
 */
export type ListFault =
  | { readonly kind: 'none' }
  | { readonly kind: 'delay'; readonly ms?: number; readonly until?: Promise<unknown> }
  | { readonly kind: 'drop_before' | 'drop_after' | 'drop_midway' | 'truncated' }
  | { readonly kind: 'html_page'; readonly status?: number }
  | { readonly kind: 'unavailable' | 'too_many_requests'; readonly retryAfter?: number | string }
  | { readonly kind: 'bad_gateway' | 'gateway_timeout' }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'redirect'; readonly status?: number; readonly location?: string }
  | PageFault

export type PageFault =
  | { readonly kind: 'expired_next' | 'wrong_count' | 'duplicates' | 'extra_elements' | 'hostile' }
  | { readonly kind: 'huge'; readonly megabytes?: number }
  | { readonly kind: 'lying_next'; readonly lie?: Lie; readonly next?: string }

/** A fault, or just its kind where that says it all. */
export type ListFaultLike = ListFault | Exclude<ListFault['kind'], 'status'>

/** A call as a rule sees it, before it is served. */
export interface ListCall<Route> {
  readonly route: Route
  /** 1 for the first call of this route, and so on. */
  readonly nth: number
  readonly now: number
}

/** May look at every call, may change the world, and may answer with a fault. */
export type Rule<Route> = (call: ListCall<Route>) => ListFaultLike | null | undefined

export interface ListFaults<Route> {
  /** The next call of this route meets this fault; several queue up. */
  next(route: Route, fault: ListFaultLike): void
  /** The next calls of this route meet these, one each; null is a call that goes well. */
  script(route: Route, faults: readonly (ListFaultLike | null)[]): void
  /** Every call of this route meets it, until null. A queued one goes first. */
  always(route: Route, fault: ListFaultLike | null): void
  /** Asked about every call that met no other fault, in the order in which rules came. Answers with how to end it. */
  rule(rule: Rule<Route>): () => void
  clear(): void
}

const kinds: ReadonlySet<string> = new Set<ListFault['kind']>([
  'none',
  'delay',
  'drop_before',
  'drop_after',
  'drop_midway',
  'truncated',
  'html_page',
  'unavailable',
  'too_many_requests',
  'bad_gateway',
  'gateway_timeout',
  'status',
  'redirect',
  'expired_next',
  'wrong_count',
  'duplicates',
  'extra_elements',
  'hostile',
  'huge',
  'lying_next',
])

export class ListFaultBox<Route extends string> implements ListFaults<Route> {
  readonly #clock: Pick<Clock, 'now'>
  readonly #queued = new Map<Route, ListFault[]>()
  readonly #standing = new Map<Route, ListFault>()
  readonly #calls = new Map<Route, number>()
  #rules: Rule<Route>[] = []

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  next(route: Route, fault: ListFaultLike): void {
    this.script(route, [fault])
  }

  script(route: Route, faults: readonly (ListFaultLike | null)[]): void {
    const whole = faults.map((fault) => spelled(fault ?? 'none'))
    this.#queued.set(route, [...(this.#queued.get(route) ?? []), ...whole])
  }

  always(route: Route, fault: ListFaultLike | null): void {
    if (fault === null) this.#standing.delete(route)
    else this.#standing.set(route, spelled(fault))
  }

  rule(rule: Rule<Route>): () => void {
    this.#rules.push(rule)
    return () => {
      this.#rules = this.#rules.filter((one) => one !== rule)
    }
  }

  clear(): void {
    this.#queued.clear()
    this.#standing.clear()
    this.#rules = []
  }

  /** Counts the call. */
  take(route: Route): ListFault | undefined {
    const nth = (this.#calls.get(route) ?? 0) + 1
    this.#calls.set(route, nth)
    const planned = this.#queued.get(route)?.shift() ?? this.#standing.get(route)
    if (planned) return planned.kind === 'none' ? undefined : planned
    for (const rule of this.#rules) {
      const fault = rule({ route, nth, now: this.#clock.now() })
      if (fault) return spelled(fault)
    }
    return undefined
  }
}

const spelled = (fault: ListFaultLike): ListFault => {
  const whole = typeof fault === 'string' ? { kind: fault } : fault
  if (!kinds.has(whole.kind)) throw new Error(`the sandbox knows no fault ${JSON.stringify(whole.kind)}`)
  return whole
}
