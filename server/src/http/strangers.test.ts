import { StillClock } from '@wardline/sandbox'
import { expect, test } from 'vitest'
import { openStrangers } from './strangers.ts'
import { Door } from './testing.ts'

test('an address that tries unknown keys is turned away before the database is asked, and no other', () => {
  const clock = new StillClock()
  const strangers = openStrangers(clock)
  strangers.heard('10.0.0.1', 'good', 'known')
  for (let i = 0; i < 60; i += 1) {
    expect(strangers.waitMs('10.0.0.1', `k${i}`)).toBeUndefined()
    strangers.heard('10.0.0.1', `k${i}`, 'unknown_key')
    strangers.heard('10.0.0.2', `k${i}`, 'expired_key')
  }
  expect(strangers.waitMs('10.0.0.1', 'k60')).toBe(60_000)
  expect(strangers.waitMs('10.0.0.1', 'good'), 'a key that was known lately').toBeUndefined()
  expect(strangers.waitMs('10.0.0.2', 'k60')).toBeUndefined()
  clock.set(clock.now() + 60_000)
  expect(strangers.waitMs('10.0.0.1', 'k60')).toBeUndefined()
  strangers.heard('10.0.0.1', 'k60', 'unknown_key')
  expect(strangers.waitMs('10.0.0.1', 'k61'), 'a new minute counts anew').toBeUndefined()
})

test('a flood of addresses does not fill the memory, nor lift the limit of the latest', () => {
  const strangers = openStrangers(new StillClock())
  for (let i = 0; i < 20_000; i += 1) strangers.heard(`10.${i}`, 'k', 'unknown_key')
  for (let i = 0; i < 60; i += 1) strangers.heard('late', 'k', 'unknown_key')
  expect(strangers.waitMs('late', 'k')).toBe(60_000)
})

test('on the wire that is a 429 with a time, while whoever was known goes on', async () => {
  await using door = await Door.open({}, { clock: new StillClock() })
  const key = await door.key(['scans:read'])
  const ask = (presented: string) => door.ask('/v1/scans/scan_1', presented)
  expect((await ask(key)).status).toBe(200)
  for (let i = 0; i < 60; i += 1) expect((await ask(`unknown-${i}`)).status).toBe(401)
  const answer = await ask('unknown')
  expect(answer.status).toBe(429)
  expect(answer.headers.get('retry-after')).toBe('60')
  expect((await ask(key)).status).toBe(200)
})
