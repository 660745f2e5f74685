import { expect, test } from 'vitest'
import { MovedClock } from './moved.ts'

test('it goes by the machine, and ahead by as much as it was moved', async () => {
  const clock = new MovedClock()
  const before = Date.now()
  await clock.advance(86_400_000)
  expect(clock.now()).toBeGreaterThanOrEqual(before + 86_400_000)
  expect(clock.now()).toBeLessThanOrEqual(Date.now() + 86_400_000)
})

test('whoever waits is woken by a move that reaches far enough, by real time, or by giving up', async () => {
  const clock = new MovedClock()
  const woken: string[] = []
  const far = clock.wait(3_600_000).then(() => woken.push('far'))
  const near = clock.wait(60_000).then(() => woken.push('near'))
  await clock.advance(60_000)
  await near
  expect(woken).toEqual(['near'])
  await clock.wait(1)
  await clock.advance(3_600_000)
  await far
  const abort = new AbortController()
  const left = clock.wait(3_600_000, abort.signal)
  abort.abort()
  await left
  await clock.wait(0)
})
