import { expect, it } from 'vitest'
import type { Grid } from './grid.ts'
import { quality } from './quality.ts'

/** 64x64 whose rows are all the same. */
function rows(level: (x: number) => number): Grid {
  return { values: Float32Array.from({ length: 64 * 64 }, (_, k) => level(k % 64)), width: 64, height: 64 }
}

it('a difference between neighbours counts in whole percents of the grey scale, cut off', () => {
  expect(quality(rows((x) => x * 2.54))).toBe(0)
  expect(quality(rows((x) => x * 2.56))).toBe(Math.floor((63 * 64) / 90))
})

it('2.55 grey levels are one percent only because float32 rounds them up', () => {
  // In doubles the stored 2.55 is 0.99999998 percent, which would count nothing.
  expect(quality(rows((x) => (x % 2) * 2.55))).toBe(Math.floor((63 * 64) / 90))
})

it('differences count alike downwards and upwards, across and down', () => {
  const up = rows((x) => x * 2.6)
  const down = rows((x) => (63 - x) * 2.6)
  const turned = { ...up, values: up.values.map((_, k) => Math.floor(k / 64) * 2.6) }
  expect([quality(down), quality(turned)]).toEqual([quality(up), quality(up)])
})

it('no picture has more than 100', () => {
  expect(quality(rows((x) => (x % 2) * 255))).toBe(100)
})
