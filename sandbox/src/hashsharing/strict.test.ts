import { afterEach, beforeEach, expect, test } from 'vitest'
import { StillClock } from '../clock/still.ts'
import type { RawCall } from '../lists/caller.ts'
import { ask, basic } from '../lists/caller.ts'
import type { Breach } from '../lists/ledger.ts'
import type { HashSharing } from './hashsharing.ts'
import { startHashSharing } from './hashsharing.ts'
import { readerOf } from './reader.ts'

let clock: StillClock
let server: HashSharing
beforeEach(async () => {
  clock = new StillClock()
  server = await startHashSharing({ clock, entries: 2500 })
})
afterEach(() => server.close())

const from = 'from=2026-01-01T00:00:00Z'
const call = (below: string, { headers, ...rest }: RawCall = {}) =>
  ask(server, `/hashsharing${below}`, { ...rest, headers: { authorization: basic(server.credentials), ...headers } })
const breaches = () => server.inspect().violations.map((one) => one.breach)

test('status tells who is asking, members who lists', async () => {
  const status = await call('/v2/status')
  expect(status.headers['content-type']).toBe('application/xml;charset=UTF-8')
  expect(status.text).toContain(
    '<status xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><ipAddress>127.0.0.1</ipAddress>',
  )
  expect(status.text).toContain('<username>industry_csam-test</username><member id="90">')
  expect((await call('/v2/members')).text).toMatch(
    /<member id="62">Wild Pictures &amp; Sons<\/member>.*<member id="90">/,
  )
  expect((await call('/v2/categorizations')).text).toContain(
    '<group name="Content" allowMultiple="false"><categorization guid="',
  )
  expect(breaches()).toEqual([])
})

const wrong: [string, string, number, Breach][] = [
  ['no from', '/v2/entries?to=2026-02-01T00:00:00Z', 400, 'missing_parameter'],
  ['no to', `/v2/entries?${from}`, 400, 'missing_parameter'],
  ['from twice', `/v2/entries?${from}&${from}&to=2026-02-01T00:00:00Z`, 400, 'repeated_parameter'],
  ['a size of its own', `/v2/entries?${from}&to=2026-02-01T00:00:00Z&size=10`, 400, 'unknown_parameter'],
  ['a time with an offset', `/v2/entries?${from}&to=2026-02-01T00:00:00%2B00:00`, 400, 'bad_parameter'],
  ['a time without zone', `/v2/entries?${from}&to=2026-02-01T00:00:00`, 400, 'bad_parameter'],
  ['two digits of a fraction', `/v2/entries?${from}&to=2026-02-01T00:00:00.00Z`, 400, 'bad_parameter'],
  ['a day that is none', `/v2/entries?${from}&to=2026-02-30T00:00:00Z`, 400, 'bad_parameter'],
  ['an hour that is none', `/v2/entries?${from}&to=2026-02-01T24:00:00Z`, 400, 'bad_parameter'],
  ['seconds since 1970', `/v2/entries?${from}&to=1780000000`, 400, 'bad_parameter'],
  ['a broken escape', `/v2/entries?${from}&to=2026%ZZ`, 400, 'bad_parameter'],
  ['a range backwards', `/v2/entries?${from}&to=2025-02-01T00:00:00Z`, 400, 'range_backwards'],
  ['a parameter too many', '/v2/status?x=1', 400, 'unknown_parameter'],
  [
    'a link of its own making',
    `/v2/entries?${from}&to=2026-02-01T00:00:00Z&start=1001&size=1000&max=2500`,
    400,
    'next_not_given',
  ],
  ['another version', '/v1/entries', 404, 'unknown_path'],
  ['a slash at the end', '/v2/status/', 404, 'unknown_path'],
  ['no such type', '/v2/feedback/Md5/reasons', 404, 'unknown_type'],
]
test.each(wrong)('%s is refused and written down', async (_, below, status, breach) => {
  const answer = await call(below)
  expect(answer.status).toBe(status)
  expect(breaches()).toEqual([breach])
})

test('a fraction of three digits, escaped or not, is as good as none', async () => {
  expect((await call('/v2/entries?from=2026-01-01T00%3A00%3A00.000Z&to=2026-02-01T00:00:00.999Z')).status).toBe(200)
  expect(breaches()).toEqual([])
})

test('without the right credentials there is nothing, not even a 404', async () => {
  const bare = await ask(server, '/hashsharing/v2/nothing')
  expect(bare).toMatchObject({ status: 401, text: '', headers: { 'www-authenticate': 'Basic realm="Hash Sharing"' } })
  await using twin = await startHashSharing({ clock, twin: 'production', entries: 0 })
  const other = await call('/v2/status', { headers: { authorization: basic(twin.credentials) } })
  expect(other.status).toBe(401)
  expect(breaches()).toEqual(['no_credentials', 'wrong_credentials'])
})

test('methods, bodies and names that do not belong are noticed', async () => {
  expect((await call('/v2/status', { method: 'POST' })).status).toBe(405)
  expect((await call('/v2/status', { body: 'hello', headers: { 'content-length': '5' } })).status).toBe(200)
  expect((await call('/v2/status', { headers: { host: 'elsewhere.example' } })).status).toBe(200)
  expect(breaches()).toEqual(['wrong_method', 'body_without_use', 'wrong_host'])
})

test('a range up to now is answered but written down; five seconds before now is well', async () => {
  const to = (ms: number) => call(`/v2/entries?${from}&to=${new Date(ms).toISOString()}`)
  expect((await to(clock.now() - 5000)).status).toBe(200)
  expect(breaches()).toEqual([])
  expect((await to(clock.now() - 4999)).status).toBe(200)
  expect(breaches()).toEqual(['range_too_fresh'])
})

test('a link is followed as given, as often as one likes, for twelve hours', async () => {
  const reader = readerOf(server)
  const { next } = await reader.page(reader.range(0, clock.now() - 5000))
  const link = next ?? ''
  const first = await reader.get(link)
  clock.set(clock.now() + 12 * 3_600_000)
  expect((await reader.get(link)).text).toBe(first.text)
  expect((await reader.get(link.replaceAll('%3A', ':'))).status).toBe(400)
  clock.set(clock.now() + 1)
  expect((await reader.get(link)).status).toBe(400)
  expect(breaches()).toEqual(['next_not_given', 'next_too_old'])
})

test('what the answer to an old link is, is a choice', async () => {
  await using gone = await startHashSharing({ clock, entries: 2500, badNextStatus: 410, nextLifetimeMs: 60_000 })
  const reader = readerOf(gone)
  const { next } = await reader.page(reader.range(0, clock.now() - 5000))
  clock.set(clock.now() + 60_001)
  expect((await reader.get(next ?? '')).status).toBe(410)
})

test('violations and calls can be forgotten, and hold no values', async () => {
  await call('/v2/entries?from=2026-01-01T00:00:00Z&to=secret')
  expect(JSON.stringify(server.inspect())).not.toContain('secret')
  server.forget()
  expect(server.inspect()).toMatchObject({ calls: [], violations: [] })
})
