import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openSpread } from './spread.ts'

const spreadOf = (values: readonly number[]) => {
  const spread = openSpread()
  for (const value of values) spread.add(value)
  return spread.read()
}
/** The slow and obvious twin: sort, and count off. */
const rank = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? Number.NaN

it('of few durations median and p90 are exact', () => {
  expect(spreadOf([])).toBeUndefined()
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 1e12 }), { minLength: 1, maxLength: 200 }), (values) => {
      expect(spreadOf(values)).toEqual({ count: values.length, medianMs: rank(values, 0.5), p90Ms: rank(values, 0.9) })
    }),
  )
})

it('of many they are within one per cent, whatever came first', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 4_000, max: 9_000 }), (seed, count) => {
      const values = Array.from({ length: count }, (_, i) => Math.floor(1.5 ** ((i * seed * 7919) % 60)) + (i % 3))
      const read = spreadOf(values)
      for (const [got = Number.NaN, share] of [[read?.medianMs, 0.5] as const, [read?.p90Ms, 0.9] as const]) {
        const true_ = rank(values, share)
        expect(Math.abs(got - true_)).toBeLessThanOrEqual(true_ * 0.01 + 1)
      }
    }),
    { numRuns: 20 },
  )
})

it('a clock that stepped back makes nothing take less than no time', () => {
  expect(spreadOf([-5, -5, 3])).toEqual({ count: 3, medianMs: 0, p90Ms: 3 })
})
