/** What the list services have in common as servers: one socket for service and control, one more for the stranger. */
import { createServer } from 'node:http'
import type { Clock } from '../clock/still.ts'
import type { Listening } from '../net/loopback.ts'
import { authority, demandLoopback, listen } from '../net/loopback.ts'
import type { Answer, Asked } from './exchange.ts'
import { exchangeOf } from './exchange.ts'
import { ListFaultBox, type ListFaults } from './faults.ts'
import { listInspection } from './inspection.ts'
import type { ListCallRecord, Violation } from './ledger.ts'
import { Ledger } from './ledger.ts'
import type { Demand } from './shape.ts'
import type { StrangerCall } from './stranger.ts'
import { startStranger } from './stranger.ts'

/** How many changes of each sort. */
export interface Churn {
  readonly adds?: number
  readonly updates?: number
  readonly deletes?: number
}

/** What every list service tells of its callers. */
export interface CallerInspection<Route> {
  /** The last ten thousand. */
  readonly calls: readonly ListCallRecord<Route>[]
  /** What callers did against the documentation, oldest first. */
  readonly violations: readonly Violation<Route>[]
  /** Calls that followed a lie to another server; `withCredentials` must never be true. */
  readonly strangerCalls: readonly StrangerCall[]
}

/** What a list holds. */
export interface Census {
  /** On the list now, and taken off it. */
  readonly live: number
  readonly deleted: number
  /** Live ones with a value that is none. */
  readonly malformed: number
}

/** entries: how many there are, deleted ones too. */
export const censusOf = <T>(entries: number, live: Iterable<T>, isMalformed: (one: T) => boolean): Census => {
  const counted = { live: 0, malformed: 0 }
  for (const one of live) {
    counted.live++
    if (isMalformed(one)) counted.malformed++
  }
  return { ...counted, deleted: entries - counted.live }
}

/** What every list service is, besides its own. */
export interface ListServer<Route> {
  readonly baseUrl: string
  /** state, census and entries (JSON lines) and POST {faults,change,churn,forget} lie here, without credentials, for other processes. */
  readonly pageUrl: string
  readonly port: number
  readonly faults: ListFaults<Route>
  readonly clock: Clock
  /** Forgets calls and violations so far. */
  forget(): void
  /** Cuts every connection and stops listening. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Where things are, once they listen. */
export interface Places {
  readonly authority: string
  readonly origin: string
  readonly port: number
  readonly strangerOrigin: string
}

export interface Service<Route extends string, Control> {
  readonly answer: (asked: Asked<Route>) => Answer
  readonly control: Control
}

export interface Serving<Route extends string> {
  readonly options: Listening
  readonly clock: Clock
  readonly basePath: string
  readonly routes: Readonly<Record<Route, string>>
  readonly destinationOf: (below: string) => { readonly route: Route } | undefined
  /** What another process may ask for as a change. */
  readonly changeShape: Demand
}

interface Controlled {
  change(change: never): unknown
  churn(churn: Churn): unknown
  live(): Iterable<unknown>
  inspect(): object
  census(): Census
}

/** build: makes the service, given where it will be, what to tell of its callers, and where to note it. */
export const serveList = async <Route extends string, Control extends Controlled>(
  { options, clock, basePath, routes, destinationOf, changeShape }: Serving<Route>,
  build: (
    places: () => Places,
    callers: () => CallerInspection<Route>,
    ledger: Ledger<Route>,
  ) => Service<Route, Control>,
): Promise<ListServer<Route> & Control> => {
  demandLoopback(options)
  const faults = new ListFaultBox<Route>(clock)
  const ledger = new Ledger<Route>(clock)
  const stranger = await startStranger(options)
  let at = { authority: '', port: 0 }
  const places = () => ({ ...at, origin: `http://${at.authority}`, strangerOrigin: stranger.origin })
  const callers = () => ({
    calls: ledger.calls(),
    violations: ledger.violations(),
    strangerCalls: stranger.calls(),
  })
  const { answer, control } = build(places, callers, ledger)
  const exchange = exchangeOf<Route>({
    clock,
    faults,
    ledger,
    authority: () => at.authority,
    strangerUrl: () => `${stranger.origin}${basePath}/redirected`,
    answer,
  })
  const forget = () => ledger.forget()
  const inspected = listInspection({ ...control, faults, forget, changeShape, routes: Object.keys(routes) })

  const server = createServer((request, response) => {
    const target = request.url ?? ''
    const within = target.startsWith(`${basePath}/`)
    const route = within ? destinationOf(target.slice(basePath.length))?.route : undefined
    const done = target.startsWith('/inspect/') ? inspected(request, response) : exchange(route, request, response)
    // A fault of the sandbox itself: the caller sees 500, the test's output the reason.
    done.catch((error: unknown) => {
      console.error('sandbox:', error)
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  })
  const { host, port } = await listen(server, options)
  at = { authority: authority(host, port), port }

  const close = async () => {
    if (!server.listening) return
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await Promise.all([closed, stranger.close()])
  }
  const { origin } = places()
  return {
    ...control,
    baseUrl: `${origin}${basePath}`,
    pageUrl: `${origin}/inspect/`,
    port,
    faults,
    clock,
    forget,
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** Some changes, or one. */
export const each = <T>(change: T | readonly T[]): readonly T[] => (isMany(change) ? change : [change])

const isMany = <T>(change: T | readonly T[]): change is readonly T[] => Array.isArray(change)
