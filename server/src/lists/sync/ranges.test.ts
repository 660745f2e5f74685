import fc from 'fast-check'
import { expect, it } from 'vitest'
import { behindBusiest, halved, nextRange, OVERLAP_MS, SLOW_FLOOR_MS, stepAfter, WHOLE_MS } from './ranges.ts'

const now = Date.UTC(2026, 10, 22, 12, 0, 0, 700)
const bound = Date.UTC(2026, 10, 22, 11, 59, 55)

it('the first range is everything up to five seconds ago, in whole seconds', () => {
  expect(nextRange({ checkpointMs: null, stepMs: WHOLE_MS }, now)).toEqual({ fromMs: 0, toMs: bound })
})

it('a further range begins a second before the former one ended', () => {
  const checkpointMs = bound - 60_000
  expect(nextRange({ checkpointMs, stepMs: 10_000 }, now)).toEqual({
    fromMs: checkpointMs - OVERLAP_MS,
    toMs: checkpointMs + 10_000,
  })
  expect(nextRange({ checkpointMs, stepMs: WHOLE_MS }, now)?.toMs).toBe(bound)
})

it('nothing is asked for until a whole second more lies five seconds back', () => {
  expect(nextRange({ checkpointMs: bound, stepMs: WHOLE_MS }, now)).toBeUndefined()
  expect(nextRange({ checkpointMs: bound, stepMs: WHOLE_MS }, now + 300)?.toMs).toBe(bound + 1000)
})

it('a range is halved down to a single new second, and that one is read however many it holds', () => {
  const checkpointMs = bound - 1_000_000
  let range = nextRange({ checkpointMs, stepMs: WHOLE_MS }, now)
  let cuts = 0
  for (let half = range; half !== undefined; cuts += 1) {
    range = half
    half = halved({ checkpointMs }, range)
    expect(half?.fromMs ?? range.fromMs).toBe(range.fromMs)
  }
  expect(range).toEqual({ fromMs: checkpointMs - OVERLAP_MS, toMs: checkpointMs + 1000 })
  expect(cuts).toBeLessThan(15)
})

it('every second is covered, whatever the ranges are cut to and however they go', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400_000 }),
      fc.array(fc.record({ entries: fc.nat(300_000), tookMs: fc.nat(120_000), cuts: fc.nat(6) }), { maxLength: 200 }),
      (seconds, goings) => {
        let checkpointMs = bound - seconds * 1000
        let stepMs = WHOLE_MS
        for (const { cuts, ...going } of goings) {
          let range = nextRange({ checkpointMs, stepMs }, now)
          if (range === undefined) break
          for (let cut = 0; cut < cuts; cut += 1) range = halved({ checkpointMs }, range) ?? range
          expect(range.fromMs).toBe(checkpointMs - OVERLAP_MS)
          expect(range.toMs).toBeGreaterThanOrEqual(checkpointMs + 1000)
          expect(range.toMs % 1000).toBe(0)
          stepMs = stepAfter(range.toMs - checkpointMs, going)
          checkpointMs = range.toMs
          expect(checkpointMs).toBeLessThanOrEqual(bound)
        }
      },
    ),
  )
})

it('steps grow after small, quick ranges and shrink after huge ones', () => {
  expect(stepAfter(10_000, { entries: 0, tookMs: 5 })).toBe(80_000)
  expect(stepAfter(10_000, { entries: 20_000, tookMs: 20_000 })).toBe(20_000)
  expect(stepAfter(10_000, { entries: 90_000, tookMs: 60_000 })).toBe(10_000)
  expect(stepAfter(10_000, { entries: 400_000, tookMs: 60_000 })).toBe(5_000)
  expect(stepAfter(1_000, { entries: 400_000, tookMs: 60_000 })).toBe(1_000)
})

it('a service that is merely slow is asked for no less than a minute', () => {
  const checkpointMs = bound - 1_000_000
  let range = { fromMs: checkpointMs - OVERLAP_MS, toMs: bound }
  for (let half = halved({ checkpointMs }, range, SLOW_FLOOR_MS); half !== undefined; ) {
    range = half
    half = halved({ checkpointMs }, range, SLOW_FLOOR_MS)
  }
  expect(range.toMs - checkpointMs).toBe(SLOW_FLOOR_MS)
})

it('a second too huge for one range ends it where the next one does not begin in it', () => {
  const second = bound - 60_000
  const range = { fromMs: second - 2000, toMs: second }
  const stamps = [second - 1500, second, second + 0, second + 999, second + 400]
  const wider = behindBusiest(range, stamps, bound)
  expect(wider).toEqual({ fromMs: range.fromMs, toMs: second + 2000 })
  expect(nextRange({ checkpointMs: wider?.toMs ?? 0, stepMs: 1000 }, now)?.fromMs).toBe(second + 1000)
  expect(behindBusiest({ ...range, toMs: second + 2000 }, stamps, bound)).toBeUndefined()
  expect(behindBusiest(range, stamps, second + 1000)).toBeUndefined()
  expect(behindBusiest(range, [], bound)?.toMs).toBe(second + 2000)
})
