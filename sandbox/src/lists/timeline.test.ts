import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shuffled } from './order.ts'
import { hexOf, stateOf } from './seeded.ts'
import type { Item } from './timeline.ts'
import { Timeline } from './timeline.ts'

test('a shuffle of any size is a permutation, and not the plain order', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 3000 }), (seed, size) => {
      const order = shuffled(seed, size)
      const places = Array.from({ length: size }, (_, place) => order(place))
      expect(new Set(places).size).toBe(size)
      expect(places.every((place) => place >= 0 && place < size)).toBe(true)
      if (size > 100) expect(places.filter((place, nth) => place === nth).length).toBeLessThan(size / 4)
    }),
  )
})

test('no two of two hundred thousand entries get the same value', () => {
  const seen = new Set<string>()
  for (let index = 0; index < 200_000; index++) seen.add(hexOf(stateOf(1, index), 32, 2))
  expect(seen.size).toBe(200_000)
})

const put = fc.record({ index: fc.nat(40), atSecond: fc.nat(30), deleted: fc.boolean() })

test('a range holds what a plain list of all entries would hold there, before and after any changes', () => {
  const range = fc.record({
    fromMs: fc.nat(30).map((second) => second * 1000),
    toMs: fc.nat(30).map((second) => second * 1000),
    includesFrom: fc.boolean(),
    includesTo: fc.boolean(),
  })
  const seconds = fc.array(fc.nat(30), { maxLength: 30 })
  fc.assert(
    fc.property(
      seconds,
      fc.array(put, { maxLength: 60 }),
      range,
      fc.option(fc.integer()),
      (stamps, puts, asked, seed) => {
        const timeline = new Timeline({
          seconds: new Uint32Array(stamps),
          first: () => ({ deleted: false, body: null }),
        })
        const plain = new Map<number, Item<null>>()
        for (const [index, second] of stamps.sort((a, b) => a - b).entries()) {
          plain.set(index, { index, timestampMs: second * 1000, deleted: false, body: null })
        }
        for (const { index, atSecond, deleted } of puts) {
          const item = { index, timestampMs: atSecond * 1000, deleted, body: null }
          timeline.put(item)
          plain.set(index, item)
        }
        const { fromMs, toMs, includesFrom, includesTo } = asked
        const there = [...plain.values()].filter(
          ({ timestampMs: ms }) =>
            (includesFrom ? ms >= fromMs : ms > fromMs) && (includesTo ? ms <= toMs : ms < toMs) && fromMs <= toMs,
        )
        const reading = timeline.read(asked, seed, 100_000, 'vanishes')
        const read = Array.from({ length: reading.places }, (_, place) => reading.at(place)).filter(
          (one) => one !== undefined,
        )
        const told = read.map(({ index, timestampMs, deleted }) => [index, timestampMs, deleted].join())
        expect(told.sort()).toEqual(
          there.map(({ index, timestampMs, deleted }) => [index, timestampMs, deleted].join()).sort(),
        )
        expect(reading.count).toBe(there.length)
        expect([...timeline.all()]).toHaveLength(plain.size)
        expect(timeline.count).toBe(plain.size)
        if (seed === null)
          expect(read.map((one) => one.timestampMs)).toEqual(read.map((one) => one.timestampMs).sort((a, b) => a - b))
      },
    ),
    { numRuns: 300 },
  )
})
