// The smoothing before the picture is thinned to 64x64: Jarosz's tent filter, two rounds of box along rows and columns.
import { at, type Grid } from './grid.ts'

const f32 = Math.fround
const ROUNDS = 2

/** Blurs the grid where it lies (at 12 megapixels a copy would be 48 MB more). Sides of 5 or more. PDQ, section 1.6. */
export function blur({ values, width, height }: Grid): void {
  const rowWindow = windowOf(width)
  const columnWindow = windowOf(height)
  const between = new Float32Array(values.length)
  for (let round = 0; round < ROUNDS; round++) {
    for (let y = 0; y < height; y++) box(values, between, { start: y * width, stride: 1, length: width }, rowWindow)
    for (let x = 0; x < width; x++) box(between, values, { start: x, stride: width, length: height }, columnWindow)
  }
}

/** Half of the distance between two of the 64 samples, rounded up; never longer than the side. */
function windowOf(side: number): number {
  return Math.floor((side + 127) / 128)
}

/** One row or column: its first index, the step to the next value, and how many there are. */
type Line = { readonly start: number; readonly stride: number; readonly length: number }

/**
 * The mean over a window sliding along one line. The sum runs on and drifts by its roundings: that drift is part of the hash,
 * so a fresh sum per output, a reciprocal, or "oldest" before "next" would all be wrong.
 */
function box(from: Float32Array, to: Float32Array, { start, stride, length }: Line, window: number): void {
  const half = Math.floor((window + 2) / 2)
  let sum = 0
  let count = 0
  let next = start
  let oldest = start
  let out = start

  // The window enters the line, nothing to say yet ...
  for (let n = 0; n < half - 1; n++, next += stride) {
    sum = f32(sum + at(from, next))
    count++
  }
  // ... grows to its full width ...
  for (let n = 0; n < window - half + 1; n++, next += stride, out += stride) {
    sum = f32(sum + at(from, next))
    count++
    to[out] = f32(sum / count)
  }
  // ... slides ...
  for (let n = 0; n < length - window; n++, next += stride, oldest += stride, out += stride) {
    sum = f32(sum + at(from, next))
    sum = f32(sum - at(from, oldest))
    to[out] = f32(sum / count)
  }
  // ... and leaves.
  for (let n = 0; n < half - 1; n++, oldest += stride, out += stride) {
    sum = f32(sum - at(from, oldest))
    count--
    to[out] = f32(sum / count)
  }
}
