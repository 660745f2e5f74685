/** A small seeded generator (mulberry32), so that pictures do not depend on the machine's randomness. */

export interface Random {
  /** [0, 1) */
  next(): number
  between(low: number, high: number): number
  whole(low: number, high: number): number
  pick<T>(choices: readonly [T, ...T[]]): T
}

export const random = (seed: number): Random => {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const whole = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    whole,
    pick: (choices) => choices[whole(0, choices.length - 1)] ?? choices[0],
  }
}
