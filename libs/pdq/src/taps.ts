// Blur and thinning together are one weighted sum of pixels for each of the 64 samples along a side: which, and how heavy.
// Two boxes of PDQ's window one after the other, each cut off at the edges and divided by what is left of it.

/** Up to here the whole weights fit i16, and 255 times their sum fits i32. */
export const LONGEST_SIDE = 181 * 128

export type Taps = {
  /** The first pixel that counts. */
  first: number
  /** How many count, at most 2 * window - 1. */
  count: number
  /** The sum of the weights, to divide by. */
  sum: number
  /** The first `count` of them count. */
  weights: Int32Array
}

export function newTaps(): Taps {
  return { first: 0, count: 0, sum: 0, weights: new Int32Array(8) }
}

/** Fills `taps` for sample o, 0..63, along a side of `length` pixels. length: 5..LONGEST_SIDE. */
export function weigh(length: number, o: number, taps: Taps): void {
  const window = Math.floor((length + 127) / 128)
  const back = (window - 1) >> 1
  const ahead = window >> 1
  const centre = Math.floor(((o + 0.5) * length) / 64)
  const from = Math.max(0, centre - back)
  const to = Math.min(length - 1, centre + ahead)
  const countOf = (at: number): number => Math.min(length - 1, at + ahead) - Math.max(0, at - back) + 1

  let unit = 1
  for (let at = from; at <= to; at++) unit = leastCommonMultiple(unit, countOf(at))
  const first = Math.max(0, from - back)
  const last = Math.min(length - 1, to + ahead)
  const count = last - first + 1
  if (taps.weights.length <= count) taps.weights = new Int32Array(2 * count)
  const { weights } = taps
  weights.fill(0, 0, count + 1)
  for (let at = from; at <= to; at++) {
    const share = unit / countOf(at)
    add(weights, Math.max(0, at - back) - first, share)
    add(weights, Math.min(length - 1, at + ahead) + 1 - first, -share)
  }
  let sum = 0
  for (let k = 0, running = 0; k < count; k++) {
    running += weights[k] ?? 0
    weights[k] = running
    sum += running
  }
  taps.first = first
  taps.count = count
  taps.sum = sum
}

function add(values: Int32Array, at: number, value: number): void {
  values[at] = (values[at] ?? 0) + value
}

function leastCommonMultiple(a: number, b: number): number {
  let [high, low] = [a, b]
  while (low !== 0) [high, low] = [low, high % low]
  return (a / high) * b
}
