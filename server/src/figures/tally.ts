// What is counted of one group of cases: all, one route's, or one list's.
import type { Figures } from '@wardline/api'
import { openSpread, type Spread } from './spread.ts'

type Cases = { -readonly [K in keyof Figures['cases']]: number }
type Notices = { -readonly [K in keyof Figures['notices']]: number }
type Appeals = { -readonly [K in keyof Omit<Figures['appeals'], 'overturnRate'>]: number }

export interface Tally {
  readonly cases: Cases
  readonly notices: Notices
  readonly appeals: Appeals
  readonly timeToReport: Spread
  readonly timeToNotice: Spread
  readonly timeToDecision: Spread
  readonly timeToHearing: Spread
}

export const openTally = (): Tally => ({
  cases: { opened: 0, stillOpen: 0, reported: 0, filedByHand: 0, dismissed: 0, closed: 0, repaired: 0 },
  notices: { planned: 0, sent: 0, notSent: 0, givenUp: 0 },
  appeals: { opened: 0, stillOpen: 0, upheld: 0, overturnedEntry: 0, overturnedMatch: 0, overturnedContext: 0 },
  timeToReport: openSpread(),
  timeToNotice: openSpread(),
  timeToDecision: openSpread(),
  timeToHearing: openSpread(),
})

export function figuresOf({ cases, notices, appeals, ...times }: Tally): Figures {
  const { upheld, overturnedEntry, overturnedMatch, overturnedContext } = appeals
  const overturned = overturnedEntry + overturnedMatch + overturnedContext
  const decided = upheld + overturned
  return {
    cases: { ...cases },
    notices: { ...notices },
    appeals: { ...appeals, overturnRate: decided === 0 ? null : overturned / decided },
    timeToReport: secondsOf(times.timeToReport),
    timeToNotice: secondsOf(times.timeToNotice),
    timeToDecision: secondsOf(times.timeToDecision),
    timeToHearing: secondsOf(times.timeToHearing),
  }
}

function secondsOf(spread: Spread): Figures['timeToReport'] {
  const read = spread.read()
  if (read === undefined) return null
  const { count, medianMs, p90Ms } = read
  return { count, medianSeconds: Math.round(medianMs) / 1000, p90Seconds: Math.round(p90Ms) / 1000 }
}
