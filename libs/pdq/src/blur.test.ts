import fc from 'fast-check'
import { expect, it } from 'vitest'
import { blur } from './blur.ts'
import type { Grid } from './grid.ts'
import { luma } from './luma.ts'
import { noise } from './testing/pictures.ts'

const sizes = fc.record({
  seed: fc.nat(),
  width: fc.integer({ min: 5, max: 400 }),
  height: fc.integer({ min: 5, max: 300 }),
})

it('a flat picture stays as it is, to the last bit', () => {
  fc.assert(
    fc.property(sizes, fc.nat(255), ({ width, height }, level) => {
      const grid = { values: new Float32Array(width * height).fill(level), width, height }
      blur(grid)
      expect(grid.values.every((value) => value === level)).toBe(true)
    }),
    { numRuns: 20 },
  )
})

it('every value is the mean of means that a plain sum in doubles gives, give or take the drift of float32', () => {
  fc.assert(
    fc.property(sizes, (size) => {
      const grid = luma(noise({ ...size, channels: 3 }))
      const twin = slowly(grid)
      blur(grid)
      expect(grid.values.every((value, i) => Math.abs(value - (twin[i] ?? Number.NaN)) < 0.01)).toBe(true)
    }),
    { numRuns: 15 },
  )
})

/** The twin: each output sums its own window afresh. A window of W reaches (W - 1) / 2 back, and the rest ahead. */
function slowly({ values, width, height }: Grid): number[] {
  let now: number[] = [...values]
  for (let round = 0; round < 2; round++) {
    now = now.map((_, i) => mean(now, i - (i % width), 1, width, i % width))
    now = now.map((_, i) => mean(now, i % width, width, height, Math.floor(i / width)))
  }
  return now
}

function mean(values: readonly number[], start: number, stride: number, length: number, place: number): number {
  const window = Math.ceil(length / 128)
  const first = Math.max(0, place - Math.floor((window - 1) / 2))
  const last = Math.min(length - 1, place + Math.floor(window / 2))
  let sum = 0
  for (let n = first; n <= last; n++) sum += values[start + n * stride] ?? Number.NaN
  return sum / (last - first + 1)
}
