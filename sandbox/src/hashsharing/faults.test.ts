import { afterEach, beforeEach, expect, test } from 'vitest'
import { StillClock } from '../clock/still.ts'
import { ask } from '../lists/caller.ts'
import type { Lie } from '../lists/faults.ts'
import type { HashSharing } from './hashsharing.ts'
import { startHashSharing } from './hashsharing.ts'
import { belief, held, readerOf, truth } from './reader.ts'

let clock: StillClock
let server: HashSharing
let reader: ReturnType<typeof readerOf>
beforeEach(async () => {
  clock = new StillClock()
  server = await startHashSharing({ clock, entries: 100, pageSize: 30 })
  reader = readerOf(server)
})
afterEach(() => server.close())

const firstPage = () => reader.get(reader.range(0, clock.now() - 5000))
const followed = async () => (await reader.page(reader.range(0, clock.now() - 5000))).next ?? ''

test('503 comes with Retry-After and without, 429, 502 and 504 too; then all is well again', async () => {
  server.faults.script('entries', [
    'unavailable',
    { kind: 'unavailable', retryAfter: 'Mon, 01 Jun 2026 12:00:30 GMT' },
    null,
    { kind: 'too_many_requests', retryAfter: 0 },
    'bad_gateway',
    'gateway_timeout',
    { kind: 'status', status: 403 },
    'html_page',
    { kind: 'html_page', status: 200 },
  ])
  const seen = []
  for (let nth = 0; nth < 10; nth++) {
    const { status, headers } = await firstPage()
    seen.push([status, headers['retry-after']])
  }
  expect(seen).toEqual([
    [503, undefined],
    [503, 'Mon, 01 Jun 2026 12:00:30 GMT'],
    [200, undefined],
    [429, '0'],
    [502, undefined],
    [504, undefined],
    [403, undefined],
    [500, undefined],
    [200, undefined],
    [200, undefined],
  ])
  expect(server.inspect().violations).toEqual([])
})

test('who comes back before Retry-After is over is answered, and written down', async () => {
  server.faults.next('entries', { kind: 'unavailable', retryAfter: 30 })
  expect((await firstPage()).headers['retry-after']).toBe('30')
  clock.set(clock.now() + 29_999)
  expect((await firstPage()).status).toBe(200)
  clock.set(clock.now() + 1)
  expect((await firstPage()).status).toBe(200)
  expect(server.inspect().violations.map((one) => one.breach)).toEqual(['retry_after_ignored'])
})

test('connections are cut before, after and amid an answer', async () => {
  server.faults.script('entries', ['drop_before', 'drop_after', 'drop_midway', 'truncated'])
  await expect(firstPage()).rejects.toThrow()
  await expect(firstPage()).rejects.toThrow()
  await expect(firstPage()).rejects.toThrow()
  const half = await firstPage()
  expect(half.text).toContain('<queryResult')
  expect(half.text).not.toContain('</queryResult>')
  expect(server.inspect().calls.map((call) => [call.status, call.entries, call.fault])).toEqual([
    [null, 0, 'drop_before'],
    [null, 30, 'drop_after'],
    [null, 30, 'drop_midway'],
    [200, 30, 'truncated'],
  ])
})

test('a slow page waits on the clock, or for whatever the test says', async () => {
  server.faults.next('entries', { kind: 'delay', ms: 59_000 })
  const slow = firstPage()
  while (clock.waiting() === 0) await new Promise((resolve) => setImmediate(resolve))
  await clock.advance(59_000)
  expect((await slow).status).toBe(200)
  let done: (value: unknown) => void = () => {}
  server.faults.next('entries', {
    kind: 'delay',
    until: new Promise((resolve) => {
      done = resolve
    }),
  })
  const held = firstPage()
  done('now')
  expect((await held).status).toBe(200)
})

test('a page by its link fails as well, on the third call, by a rule that also changes the world', async () => {
  const end = server.faults.rule(({ route, nth }) => {
    if (route === 'page' && nth === 1) server.churn({ updates: 1 })
    return route === 'page' && nth === 3 ? 'unavailable' : null
  })
  const link = await followed()
  const statuses = []
  for (let nth = 0; nth < 4; nth++) statuses.push((await reader.get(link)).status)
  expect(statuses).toEqual([200, 200, 503, 200])
  expect([...server.live()].filter((entry) => entry.timestampMs === clock.now())).toHaveLength(1)
  end()
  server.faults.always('page', 'bad_gateway')
  expect((await reader.get(link)).status).toBe(502)
  server.faults.always('page', null)
  expect((await reader.get(link)).status).toBe(200)
})

test('a link expires on demand, before its time, and that is nobody’s breach', async () => {
  const link = await followed()
  server.faults.next('page', 'expired_next')
  expect((await reader.get(link)).status).toBe(400)
  expect((await reader.get(link)).status).toBe(200)
  expect(server.inspect().violations).toEqual([])
})

const lies: [Lie, RegExp][] = [
  ['other_port', /^http:\/\/127\.0\.0\.1:\d+\/hashsharing\/v2\/entries/],
  ['other_host', /^http:\/\/localhost:\d+\//],
  ['other_scheme', /^https:\/\/127\.0\.0\.1:\d+\//],
  ['user_info', /^@127\.0\.0\.1:\d+\//],
  ['no_scheme', /^\/\/127\.0\.0\.1:\d+\//],
  ['outside', /^\/\.\.\//],
]
test.each(lies)('a link lies: %s', async (lie, form) => {
  server.faults.next('entries', { kind: 'lying_next', lie })
  const page = await reader.page(reader.range(0, clock.now() - 5000))
  expect(page.entries).toHaveLength(30)
  expect(page.next).toMatch(form)
})

test('a link can be any text, lead to itself, or lead on for ever over the same page', async () => {
  server.faults.next('entries', { kind: 'lying_next', next: 'javascript:alert(1)' })
  expect((await reader.page(reader.range(0, clock.now() - 5000))).next).toBe('javascript:alert(1)')
  const link = await followed()
  server.faults.next('page', { kind: 'lying_next', lie: 'loop' })
  expect((await reader.page(link)).next).toBe(link)
  server.faults.always('page', { kind: 'lying_next', lie: 'endless' })
  const links = new Set<string>()
  const keys = new Set<string>()
  for (let next = link, nth = 0; nth < 10; nth++) {
    const page = await reader.page(next)
    next = page.next ?? ''
    links.add(next)
    for (const entry of page.entries) keys.add(entry.key)
  }
  expect([links.size, keys.size]).toEqual([10, 30])
  expect(server.inspect().violations).toEqual([])
})

test('whoever follows a redirect is seen at the other end, with or without credentials', async () => {
  server.faults.script('entries', ['redirect', { kind: 'redirect', status: 307, location: '/elsewhere' }])
  const { status, headers } = await firstPage()
  expect(status).toBe(302)
  const { port, pathname } = new URL(String(headers['location']))
  expect(port).not.toBe(String(server.port))
  await ask({ port: Number(port) }, pathname, { headers: { authorization: 'Basic x' } })
  expect(server.inspect().strangerCalls).toEqual([
    { method: 'GET', path: '/hashsharing/redirected', withCredentials: true },
  ])
  expect((await firstPage()).headers['location']).toBe('/elsewhere')
})

test('a page can count wrongly, repeat itself, hold what nobody knows, or be hostile', async () => {
  server.faults.script('entries', [
    'wrong_count',
    'duplicates',
    'extra_elements',
    'hostile',
    { kind: 'huge', megabytes: 2 },
  ])
  const range = reader.range(0, clock.now() - 5000)
  const counted = await reader.page(range)
  expect(counted.stated).toBeGreaterThan(counted.entries.length)
  const doubled = await reader.page(range)
  expect(doubled.entries).toHaveLength(45)
  expect(held(doubled.entries).size).toBe(held(counted.entries).size)
  expect((await reader.get(range)).text).toContain('<audios')
  expect((await reader.get(range)).text).toMatch(/<!DOCTYPE queryResult \[<!ENTITY.*&lol;/s)
  expect((await reader.get(range)).body.length).toBeGreaterThan(2_000_000)
  expect(belief(held(await reader.everything()))).toEqual(truth(server))
})

test('a fault nobody knows is refused at once', () => {
  expect(() => server.faults.next('entries', 'earthquake' as 'unavailable')).toThrow('earthquake')
})
