import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Fault, type Retry } from '#base'
import { afterFailure, wordsFor } from './after.ts'

const job = (attempts: number, bugs = 0) => ({
  id: 'job_1',
  kind: 'k',
  subject: 's',
  attempts,
  bugs,
  lease: 'l',
  leaseMs: 1000,
})
const minuteMs = 60_000
const fail = (error: unknown, attempts: number, chance = (below: number) => below - 1) =>
  afterFailure(error, { job: job(attempts), now: 1000, chance })
const fault = (retry: Retry, retryAfterMs?: number) => new Fault('code', 'words', { retry, retryAfterMs })

it('waits 1, 2, 4 seconds and so on, at most 10 minutes, half of it by chance', () => {
  expect([1, 2, 3, 10, 11, 5000].map((attempts) => fail(fault('later'), attempts))).toMatchObject(
    [1000, 2000, 4000, 512_000, 10 * minuteMs, 10 * minuteMs].map((ms) => ({ state: 'waiting', runAt: 1000 + ms })),
  )
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempts, part) => {
        const settled = fail(fault('now'), attempts, (below) => Math.floor(part * below))
        const fullMs = Math.min(10 * minuteMs, 1000 * 2 ** (attempts - 1))
        if (settled.state === 'dead') throw new Error('a fault that may pass killed its job')
        expect(settled.runAt - 1000).toBeGreaterThanOrEqual(fullMs / 2)
        expect(settled.runAt - 1000).toBeLessThanOrEqual(fullMs)
      },
    ),
  )
})

it('waits at least as long as the other side asked', () => {
  expect(fail(fault('later', 30 * minuteMs), 1)).toMatchObject({ runAt: 1000 + 30 * minuteMs })
  expect(fail(fault('later', 1), 2)).toMatchObject({ runAt: 3000 })
})

it('gives up at once when waiting cannot help, and else never', () => {
  expect(fail(fault('never'), 1)).toEqual({ state: 'dead', words: 'code: words' })
  expect(fail(fault('ask_a_person'), 1)).toMatchObject({ state: 'dead' })
  expect(fail(fault('later'), 100_000)).toMatchObject({ state: 'waiting' })
})

it('gives up after ten bugs, which faults that pass in between neither add to nor take from', () => {
  let bugs = 0
  for (let attempt = 1; attempt <= 18; attempt += 1) {
    const error = attempt % 2 === 0 ? new TypeError('x') : fault('later')
    const settled = afterFailure(error, { job: job(attempt, bugs), now: 1000, chance: () => 0 })
    if (settled.state === 'dead') throw new Error(`dead after ${bugs} bugs`)
    bugs = settled.bugs
  }
  expect(bugs).toBe(9)
  expect(afterFailure(fault('later'), { job: job(19, 9), now: 1000, chance: () => 0 })).toMatchObject({ bugs: 9 })
  expect(afterFailure(new TypeError('x'), { job: job(19, 9), now: 1000, chance: () => 0 })).toMatchObject({
    state: 'dead',
  })
})

it("keeps a bug's name and place, never its words", () => {
  const words = wordsFor(new RangeError('cannot read holiday.jpg of someone@example.org'))
  expect(words).toMatch(/^a bug \(RangeError\) at jobs\/after\.test\.ts:\d+$/)
  expect(wordsFor('holiday.jpg')).not.toContain('holiday')
})
