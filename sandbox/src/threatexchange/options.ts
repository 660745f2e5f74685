/** What a test may choose about the pretended ThreatExchange; each open question about the real one is a switch here. */
import type { Clock } from '../clock/still.ts'
import { realClock } from '../clock/still.ts'
import type { PileUp } from '../lists/spread.ts'
import { midnightBefore } from '../lists/spread.ts'
import type { Listening } from '../net/loopback.ts'
import type { SignalShares } from './invention.ts'
import type { SignalListing } from './listing.ts'

export interface Group {
  readonly id: string
  readonly name: string
  /** Of a group without it, threat_updates is a 500. */
  readonly updatesEnabled: boolean
}

export interface ThreatExchangeOptions extends Listening {
  /** Path before the group; default /v21.0. */
  readonly basePath?: string
  /** app id | secret. */
  readonly accessToken?: string
  /** The first holds the indicators; the others are there to be asked about. */
  readonly groups?: readonly [Group, ...Group[]]
  /** App ids of those who list. */
  readonly owners?: readonly string[]
  readonly clock?: Clock
  readonly seed?: number
  /** Seeded indicators, besides pile-ups and planted ones; default 1000. */
  readonly entries?: number
  /** Between these (epoch ms) the seeded indicators were last changed. Default: 2024-01-01, and a midnight before the clock's now. */
  readonly fromMs?: number
  readonly untilMs?: number
  readonly pileUps?: readonly PileUp[]
  readonly shares?: Partial<SignalShares>
  readonly planted?: readonly SignalListing[]
  /** Without limit=; default 100. Above `mostLimit` (default 1000) a limit is refused. Neither is documented. */
  readonly limit?: number
  readonly mostLimit?: number
  /** By time of update (default), or shuffled. */
  readonly order?: 'time' | 'shuffled'
  readonly includes?: { readonly from: boolean; readonly to: boolean }
  readonly leaving?: 'vanishes' | 'stays'
  readonly commitLagMs?: number
  /** How long a deletion is told; default 90 days. */
  readonly tombstoneMs?: number
  /** How long a link can be followed; not documented, default for ever. */
  readonly nextLifetimeMs?: number
}

export type ThreatSettings = Required<
  Omit<ThreatExchangeOptions, 'host' | 'port' | 'allowBeyondLoopback' | 'shares'>
> & {
  readonly shares: SignalShares
}

export const settled = (options: ThreatExchangeOptions): ThreatSettings => {
  const clock = options.clock ?? realClock
  return {
    basePath: '/v21.0',
    accessToken: '100000000000001|sandbox_secret_of_no_use',
    groups: [
      { id: '200000000000001', name: 'Sandbox signals', updatesEnabled: true },
      { id: '200000000000002', name: 'Sandbox without updates', updatesEnabled: false },
    ],
    owners: ['300000000000001', '300000000000002', '300000000000003', '300000000000005'],
    clock,
    seed: 1,
    entries: 1000,
    fromMs: Date.UTC(2024, 0, 1),
    untilMs: midnightBefore(clock.now()),
    pileUps: [],
    planted: [],
    limit: 100,
    mostLimit: 1000,
    order: 'time',
    includes: { from: true, to: true },
    leaving: 'vanishes',
    commitLagMs: 0,
    tombstoneMs: 90 * 86_400_000,
    nextLifetimeMs: Number.POSITIVE_INFINITY,
    ...options,
    shares: { shared: 0.1, reacted: 0.1, deleted: 0.02, malformed: 0, ...options.shares },
  }
}
