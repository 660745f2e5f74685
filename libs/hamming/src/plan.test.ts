import fc from 'fast-check'
import { expect, test } from 'vitest'
import { heavyMerge, type Limits, quickMerge } from './plan.ts'

const limits: Limits = { tableRows: 2048, ringRows: 16_777_215, sources: 16 }
const whole = (living: number) => ({ living, rows: living })

test('a table that is not full waits', () => {
  expect(quickMerge({ tableRows: 2047, rings: [whole(2048)] }, limits)).toBeUndefined()
})

test('a full table takes the short rings with it and leaves the long ones', () => {
  const rings = [10_000_000, 2048, 5000, 60_000].map(whole)
  expect(quickMerge({ tableRows: 2048, rings }, limits)).toEqual({ table: true, rings: [1, 2] })
})

test('a ring of which a quarter is gone is made anew', () => {
  expect(heavyMerge({ tableRows: 0, rings: [{ living: 749, rows: 1000 }] }, limits)).toEqual({
    table: false,
    rings: [0],
  })
  expect(heavyMerge({ tableRows: 0, rings: [{ living: 750, rows: 1000 }] }, limits)).toBeUndefined()
})

test('no merge makes a ring beyond the limit', () => {
  const rings = fc.array(fc.nat(5000).map(whole), { maxLength: 40 })
  fc.assert(
    fc.property(rings, fc.nat(3000), (some, tableRows) => {
      const small = { tableRows: 500, ringRows: 4000, sources: 16 }
      for (const plan of [
        quickMerge({ tableRows: tableRows % 1000, rings: some }, small),
        heavyMerge({ tableRows: 0, rings: some }, small),
      ]) {
        if (plan === undefined) continue
        const rows = plan.rings.reduce(
          (sum, ring) => sum + (some[ring]?.living ?? 0),
          plan.table ? tableRows % 1000 : 0,
        )
        expect(rows <= 4000 || plan.rings.length === 1).toBe(true)
        expect(plan.rings.length + Number(plan.table)).toBeLessThanOrEqual(16)
      }
    }),
  )
})

test('over a long life the rings stay few and each row moves seldom', () => {
  let rings = [whole(10_000_000)]
  let moved = 0
  let most = 0
  const rounds = 3000
  for (let round = 0; round < rounds; round++) {
    for (const plan of [quickMerge({ tableRows: 2048, rings }, limits), undefined]) {
      const due = plan ?? heavyMerge({ tableRows: 0, rings }, limits)
      if (due === undefined) continue
      const length = due.rings.reduce((sum, ring) => sum + (rings[ring]?.living ?? 0), due.table ? 2048 : 0)
      moved += length
      rings = [...rings.filter((_, ring) => !due.rings.includes(ring)), whole(length)]
    }
    most = Math.max(most, rings.length)
  }
  expect(rings.reduce((sum, { living }) => sum + living, 0)).toBe(10_000_000 + rounds * 2048)
  expect(most).toBeLessThanOrEqual(12)
  expect(moved / (rounds * 2048)).toBeLessThan(40)
})
