/** A shuffled order that is computed instead of kept: a Feistel network over the places, walked until it lands inside. */
import { stateOf, wordOf } from './seeded.ts'

/** A permutation of 0..size-1, the same for the same seed and size. */
export const shuffled = (seed: number, size: number): ((place: number) => number) => {
  const halfBits = Math.max(1, Math.ceil(Math.log2(Math.max(2, size)) / 2))
  const mask = 2 ** halfBits - 1
  const keys = [0, 1, 2, 3].map((round) => wordOf(stateOf(seed, size), round))
  const step = (place: number): number => {
    let left = place >>> halfBits
    let right = place & mask
    for (const key of keys) [left, right] = [right, left ^ (wordOf(key, right) & mask)]
    return ((left << halfBits) | right) >>> 0
  }
  return (place) => {
    let at = step(place)
    while (at >= size) at = step(at)
    return at
  }
}
