/** What a test may choose about the pretended Hash Sharing service; each open question about the real one is a switch here. */
import type { Clock } from '../clock/still.ts'
import { realClock } from '../clock/still.ts'
import type { PileUp } from '../lists/spread.ts'
import { midnightBefore } from '../lists/spread.ts'
import type { Listening } from '../net/loopback.ts'
import type { Member } from './entry.ts'
import type { HashEnvironment, Twin } from './environments.ts'
import { environments } from './environments.ts'
import type { Shares } from './invention.ts'
import type { Listing } from './listing.ts'

export interface HashUser {
  readonly user: string
  readonly password: string
  /** Who it speaks for. */
  readonly memberId: number
}

export interface HashSharingOptions extends Listening {
  /** Default: industry_csam. Its path is served, its entries, ids and credentials are its own. */
  readonly environment?: HashEnvironment
  /** Default: test. */
  readonly twin?: Twin
  /** Instead of the environment's path, e.g. /ws-hashsharing, the newer documentation's. */
  readonly basePath?: string
  /** Default: one, named after environment and twin, with the password `sandbox`. The first one becomes `credentials`. */
  readonly users?: readonly HashUser[]
  /** Default: four members who list, and the user's own, who does not. */
  readonly members?: readonly [Member, ...Member[]]
  readonly clock?: Clock
  /** Default 1. */
  readonly seed?: number
  /** Seeded entries, besides pile-ups and planted ones; default 1000. */
  readonly entries?: number
  /** Between these (epoch ms) the seeded entries were last changed. Default: 2024-01-01, and a midnight before the clock's now. */
  readonly fromMs?: number
  readonly untilMs?: number
  /** Moments with very many entries. */
  readonly pileUps?: readonly PileUp[]
  readonly shares?: Partial<Shares>
  /** Put on the list at the start, in this order, stamped `untilMs` unless they say when. */
  readonly planted?: readonly Listing[]
  /** Entries a page, at most 1000, which is the default. */
  readonly pageSize?: number
  /** Default: shuffled, as documented. */
  readonly order?: 'shuffled' | 'time'
  /** Which ends of a range belong to it; not documented. Default: both. */
  readonly includes?: { readonly from: boolean; readonly to: boolean }
  /** An entry that is changed while its range is read: left out of what follows (default), or still given, with its later timestamp. */
  readonly leaving?: 'vanishes' | 'stays'
  /** Whether a reading delivers what its range held at its beginning (default), or each page is cut anew from what is there by then: what leaves moves all that follow. */
  readonly paging?: 'fixed' | 'offset'
  /** How much later than its timestamp a change is visible; below 5000 in a documented world. Default 0. */
  readonly commitLagMs?: number
  /** A range that ends later than this before now is a violation; default 5000. */
  readonly freshestMs?: number
  /** How long a link can be followed; default 12 hours. */
  readonly nextLifetimeMs?: number
  /** Answer to an older link, and to one never given; not documented. Default 400. */
  readonly badNextStatus?: 400 | 404 | 410 | 500
  /** Whether feedback stamps the entry anew; not documented. Default true: otherwise nobody would hear of it. */
  readonly feedbackStamps?: boolean
}

export type HashSettings = Required<Omit<HashSharingOptions, 'host' | 'port' | 'allowBeyondLoopback' | 'shares'>> & {
  readonly shares: Shares
}

export const settled = (options: HashSharingOptions): HashSettings => {
  const { environment = 'industry_csam', twin = 'test', clock = realClock } = options
  const from = Object.keys(environments).indexOf(environment) * 100 + (twin === 'test' ? 50 : 0)
  const members = options.members ?? [
    { id: from + 11, name: 'Northern Hotline' },
    { id: from + 12, name: 'Wild Pictures & Sons' },
    { id: from + 14, name: 'Föreningen Öst' },
    { id: from + 17, name: 'Take It Down' },
  ]
  const settings: HashSettings = {
    environment,
    twin,
    clock,
    basePath: environments[environment].path,
    users: [{ user: `${environment}-${twin}`, password: 'sandbox', memberId: from + 40 }],
    members,
    seed: 1,
    entries: 1000,
    fromMs: Date.UTC(2024, 0, 1),
    untilMs: midnightBefore(clock.now()),
    pileUps: [],
    planted: [],
    pageSize: 1000,
    order: 'shuffled',
    includes: { from: true, to: true },
    leaving: 'vanishes',
    paging: 'fixed',
    commitLagMs: 0,
    freshestMs: 5000,
    nextLifetimeMs: 12 * 3_600_000,
    badNextStatus: 400,
    feedbackStamps: true,
    ...options,
    shares: { videos: 0.1, shared: 0.1, affirmed: 0.1, rejected: 0.02, deleted: 0.02, malformed: 0, ...options.shares },
  }
  if (!(settings.pageSize >= 1 && settings.pageSize <= 1000))
    throw new Error('a page of the sandbox holds 1 to 1000 entries')
  if (!Number.isInteger(settings.seed)) throw new Error('the seed of the sandbox is a whole number')
  return settings
}
