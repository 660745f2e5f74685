/** When the seeded entries of a list were last changed: spread over a time, with as many at one moment as a test wants there. */
import { stateOf, wordOf } from './seeded.ts'

/** So many entries, all stamped with the same second. */
export interface PileUp {
  /** Epoch ms; cut to the second. */
  readonly atMs: number
  readonly count: number
}

export interface Spread {
  readonly seed: number
  /** Seeded entries, pile-ups not counted. */
  readonly count: number
  readonly fromMs: number
  readonly untilMs: number
  readonly pileUps: readonly PileUp[]
}

/** Epoch seconds, one for each entry, in no order. */
export const spread = ({ seed, count, fromMs, untilMs, pileUps }: Spread): Uint32Array => {
  const piled = pileUps.reduce((sum, pile) => sum + pile.count, 0)
  const seconds = new Uint32Array(count + piled)
  const from = Math.ceil(fromMs / 1000)
  const span = Math.max(1, Math.floor(untilMs / 1000) - from)
  const state = stateOf(seed, 0x5ec)
  for (let index = 0; index < count; index++)
    seconds[index] = from + Math.floor((wordOf(state, index) / 2 ** 32) * span)
  let at = count
  for (const pile of pileUps) {
    seconds.fill(Math.floor(pile.atMs / 1000), at, at + pile.count)
    at += pile.count
  }
  return seconds
}

/** The last midnight (UTC) an hour or more ago: so that two sandboxes of one day hold the same, whenever they were started. */
export const midnightBefore = (nowMs: number): number => Math.floor((nowMs - 3_600_000) / 86_400_000) * 86_400_000
