/** Which call meets which fault: the next one, every one, the n-th, one about a certain incident or report, or as a rule decides. */
import type { Clock } from '../clock/still.ts'
import type { Fault, FaultLike } from './faults.ts'
import { spelled } from './faults.ts'
import type { Route } from './route.ts'

/** What a call is about; known only once the call was read, and only of callers who may. */
export interface Subject {
  /** What the report names as its incident: see the option incidentPattern. */
  readonly incident: string | null
  /** 1 for the first report that this sandbox opened; null for /submit, whose report is not there yet. */
  readonly report: number | null
}

/** A call as a rule sees it: read in full, without effect so far. */
export interface Call extends Subject {
  readonly route: Route
  /** 1 for the first call of this route since the sandbox began. */
  readonly nth: number
  /** The same, counting only calls about this incident that met no fault at their arrival. */
  readonly nthOfIncident: number
  readonly now: number
}

export type FaultRule = (call: Call) => FaultLike | null | undefined

/** One call: the n-th (default the first) of this route; of those about one incident, or one report, if that is named. */
export interface Aim {
  readonly route: Route
  readonly nth?: number
  readonly incident?: string
  readonly report?: number
}

/** For whoever looks: a rule is a function, and says of itself what it goes by. */
export type RuleTold = { readonly plan: object } | { readonly rule: string }

export interface Standing {
  readonly always: readonly { readonly route: Route; readonly fault: Fault }[]
  readonly rules: readonly RuleTold[]
}

export interface Faults {
  /** The next call of this route meets this fault; several queue up. */
  next(route: Route, fault: FaultLike): void
  /** Every call of this route meets it, until null. A queued one goes first. */
  always(route: Route, fault: FaultLike | null): void
  /** Exactly that call meets it. Throws if it has been already. */
  at(aim: Aim, fault: FaultLike): void
  /** Asked about every call that met no other fault, in the order in which rules came; `told`: how it is shown. Answers with how to end it. */
  rule(rule: FaultRule, told?: RuleTold): () => void
  /** What was queued or aimed and has met no call yet. */
  waiting(): readonly (Aim & { readonly fault: Fault })[]
  /** What goes on until it is ended: a fault at every call of a route, and rules. */
  standing(): Standing
  clear(): void
}

export class FaultBox implements Faults {
  readonly #clock: Pick<Clock, 'now'>
  readonly #standing = new Map<Route, Fault>()
  readonly #counts = new Map<string, number>()
  #queued: { route: Route; fault: Fault }[] = []
  #aimed: (Aim & { nth: number; fault: Fault })[] = []
  #rules: { readonly rule: FaultRule; readonly told: RuleTold }[] = []

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  next(route: Route, fault: FaultLike): void {
    this.#queued.push({ route, fault: spelled(fault) })
  }

  always(route: Route, fault: FaultLike | null): void {
    if (fault === null) this.#standing.delete(route)
    else this.#standing.set(route, spelled(fault))
  }

  at(aim: Aim, fault: FaultLike): void {
    const { route, nth = 1, incident, report } = aim
    if (!Number.isSafeInteger(nth) || nth < 1) throw new Error('nth counts from 1')
    if (incident !== undefined && report !== undefined) throw new Error('aim at an incident or at a report, not both')
    const been = this.#counts.get(keyOf(aim)) ?? 0
    if (been >= nth) throw new Error(`that call of /${route} has been already: ${been} came`)
    this.#aimed.push({ ...aim, nth, fault: spelled(fault) })
  }

  rule(rule: FaultRule, told: RuleTold = { rule: 'of the program that runs this sandbox' }): () => void {
    const standing = { rule, told }
    this.#rules.push(standing)
    return () => {
      this.#rules = this.#rules.filter((one) => one !== standing)
    }
  }

  waiting(): readonly (Aim & { readonly fault: Fault })[] {
    return [...this.#queued, ...this.#aimed].map((one) => ({ ...one }))
  }

  standing(): Standing {
    const always = [...this.#standing].map(([route, fault]) => ({ route, fault }))
    return { always, rules: this.#rules.map(({ told }) => told) }
  }

  clear(): void {
    this.#queued = []
    this.#aimed = []
    this.#standing.clear()
    this.#rules = []
  }

  /** At a call's arrival, before a byte of its body is read. Counts the call. */
  arrive(route: Route): { readonly nth: number; readonly fault: Fault | undefined } {
    const nth = this.#count({ route })
    const aimed = this.#hit((aim) => aim.incident === undefined && aim.report === undefined, { route, nth })
    if (aimed) return { nth, fault: aimed }
    const index = this.#queued.findIndex((one) => one.route === route)
    if (index < 0) return { nth, fault: this.#standing.get(route) }
    return { nth, fault: this.#queued.splice(index, 1)[0]?.fault }
  }

  /** Once it was read and nothing of it took effect. */
  meet(route: Route, nth: number, { incident, report }: Subject): Fault | undefined {
    const nthOfIncident = this.#count({ route, incident: incident ?? '' })
    const nthOfReport = report === null ? 0 : this.#count({ route, report })
    const aimed =
      this.#hit((aim) => aim.incident !== undefined && aim.incident === incident, { route, nth: nthOfIncident }) ??
      this.#hit((aim) => aim.report !== undefined && aim.report === report, { route, nth: nthOfReport })
    if (aimed) return aimed
    for (const { rule } of this.#rules) {
      const fault = rule({ route, nth, nthOfIncident, incident, report, now: this.#clock.now() })
      if (fault) return spelled(fault)
    }
    return undefined
  }

  #count(aim: Aim): number {
    const count = (this.#counts.get(keyOf(aim)) ?? 0) + 1
    this.#counts.set(keyOf(aim), count)
    return count
  }

  #hit(fits: (aim: Aim) => boolean, { route, nth }: { route: Route; nth: number }): Fault | undefined {
    const index = this.#aimed.findIndex((aim) => aim.route === route && aim.nth === nth && fits(aim))
    return index < 0 ? undefined : this.#aimed.splice(index, 1)[0]?.fault
  }
}

const keyOf = ({ route, incident, report }: Aim): string =>
  incident !== undefined ? `${route} of ${incident}` : report !== undefined ? `${route} at ${report}` : route
