import { expect, test } from 'vitest'
import { balanced, IDENTITY, instead, permuted } from './permutation.ts'
import { SETS, uniform } from './testing/codes.ts'

const flat = (codes: readonly Uint8Array[]): Uint8Array => Uint8Array.from(codes.flatMap((code) => [...code]))

test('a balanced order keeps every bit, and gives each band its share of the good ones', () => {
  const to = balanced(flat(SETS['biased']?.(500) ?? []))
  expect([...to].sort((a, b) => a - b)).toEqual([...IDENTITY])
  // Bits from 128 on are even in this set.
  const good = new Array(16).fill(0)
  for (let bit = 128; bit < 256; bit++) good[(to[bit] ?? 0) >> 4]++
  expect(good).toEqual(new Array(16).fill(8))
})

test('one order instead of another: back and forth is where it was', () => {
  const [code] = uniform(1, 4) as [Uint8Array]
  const to = balanced(flat(uniform(100, 6)))
  const there = permuted(code, to)
  expect(there).not.toEqual(code)
  expect(permuted(there, instead(to, IDENTITY))).toEqual(code)
})
