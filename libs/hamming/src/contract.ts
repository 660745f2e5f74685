// What every index promises, as one suite: the naive twin, the rings, and the rings with limits so small that all machinery turns.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Index } from './index.ts'
import { openScan } from './scan.ts'
import { flipped, SETS, spread, uniform } from './testing/codes.ts'

/** open: an empty index. settle: after it, no merge is under way. */
export interface Opened {
  readonly index: Index
  settle(): Promise<void>
  close(): Promise<void>
}

export function contract(open: () => Opened): void {
  const opened = async (use: (opened: Opened) => Promise<void> | void): Promise<void> => {
    const some = open()
    await Promise.resolve(use(some)).finally(() => some.close())
  }
  const code = uniform(1, 1)[0] as Uint8Array

  test('an empty index answers with nothing', () =>
    opened(({ index }) => {
      expect(index.within(code, 31)).toEqual({ version: 0, hits: [] })
      expect(index.withinAll([code, code], 64)).toEqual({ version: 0, hits: [[], []] })
      expect(index.withinAll([], 31)).toEqual({ version: 0, hits: [] })
      expect(index.size).toBe(0)
    }))

  test('one code only is found up to the radius and not beyond it', () =>
    opened(async ({ index, settle }) => {
      index.add(7, code)
      await settle()
      for (let distance = 0; distance <= 70; distance++) {
        const asked = flipped(code, distance, distance)
        for (const radius of [0, 15, 16, 31, 32, 64]) {
          const hits = distance <= radius ? [{ id: 7, distance }] : []
          expect(index.within(asked, radius)).toEqual({ version: 1, hits })
        }
      }
    }))

  test('removing what is not there, or adding what is, changes nothing', () =>
    opened(async ({ index, settle }) => {
      expect(index.remove(3)).toBe(false)
      expect(index.add(3, code)).toBe(true)
      await settle()
      expect(index.add(3, flipped(code, 200, 1))).toBe(false)
      expect(index.remove(4)).toBe(false)
      expect({ version: index.version, size: index.size }).toEqual({ version: 1, size: 1 })
      expect(index.remove(3)).toBe(true)
      expect(index.remove(3)).toBe(false)
      expect(index.within(code, 64)).toEqual({ version: 2, hits: [] })
    }))

  test('a replaced code is found as the new one and no more as the old one', () =>
    opened(async ({ index, settle }) => {
      const other = flipped(code, 100, 1)
      expect(index.replace(0xffff_ffff, code)).toBe(false)
      await settle()
      expect(index.replace(0xffff_ffff, other)).toBe(true)
      expect(index.within(code, 31).hits).toEqual([])
      await settle()
      expect(index.within(other, 31).hits).toEqual([{ id: 0xffff_ffff, distance: 0 }])
      expect(index.size).toBe(1)
    }))

  test('an index keeps no hold of the bytes it was given', () =>
    opened(({ index }) => {
      const mine = code.slice()
      index.add(1, mine)
      mine.fill(0)
      expect(index.within(code, 0).hits).toEqual([{ id: 1, distance: 0 }])
    }))

  test('codes of another length, ids and radii out of range are refused, and nothing changes', () =>
    opened(({ index }) => {
      for (const bad of [
        new Uint8Array(0),
        new Uint8Array(31),
        new Uint8Array(33),
        'x'.repeat(32),
        [...code],
        undefined,
      ]) {
        for (const ask of [
          () => index.within(bad as Uint8Array, 31),
          () => index.withinAll([code, bad as Uint8Array], 31),
          () => index.add(1, bad as Uint8Array),
          () => index.replace(1, bad as Uint8Array),
        ]) {
          expect(ask).toThrow(RangeError)
        }
      }
      for (const id of [-1, 0.5, 2 ** 32, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(() => index.add(id, code)).toThrow(RangeError)
        expect(() => index.replace(id, code)).toThrow(RangeError)
        expect(() => index.remove(id)).toThrow(RangeError)
      }
      for (const radius of [-1, 65, 30.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(() => index.within(code, radius)).toThrow(RangeError)
        expect(() => index.withinAll([], radius)).toThrow(RangeError)
      }
      expect({ version: index.version, size: index.size }).toEqual({ version: 0, size: 0 })
    }))

  test.each(Object.entries(SETS))('%s: at every distance 0..35 the answers are those of a plain scan', (_, make) =>
    opened(async ({ index, settle }) => {
      const codes = make(512)
      const twin = openScan()
      for (const [i, some] of codes.entries()) for (const one of [index, twin]) one.add(i * 3, some)
      await settle()
      const asked = codes
        .slice(0, 8)
        .flatMap((some, i) => [
          ...Array.from({ length: 36 }, (_, distance) => flipped(some, distance, i * 100 + distance)),
          ...Array.from({ length: 16 }, (_, word) => spread(some, word, i)),
        ])
      for (const radius of [0, 14, 15, 16, 30, 31, 32, 64]) {
        // Up to a hundred thousand hits: one comparison, since one assertion for each would take a minute.
        expect(isDeepStrictEqual(index.withinAll(asked, radius), twin.withinAll(asked, radius))).toBe(true)
      }
    }),
  )

  test('any life of adding, replacing and removing leaves the list a plain scan would have', {
    timeout: 120_000,
  }, async () => {
    const change = fc.tuple(fc.constantFrom('add', 'replace', 'remove', 'settle'), fc.nat(40), fc.nat(11), fc.nat(40))
    const centres = uniform(12, 5)
    const life = fc.asyncProperty(fc.array(change, { maxLength: 150 }), (changes) =>
      opened(async ({ index, settle }) => {
        const twin = openScan()
        for (const [what, id, centre, bits] of changes) {
          const code = flipped(centres[centre] as Uint8Array, bits, id)
          if (what === 'settle') await settle()
          else if (what === 'remove') expect(index.remove(id)).toBe(twin.remove(id))
          else if (what === 'add') expect(index.add(id, code)).toBe(twin.add(id, code))
          else expect(index.replace(id, code)).toBe(twin.replace(id, code))
          expect(index.size).toBe(twin.size)
        }
        expect(index.withinAll(centres, 31)).toEqual(twin.withinAll(centres, 31))
        await settle()
        for (const radius of [15, 31, 40]) {
          expect(index.withinAll(centres, radius)).toEqual(twin.withinAll(centres, radius))
        }
      }),
    )
    await fc.assert(life, { numRuns: 30 })
  })
}
