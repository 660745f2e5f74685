/** Meta's ThreatExchange in miniature: one privacy group and its threat_updates, seeded, strict, in memory, on loopback. */
import type { CallerInspection, Census, Churn, ListServer } from '../lists/serving.ts'
import { censusOf, each, serveList } from '../lists/serving.ts'
import { SignalLinks } from './links.ts'
import type { LiveIndicator, SignalChange } from './listing.ts'
import type { ThreatExchangeOptions } from './options.ts'
import { settled } from './options.ts'
import type { ThreatRoute } from './route.ts'
import { destinationOf, methods } from './route.ts'
import type { ReactionRecord } from './service.ts'
import { threatService } from './service.ts'
import { SignalList } from './signals.ts'

export type { Descriptor, Indicator, IndicatorType, Reaction } from './indicator.ts'
export type { LiveIndicator, SignalChange, SignalListing } from './listing.ts'
export type { Group, ThreatExchangeOptions } from './options.ts'
export type { ThreatRoute } from './route.ts'
export type { ReactionRecord } from './service.ts'

import { changeShape } from './shapes.ts'

export interface ThreatInspection extends CallerInspection<ThreatRoute> {
  readonly reactions: readonly ReactionRecord[]
}

/** `baseUrl` is e.g. http://127.0.0.1:40128/v21.0, without a slash at the end. */
export interface ThreatExchange extends ListServer<ThreatRoute> {
  readonly accessToken: string
  /** The privacy group that holds something. */
  readonly group: string
  /** One change, or several in their order. Answers with the indicators' ids; throws if one is not there. */
  change(change: SignalChange | readonly SignalChange[]): string[]
  churn(churn: Churn): string[]
  live(): Iterable<LiveIndicator>
  inspect(): ThreatInspection
  /** Reads the whole list: seconds, with a million indicators. */
  census(): Census
}

export const startThreatExchange = async (options: ThreatExchangeOptions = {}): Promise<ThreatExchange> => {
  const settings = settled(options)
  const { clock, basePath, accessToken, groups } = settings
  const serving = { options, clock, basePath, routes: methods, destinationOf, changeShape }
  const server = await serveList(serving, (places, callers) => {
    const list = new SignalList(settings)
    const journal: ReactionRecord[] = []
    return {
      answer: threatService({ settings, list, links: new SignalLinks(), places, journal }),
      control: {
        change: (changes: SignalChange | readonly SignalChange[]) => each(changes).map((one) => list.change(one)),
        churn: (churn: Churn) => list.churn(churn),
        live: () => list.live(),
        inspect: (): ThreatInspection => ({ ...callers(), reactions: [...journal] }),
        census: () => censusOf(list.timeline.count, list.live(), (indicator) => indicator.malformed),
      },
    }
  })
  return { ...server, accessToken, group: groups[0].id }
}
