import { afterEach, beforeEach, expect, test } from 'vitest'
import { StillClock } from '../clock/still.ts'
import { ask } from '../lists/caller.ts'
import type { Lie } from '../lists/faults.ts'
import type { Breach } from '../lists/ledger.ts'
import type { ThreatExchange, ThreatExchangeOptions } from './threatexchange.ts'
import { startThreatExchange } from './threatexchange.ts'

let clock: StillClock
let server: ThreatExchange
const start = async (options: ThreatExchangeOptions = {}) => {
  clock = new StillClock()
  server = await startThreatExchange({ clock, entries: 250, ...options })
}
beforeEach(() => start())
afterEach(() => server.close())

interface Update {
  readonly id: string
  readonly indicator: string
  readonly type: string
  readonly last_updated: number
  readonly should_delete: boolean
  readonly descriptors?: {
    readonly data: readonly {
      readonly id: string
      readonly owner: { readonly id: string }
      readonly status: string
      readonly tags?: { readonly data: readonly { readonly text: string }[] }
      readonly reactions?: readonly { readonly key: string; readonly value: string }[]
    }[]
  }
}
interface Page {
  readonly data: readonly Update[]
  readonly paging?: { readonly next?: string }
}

const everyField = 'indicator,type,last_updated,should_delete,descriptors{id,reactions,owner{id},tags,status}'
const token = () => `access_token=${encodeURIComponent(server.accessToken)}`
const updates = (more = `&fields=${everyField}`) => `/v21.0/${server.group}/threat_updates/?${token()}${more}`
const get = (target: string) => ask(server, target)
const page = async (target: string): Promise<Page> => {
  const { status, text } = await get(target)
  if (status !== 200) throw new Error(`status ${status}: ${text}`)
  return JSON.parse(text)
}
const within = (url: string) => url.slice(url.indexOf('/v21.0'))
const drain = async (target = updates()): Promise<Update[]> => {
  const all: Update[] = []
  for (let at: string | undefined = target; at !== undefined; ) {
    const { data, paging } = await page(at)
    all.push(...data)
    at = paging?.next === undefined ? undefined : within(paging.next)
  }
  return all
}
const held = (read: readonly Update[]): string[] => {
  const now = new Map<string, Update>()
  for (const update of read) {
    if (update.should_delete || !update.descriptors) now.delete(update.id)
    else now.set(update.id, update)
  }
  return [...now.values()].map((one) => `${one.id} ${one.type} ${one.indicator}`).sort()
}
const truth = () => [...server.live()].map((one) => `${one.id} ${one.type} ${one.indicator}`).sort()
const breaches = () => server.inspect().violations.map((one) => one.breach)

test('whoever follows next to the end holds exactly what the group holds', async () => {
  const read = await drain()
  expect(held(read)).toEqual(truth())
  expect(breaches()).toEqual([])
  expect(server.inspect().calls.map((call) => [call.route, call.entries])).toEqual([
    ['updates', 100],
    ['page', 100],
    ['page', read.length - 200],
  ])
})

test('updates come in order of time, or shuffled when asked for', async () => {
  const times = (await drain()).map((one) => one.last_updated)
  expect(times).toEqual([...times].sort((a, b) => a - b))
  await server.close()
  await start({ order: 'shuffled' })
  const shuffled = (await drain()).map((one) => one.last_updated)
  expect(shuffled).not.toEqual([...shuffled].sort((a, b) => a - b))
  expect(held(await drain())).toEqual(truth())
})

test('next is a whole URL with the token in it, and limit, times and types are kept', async () => {
  const first = await page(
    updates(`&limit=7&types=HASH_PDQ,HASH_MD5&start_time=0&stop_time=1780000000&fields=${everyField}`),
  )
  expect(first.data).toHaveLength(7)
  expect(new Set(first.data.map((one) => one.type))).toEqual(new Set(['HASH_PDQ', 'HASH_MD5']))
  const next = first.paging?.next ?? ''
  expect(next.startsWith(`${server.baseUrl}/${server.group}/threat_updates/?access_token=`)).toBe(true)
  expect((await page(within(next))).data).toHaveLength(7)
})

test('a deletion is told by should_delete, or by descriptors that are not there, for ninety days', async () => {
  await server.close()
  await start({ entries: 4, shares: { deleted: 0 } })
  server.churn({ deletes: 4 })
  const told = await drain()
  expect(told.map((one) => [one.should_delete, 'descriptors' in one]).sort()).toEqual([
    [false, false],
    [true, false],
    [true, false],
    [true, false],
  ])
  clock.set(clock.now() + 90 * 86_400_000)
  expect(await drain()).toHaveLength(4)
  clock.set(clock.now() + 1)
  expect(await drain()).toHaveLength(0)
})

test('several owners list one indicator, tag it and react to it', async () => {
  const all = (await drain()).flatMap((one) => (one.descriptors ? [one.descriptors.data] : []))
  expect(all.some((descriptors) => new Set(descriptors.map((one) => one.owner.id)).size > 1)).toBe(true)
  const each = all.flat()
  expect(
    each.some((one) => one.reactions?.some((reaction) => reaction.key === 'HELPFUL' && /^\d+$/.test(reaction.value))),
  ).toBe(true)
  expect(each.some((one) => one.tags?.data.some((tag) => tag.text === 'media_type_video'))).toBe(true)
  expect(new Set(each.map((one) => one.status))).toEqual(new Set(['MALICIOUS', 'NON_MALICIOUS']))
})

test('what changes is told again, with the time of the change, and only the fields asked for', async () => {
  const [one] = server.live()
  await clock.advance(60_000)
  const indicator = '0'.repeat(32)
  const [added = ''] = server.change({ kind: 'add', type: 'HASH_MD5', indicator })
  server.change({ kind: 'update', id: one?.id ?? '', indicator })
  const since = Math.floor(clock.now() / 1000)
  const told = await drain(updates(`&start_time=${since}&fields=id,last_updated`))
  const ids = [one?.id ?? '', added].sort()
  expect(told.map((update) => update.id).sort()).toEqual(ids)
  expect(told).toContainEqual({ id: added, last_updated: since })
  expect(held(await drain())).toEqual(truth())
  server.change({ kind: 'delete', id: added })
  expect(() => server.change({ kind: 'delete', id: added })).toThrow('no such indicator')
})

test('changes between pages lose nothing to whoever asks again from where it began', async () => {
  let target: string | undefined = updates(`&limit=20&fields=${everyField}`)
  const read: Update[] = []
  const began = Math.floor(clock.now() / 1000)
  while (target !== undefined) {
    const { data, paging } = await page(target)
    read.push(...data)
    server.churn({ adds: 2, updates: 5, deletes: 2 })
    clock.set(clock.now() + 1000)
    target = paging?.next === undefined ? undefined : within(paging.next)
  }
  expect(held(read)).not.toEqual(truth())
  read.push(...(await drain(updates(`&start_time=${began}&fields=${everyField}`))))
  expect(held(read)).toEqual(truth())
  expect(breaches()).toEqual([])
})

const wrong: [string, () => string, number, number, Breach][] = [
  ['no token', () => `/v21.0/${server.group}/threat_updates/`, 400, 104, 'no_credentials'],
  ['another token', () => `/v21.0/${server.group}/threat_updates/?access_token=1|x`, 400, 190, 'wrong_credentials'],
  ['an unknown parameter', () => updates('&since=0'), 400, 100, 'unknown_parameter'],
  ['a parameter twice', () => updates('&limit=1&limit=1'), 400, 100, 'repeated_parameter'],
  ['a time that is no number', () => updates('&start_time=2026-01-01T00:00:00Z'), 400, 100, 'bad_parameter'],
  ['milliseconds', () => updates('&stop_time=1780000000000'), 400, 100, 'bad_parameter'],
  ['a limit too great', () => updates('&limit=1001'), 400, 100, 'bad_parameter'],
  ['a range backwards', () => updates('&start_time=2&stop_time=1'), 400, 100, 'range_backwards'],
  ['an unknown type', () => updates('&types=HASH_PDQ,HASH_CRC'), 400, 100, 'unknown_type'],
  ['an unknown field', () => updates('&fields=id,descriptors{colour}'), 400, 100, 'bad_parameter'],
  ['half a field list', () => updates('&fields=id,descriptors{id'), 400, 100, 'bad_parameter'],
  ['a cursor of its own making', () => updates('&after=QVFIU'), 400, 100, 'next_not_given'],
  ['a group that is none', () => `/v21.0/7/threat_updates/?${token()}`, 400, 100, 'unknown_entry'],
  ['another version', () => `/v9.0/${server.group}/threat_updates/?${token()}`, 404, 2500, 'unknown_path'],
]
test.each(wrong)('%s is refused in the Graph API’s form, and written down', async (_, target, status, code, breach) => {
  const answer = await get(target())
  expect(answer.status).toBe(status)
  expect(JSON.parse(answer.text)).toMatchObject({ error: { type: 'OAuthException', code } })
  expect(breaches()).toEqual([breach])
})

test('a group without updates is a 500, and the groups of an app can be asked for', async () => {
  const groups = JSON.parse((await get(`/v21.0/100000000000001/threat_privacy_groups_member?${token()}`)).text)
  expect(groups.data.map((group: { threat_updates_enabled: boolean }) => group.threat_updates_enabled)).toEqual([
    true,
    false,
  ])
  expect((await get(`/v21.0/${groups.data[1].id}/threat_updates/?${token()}`)).status).toBe(500)
  expect(JSON.parse((await get(`/v21.0/100000000000001/threat_privacy_groups_owner?${token()}`)).text)).toEqual({
    data: [],
  })
  expect(breaches()).toEqual([])
})

const lies: [Lie, (origin: string) => RegExp][] = [
  ['other_port', () => /^http:\/\/127\.0\.0\.1:\d+\/v21\.0/],
  ['other_host', () => /^http:\/\/localhost:\d+\/v21\.0/],
  ['other_scheme', (origin) => new RegExp(`^${origin.replace('http:', 'https:')}/v21`)],
  ['user_info', (origin) => new RegExp(`^${origin}@127\\.0\\.0\\.1:\\d+/`)],
  ['no_scheme', () => /^\/\/127\.0\.0\.1:\d+\//],
  ['outside', (origin) => new RegExp(`^${origin}/inspect/`)],
]
test.each(lies)('next lies: %s, and brings no token', async (lie, form) => {
  server.faults.next('updates', { kind: 'lying_next', lie })
  const { paging } = await page(updates())
  const { origin } = new URL(server.baseUrl)
  expect(paging?.next).toMatch(form(origin))
  expect(paging?.next?.startsWith(`${origin}/v21.0`)).toBe(false)
  expect(paging?.next).not.toContain('access_token')
})

test('next loops, goes on for ever, expires; pages come late, half, twice or hostile', async () => {
  server.faults.next('updates', { kind: 'lying_next', lie: 'loop' })
  expect(within((await page(updates())).paging?.next ?? '')).toBe(updates())
  const link = within((await page(updates())).paging?.next ?? '')
  server.faults.always('page', { kind: 'lying_next', lie: 'endless' })
  const once = await page(link)
  const again = await page(within(once.paging?.next ?? ''))
  expect(again.data).toEqual(once.data)
  expect(again.paging?.next).not.toBe(once.paging?.next)
  server.faults.always('page', null)
  server.faults.script('page', [
    'expired_next',
    { kind: 'unavailable', retryAfter: 0 },
    'truncated',
    'duplicates',
    'hostile',
    'drop_midway',
  ])
  expect((await get(link)).status).toBe(400)
  expect((await get(link)).headers['retry-after']).toBe('0')
  const { text } = await get(link)
  expect(() => JSON.parse(text)).toThrow()
  expect((await page(link)).data).toHaveLength(150)
  expect((await get(link)).text).toContain('"__proto__"')
  await expect(get(link)).rejects.toThrow()
  expect((await page(link)).data).toHaveLength(100)
  expect(breaches()).toEqual([])
})

const post = (path: string, form: Record<string, string>, type = 'application/x-www-form-urlencoded') =>
  ask(server, `/v21.0/${path}/?${token()}`, {
    method: 'POST',
    body: new URLSearchParams(form).toString(),
    headers: { 'content-type': type },
  })

test('a reaction is journaled, seen by all, and counts once', async () => {
  const [one] = server.live()
  const descriptor = one?.descriptors[0]?.id ?? ''
  await clock.advance(60_000)
  expect((await post(descriptor, { reactions: 'SAW_THIS_TOO' })).text).toBe('{"success":true}')
  expect((await post(descriptor, { reactions: 'SAW_THIS_TOO' })).status).toBe(200)
  const told = await drain(updates(`&start_time=${clock.now() / 1000}&fields=${everyField}`))
  expect(told).toHaveLength(1)
  expect(told[0]?.descriptors?.data[0]?.reactions).toContainEqual({ key: 'SAW_THIS_TOO', value: '100000000000001' })
  expect(server.inspect().reactions).toHaveLength(2)
  expect((await post(descriptor, { reactions: 'LOVE' })).status).toBe(400)
  expect((await post('3999999999999999', { reactions: 'HELPFUL' })).status).toBe(400)
  expect((await post(descriptor, { reactions: 'HELPFUL' }, 'application/json')).status).toBe(400)
  expect(breaches()).toEqual(['bad_body', 'unknown_entry', 'bad_content_type'])
})

test('an indicator can be listed, with all that is required', async () => {
  const form = {
    indicator: '1'.repeat(64),
    type: 'HASH_PDQ',
    description: 'a drawing',
    share_level: 'AMBER',
    status: 'NON_MALICIOUS',
    privacy_type: 'HAS_PRIVACY_GROUP',
  }
  const { id } = JSON.parse((await post('threat_descriptors', form)).text)
  const listed = [...server.live()].find((one) => one.indicator === form.indicator)
  expect(listed?.descriptors).toMatchObject([{ id, ownerId: '100000000000001', status: 'NON_MALICIOUS' }])
  expect((await post('threat_descriptors', { ...form, privacy_type: '' })).status).toBe(400)
})

test('malformed hashes come when asked for, and the server knows which they are', async () => {
  await server.close()
  await start({ shares: { malformed: 0.2 } })
  const bad = [...server.live()].filter((one) => one.malformed)
  expect(bad.length).toBeGreaterThan(20)
  expect(server.census().malformed).toBe(bad.length)
  expect(held(await drain())).toEqual(truth())
})

test('one second can hold more than any page', async () => {
  await server.close()
  const atMs = Date.UTC(2026, 0, 1)
  await start({ entries: 10, pileUps: [{ atMs, count: 5000 }], shares: { deleted: 0 } })
  const at = atMs / 1000
  expect(await drain(updates(`&limit=1000&start_time=${at}&stop_time=${at}&fields=id`))).toHaveLength(5000)
})

test('it does not bind beyond loopback unless told so', async () => {
  await expect(startThreatExchange({ host: '0.0.0.0' })).rejects.toThrow('loopback')
})
