/** NCMEC's Hash Sharing v2 in miniature: seeded lists of hashes of nothing, strict, in memory, on loopback. */
import { createServer } from 'node:http'
import type { Clock } from '../clock/still.ts'
import { exchangeOf } from '../lists/exchange.ts'
import type { ListFaults } from '../lists/faults.ts'
import { ListFaultBox } from '../lists/faults.ts'
import { listInspection } from '../lists/inspection.ts'
import type { ListCallRecord, Violation } from '../lists/ledger.ts'
import { Ledger } from '../lists/ledger.ts'
import type { Stranger } from '../lists/stranger.ts'
import { startStranger } from '../lists/stranger.ts'
import { authority, demandLoopback, listen } from '../net/loopback.ts'
import { HashList } from './changes.ts'
import { reasonsOf } from './feedback.ts'
import { liesOf } from './lies.ts'
import { Links } from './links.ts'
import type { Change, Churn, EntryKey, LiveEntry } from './listing.ts'
import type { HashSharingOptions, HashUser } from './options.ts'
import { settled } from './options.ts'
import type { HashRoute } from './route.ts'
import { destinationOf, methods } from './route.ts'
import type { FeedbackRecord } from './service.ts'
import { serviceOf } from './service.ts'

export type { Entry, FeedbackGiven, LargeKind, Member, PathKind, TextKind } from './entry.ts'
export type { HashEnvironment, Twin } from './environments.ts'
export { environments } from './environments.ts'
export type { Change, Churn, EntryKey, Listing, LiveEntry } from './listing.ts'
export type { HashSharingOptions, HashUser } from './options.ts'
export type { HashRoute } from './route.ts'
export type { FeedbackRecord } from './service.ts'

export interface HashInspection {
  readonly environment: string
  /** On the list now, and taken off it. */
  readonly live: number
  readonly deleted: number
  /** Live ones with at least one fingerprint that is none. */
  readonly malformed: number
  /** The last ten thousand. */
  readonly calls: readonly ListCallRecord<HashRoute>[]
  /** What callers did against the documentation, oldest first. */
  readonly violations: readonly Violation<HashRoute>[]
  readonly feedback: readonly FeedbackRecord[]
  /** Calls that followed a lie to another server; `withCredentials` must never be true. */
  readonly strangerCalls: ReturnType<Stranger['calls']>
}

export interface HashSharing {
  /** e.g. http://127.0.0.1:40127/hashsharing, without a slash at the end; /v2/... comes after it. */
  readonly baseUrl: string
  /** /inspect/state, /inspect/entries (JSON lines) and POST /inspect/{faults,change,churn}, without credentials, for other processes. */
  readonly pageUrl: string
  readonly port: number
  /** Of the first user. */
  readonly credentials: { readonly user: string; readonly password: string }
  readonly faults: ListFaults<HashRoute>
  readonly clock: Clock
  /** One change, or several in their order, each stamped with the clock's now unless it says when. Throws if an entry is not (or already) there. */
  change(change: Change | readonly Change[]): void
  churn(churn: Churn): EntryKey[]
  /** Every live entry as it is now, one at a time: a million of them need no memory. In no particular order. */
  live(): Iterable<LiveEntry>
  /** Reads the whole list; with a million entries it takes a second. */
  inspect(): HashInspection
  /** Forgets calls and violations so far. */
  forget(): void
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export const startHashSharing = async (options: HashSharingOptions = {}): Promise<HashSharing> => {
  demandLoopback(options)
  const settings = settled(options)
  const { clock, basePath } = settings
  const { user, password } = firstOf(settings.users)
  const list = new HashList(settings)
  const faults = new ListFaultBox<HashRoute>(clock)
  const ledger = new Ledger<HashRoute>(clock)
  const journal: FeedbackRecord[] = []
  const links = new Links(settings.pageSize)
  const stranger = await startStranger(options)
  const at = { authority: '', port: 0 }
  const lies = liesOf(
    links,
    basePath,
    () => at.port,
    () => stranger.origin,
  )
  const reasons = reasonsOf(`${settings.environment} ${settings.twin}`)
  const exchange = exchangeOf<HashRoute>({
    clock,
    faults,
    ledger,
    authority: () => at.authority,
    strangerUrl: () => `${stranger.origin}${basePath}/v2/entries`,
    answer: serviceOf({ settings, list, links, lies, reasons, ledger, journal }),
  })

  const control = {
    faults,
    clock,
    change: (change: Change | readonly Change[]) => {
      for (const one of isMany(change) ? change : [change]) list.change(one)
    },
    churn: (churn: Churn) => list.churn(churn),
    live: () => list.live(),
    inspect: (): HashInspection => {
      const live = { live: 0, malformed: 0 }
      for (const entry of list.live()) {
        live.live++
        if (entry.malformed.length > 0) live.malformed++
      }
      return {
        environment: settings.environment,
        ...live,
        deleted: list.timeline.count - live.live,
        calls: ledger.calls(),
        violations: ledger.violations(),
        feedback: [...journal],
        strangerCalls: stranger.calls(),
      }
    },
    forget: () => ledger.forget(),
  }
  const inspected = listInspection({ ...control, routes: Object.keys(methods) })

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
  at.port = port
  at.authority = authority(host, port)

  const close = async () => {
    if (!server.listening) return
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await Promise.all([closed, stranger.close()])
  }
  return {
    baseUrl: `http://${at.authority}${basePath}`,
    pageUrl: `http://${at.authority}/inspect/`,
    port,
    credentials: { user, password },
    ...control,
    close,
    [Symbol.asyncDispose]: close,
  }
}

const isMany = (change: Change | readonly Change[]): change is readonly Change[] => Array.isArray(change)

const firstOf = (users: readonly HashUser[]): HashUser => {
  const [first] = users
  if (!first) throw new Error('the sandbox needs at least one user')
  return first
}
