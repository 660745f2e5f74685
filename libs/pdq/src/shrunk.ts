// A picture that was decoded at a fraction of its size: where the pixels of the whole one would lie in it, as weights.
import type { Pixels } from './pixels.ts'
import { LONGEST_SIDE, newTaps, type Taps, weigh } from './taps.ts'

/** In pixels. */
export type Size = { readonly width: number; readonly height: number }

/** The command-line flavour looks at 512 points a side. */
const POINTS = 512

/** All weights of a sample together, about: each is then exact to 1/32,768 of them, fits i16, and 255 times all fit i32. */
const ALL = 16_384

/**
 * Fills `taps` for sample o, 0..63, of the command-line flavour along a side of `length` pixels that stand for `whole` ones.
 * Of the 512 points x along the side the reference takes pixel floor(x * whole / 512), whose middle lies at
 * (that + 0.5) * length / whole - 0.5 of the smaller side: between two pixels, each of which counts by its nearness.
 */
export function weighShrunk(length: number, whole: number, o: number, taps: Taps): void {
  weigh(POINTS, o, points)
  const first = Math.floor(placeOf(points.first, length, whole))
  const last = Math.min(length - 1, Math.floor(placeOf(points.first + points.count - 1, length, whole)) + 1)
  const count = last - first + 1
  if (taps.weights.length < count) taps.weights = new Int32Array(2 * count)
  if (shares.length < count) shares = new Float64Array(2 * count)
  shares.fill(0, 0, count)
  for (let k = 0; k < points.count; k++) {
    const place = placeOf(points.first + k, length, whole)
    const left = Math.floor(place)
    const part = place - left
    const share = (points.weights[k] ?? 0) / points.sum
    shares[left - first] = (shares[left - first] ?? 0) + share * (1 - part)
    if (part > 0) shares[left - first + 1] = (shares[left - first + 1] ?? 0) + share * part
  }
  taps.first = first
  taps.count = count
  taps.sum = 0
  for (let k = 0; k < count; k++) {
    const weight = Math.round((shares[k] ?? 0) * ALL)
    taps.weights[k] = weight
    taps.sum += weight
  }
}

const points = newTaps()
let shares = new Float64Array(32)

/** In pixels of the smaller side, whole at their middles. */
function placeOf(point: number, length: number, whole: number): number {
  const place = ((Math.floor((point * whole) / POINTS) + 0.5) * length) / whole - 0.5
  return Math.min(Math.max(place, 0), length - 1)
}

/** Throws a RangeError for sizes that were not shrunk so, or so far that points would fall together. */
export function assertShrunk({ width, height }: Pixels, whole: Size): void {
  for (const [small, large] of [
    [width, whole.width],
    [height, whole.height],
  ] as const) {
    if (small < POINTS || small > LONGEST_SIDE)
      throw new RangeError(`a shrunk picture has ${POINTS} to ${LONGEST_SIDE} pixels a side, and this has ${small}`)
    if (!Number.isSafeInteger(large) || large < small)
      throw new RangeError(`a side of ${small} pixels is none that was shrunk from ${large}`)
  }
}
