import { afterEach, expect, test } from 'vitest'
import { StillClock } from '../clock/still.ts'
import type { HashEnvironment, HashSharing, HashSharingOptions } from './hashsharing.ts'
import { environments, startHashSharing } from './hashsharing.ts'
import { belief, held, readerOf, truth } from './reader.ts'

const opened: HashSharing[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close()
})
const start = async (options: HashSharingOptions = {}): Promise<HashSharing> => {
  const server = await startHashSharing({ clock: new StillClock(), ...options })
  opened.push(server)
  return server
}

test('whoever reads the whole range holds exactly what the server holds', async () => {
  const server = await start({ entries: 5000 })
  const entries = await readerOf(server).everything()
  expect(entries).toHaveLength(5000)
  expect(entries.filter((entry) => entry.deleted).length).toBeGreaterThan(50)
  expect(belief(held(entries))).toEqual(truth(server))
  expect(server.inspect().violations).toEqual([])
})

test('entries come in no order of time, and a page gives its own greatest timestamp', async () => {
  const server = await start({ entries: 3000 })
  const [first] = await readerOf(server).drain(0, server.clock.now() - 5000)
  const times = first?.entries.map((entry) => Date.parse(entry.timestamp)) ?? []
  const backwards = times.filter((time, nth) => time < (times[nth - 1] ?? 0)).length
  expect(backwards).toBeGreaterThan(300)
  expect(Date.parse(first?.maxTimestamp ?? '')).toBe(Math.max(...times))
  // What a consumer would lose that took the first page's greatest timestamp for a checkpoint.
  const all = await readerOf(server).everything()
  expect(all.filter((entry) => entry.timestamp < (first?.maxTimestamp ?? '')).length).toBeGreaterThan(1500)
})

test('by time, when asked for, a page begins where the last one ended', async () => {
  const server = await start({ entries: 2500, order: 'time' })
  server.churn({ adds: 20, updates: 20, deletes: 20 })
  server.change({ kind: 'add', memberId: 61, entryId: 'old', entry: {}, atMs: Date.UTC(2025, 3, 1) })
  const pages = await readerOf(server).drain(0, server.clock.now())
  const times = pages.map((page) => page.entries.map((entry) => entry.timestamp).sort())
  expect(times.flat()).toHaveLength(2521)
  expect(times.flat()).toEqual(times.flat().sort())
})

test('a page holds at most a thousand entries, or fewer if so told, and says how many', async () => {
  const server = await start({ entries: 2500 })
  const pages = await readerOf(server).drain(0, server.clock.now() - 5000)
  expect(pages.map((page) => page.entries.length)).toEqual([1000, 1000, 500])
  expect(pages.map((page) => page.stated)).toEqual([1000, 1000, 500])
  expect(pages[0]?.next).toMatch(
    /^\/v2\/entries\?from=1970-01-01T00%3A00%3A00\.000Z&to=2026-06-01T11%3A59%3A55\.000Z&start=1001&size=1000&max=2500$/,
  )
  const small = await start({ entries: 25, pageSize: 7 })
  expect((await readerOf(small).drain(0, small.clock.now() - 5000)).map((page) => page.entries.length)).toEqual([
    7, 7, 7, 4,
  ])
  await expect(startHashSharing({ pageSize: 1001 })).rejects.toThrow('1 to 1000')
})

test('the same seed gives the same pages on any day, another seed other entries', async () => {
  const text = async (options: HashSharingOptions) => {
    const server = await start({ entries: 50, ...options })
    const reader = readerOf(server)
    return (await reader.get(reader.range(0, Date.UTC(2026, 4, 1)))).text
  }
  const morning = new StillClock(Date.UTC(2026, 5, 1, 7))
  expect(await text({ clock: morning })).toBe(await text({}))
  const fixed = { untilMs: Date.UTC(2026, 3, 1) }
  const once = await text(fixed)
  expect(await text({ ...fixed, clock: new StillClock(Date.UTC(2027, 0, 1)) })).toBe(once)
  expect(await text({ ...fixed, seed: 2 })).not.toBe(once)
})

test('an empty range is an empty document', async () => {
  const server = await start()
  const page = await readerOf(server).page(readerOf(server).range(0, 1000))
  expect(page).toMatchObject({ entries: [], stated: 0, next: null })
})

test('both ends of a range belong to it, or not, as the test chooses', async () => {
  const atMs = Date.UTC(2026, 0, 1)
  const count = async (includes: { from: boolean; to: boolean }) => {
    const server = await start({ entries: 0, pileUps: [{ atMs, count: 3 }], includes })
    const reader = readerOf(server)
    const from = await reader.page(reader.range(atMs, atMs + 5000))
    const to = await reader.page(reader.range(atMs - 5000, atMs))
    return [from.entries.length, to.entries.length]
  }
  expect(await count({ from: true, to: true })).toEqual([3, 3])
  expect(await count({ from: true, to: false })).toEqual([3, 0])
  expect(await count({ from: false, to: true })).toEqual([0, 3])
})

test('one second can hold 400,000 entries, and the seconds beside it one each', async () => {
  const atMs = Date.UTC(2026, 0, 1)
  const beside = [atMs - 1000, atMs + 1000].map((ms) => ({ atMs: ms, count: 1 }))
  const server = await start({ entries: 0, pileUps: [{ atMs, count: 400_000 }, ...beside] })
  const reader = readerOf(server)
  let next: string | null = reader.range(atMs, atMs)
  const ids = new Set<string>()
  let pages = 0
  while (next !== null) {
    const { text, status } = await reader.get(next)
    if (status !== 200) throw new Error(`status ${status}`)
    for (const [, member, id] of text.matchAll(
      /<member id="(\d+)">[^<]*<\/member>(?:<timestamp>[^<]*<\/timestamp>)?<id>([^<]*)</g,
    ))
      ids.add(`${member} ${id}`)
    next = /<next>(.*)<\/next>/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? null
    pages++
  }
  expect(pages).toBe(400)
  expect(ids.size).toBe(400_000)
})

test('several members list and affirm the same fingerprints, and use the same ids for different things', async () => {
  const server = await start({ entries: 5000 })
  const entries = [...server.live()]
  const byMd5 = Map.groupBy(entries, (entry) => entry.fingerprints.md5)
  const shared = [...byMd5.values()].filter((same) => new Set(same.map((entry) => entry.memberId)).size > 1)
  expect(shared.length).toBeGreaterThan(200)
  expect(entries.filter((entry) => entry.feedback.length > 1).length).toBeGreaterThan(100)
  expect(entries.every((entry) => entry.feedback.every((one) => one.memberId !== entry.memberId))).toBe(true)
  const keys = new Set(entries.map((entry) => `${entry.memberId} ${entry.entryId}`))
  const ids = new Set(entries.map((entry) => entry.entryId))
  expect(keys.size).toBe(entries.length)
  expect(ids.size).toBeLessThan(entries.length - 100)
  const read = await readerOf(server).everything()
  expect(read.filter((entry) => entry.affirmed > 1).length).toBeGreaterThan(100)
  expect(read.filter((entry) => entry.rejected > 0).length).toBeGreaterThan(20)
  expect(new Set(entries.flatMap((entry) => entry.feedback.map((one) => one.type)))).toEqual(
    new Set(['MD5', 'SHA1', 'PDQ']),
  )
})

test('a list has videos, empty feedback, classifications or none, and fingerprints that are given by reference', async () => {
  const server = await start({ entries: 2000 })
  const reader = readerOf(server)
  const entries = await reader.everything()
  const video = entries.find((entry) => entry.kind === 'video' && entry.hrefs.length > 0)
  expect(video?.fingerprints).toEqual({
    md5: expect.stringMatching(/^[0-9a-f]{32}$/),
    sha1: expect.stringMatching(/^[0-9a-f]{40}$/),
  })
  const blob = await reader.get(video?.hrefs[0] ?? '')
  expect(blob).toMatchObject({ status: 200, headers: { 'content-type': 'application/octet-stream' } })
  expect(entries.some((entry) => 'pdna' in entry.fingerprints)).toBe(true)
  const { text } = await reader.get(reader.range(0, server.clock.now() - 5000))
  expect(text).toContain('<feedback/>')
  expect(text).toMatch(/<\/id><classification>A1</)
  expect(text).toMatch(/<\/id><fingerprints>/)
  expect(text).toMatch(/<deletedImage><member id="\d+">[^<]*<\/member><id>/)
  expect(text).toMatch(/<deletedImage><member id="\d+">[^<]*<\/member><timestamp>/)
})

test('malformed fingerprints come when asked for, and the server knows which they are', async () => {
  const server = await start({ entries: 2000, shares: { malformed: 0.05 } })
  const bad = [...server.live()].filter((entry) => entry.malformed.length > 0)
  expect(bad.length).toBeGreaterThan(50)
  expect(server.census().malformed).toBe(bad.length)
  expect(new Set(bad.map((entry) => String(entry.fingerprints[entry.malformed[0] ?? 'md5']?.length)))).toContain('0')
  expect(belief(held(await readerOf(server).everything()))).toEqual(truth(server))
})

test('what a test plants is served as given, escaped, and nothing is checked', async () => {
  const fingerprints = { md5: 'A'.repeat(32), pdq: '<not a hash>' }
  const entryId = 'a/b & <c>é'
  const server = await start({ entries: 0, planted: [{ memberId: 3, entryId, fingerprints }] })
  expect(await readerOf(server).everything()).toMatchObject([{ key: `3 ${entryId}`, kind: 'image', fingerprints }])
  expect([...server.live()][0]).toMatchObject({ memberId: 3, entryId, malformed: ['pdq'] })
})

test.each(Object.keys(environments) as HashEnvironment[])(
  '%s and its test twin have each their path, entries and credentials',
  async (environment) => {
    const production = await start({ environment, twin: 'production', entries: 20 })
    const twin = await start({ environment, twin: 'test', entries: 20 })
    const { path, production: url, test: testUrl } = environments[environment]
    expect(new URL(url).pathname).toBe(path)
    expect(new URL(testUrl).pathname).toBe(path)
    expect(new URL(production.baseUrl).pathname).toBe(path)
    expect(new URL(url).origin).not.toBe(new URL(testUrl).origin)
    expect(truth(production)).not.toEqual(truth(twin))
    expect(production.credentials.user).not.toBe(twin.credentials.user)
    expect(belief(held(await readerOf(production).everything()))).toEqual(truth(production))
  },
)

test('no two environments hold the same entry', async () => {
  const all = new Set<string>()
  let count = 0
  for (const environment of Object.keys(environments) as HashEnvironment[]) {
    for (const twin of ['production', 'test'] as const) {
      const server = await start({ environment, twin, entries: 30, shares: { shared: 0 } })
      for (const entry of server.live()) {
        all.add(entry.fingerprints.md5 ?? '')
        count++
      }
    }
  }
  expect(all.size).toBe(count)
})
