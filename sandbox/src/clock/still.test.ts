import { expect, test } from 'vitest'
import { StillClock } from './still.ts'

test('waiters wake in the order in which they are due, and see their own due time', async () => {
  const clock = new StillClock(1000)
  const woken: [string, number][] = []
  void clock.wait(300).then(() => woken.push(['late', clock.now()]))
  void clock.wait(100).then(() => woken.push(['early', clock.now()]))
  void clock.wait(301).then(() => woken.push(['not yet', clock.now()]))
  await clock.advance(300)
  expect(woken).toEqual([
    ['early', 1100],
    ['late', 1300],
  ])
  expect(clock.waiting()).toBe(1)
})

test('a loop that waits again and again runs as often as the time allows', async () => {
  const clock = new StillClock(0)
  let rounds = 0
  void (async () => {
    for (;;) {
      await clock.wait(60_000)
      rounds++
    }
  })()
  await clock.advance(10 * 60_000)
  expect(rounds).toBe(10)
})

test('an aborted wait resolves quietly and is forgotten', async () => {
  const clock = new StillClock(0)
  const abort = new AbortController()
  const waiting = clock.wait(5000, abort.signal)
  expect(clock.waiting()).toBe(1)
  abort.abort()
  await expect(waiting).resolves.toBeUndefined()
  expect(clock.waiting()).toBe(0)
  await expect(clock.wait(5000, abort.signal)).resolves.toBeUndefined()
})

test('set jumps, wakes what is due, and may go back', async () => {
  const clock = new StillClock(0)
  const waiting = clock.wait(10)
  clock.set(20)
  await waiting
  clock.set(5)
  expect(clock.now()).toBe(5)
})
