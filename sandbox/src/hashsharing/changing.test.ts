import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StillClock } from '../clock/still.ts'
import type { HashSharing, HashSharingOptions } from './hashsharing.ts'
import { startHashSharing } from './hashsharing.ts'
import type { ReadEntry } from './reader.ts'
import { belief, held, readerOf, truth } from './reader.ts'

let clock: StillClock
beforeEach(() => {
  clock = new StillClock()
})
let server: HashSharing | undefined
afterEach(() => server?.close())
const start = async (options: HashSharingOptions = {}) => {
  server = await startHashSharing({ clock, entries: 200, pageSize: 50, ...options })
  return { list: server, reader: readerOf(server) }
}

test('an addition, an update and a deletion each come once, with the time of the change', async () => {
  const { list, reader } = await start()
  const before = held(await reader.everything())
  const [one, two] = [...list.live()]
  if (!one || !two) throw new Error('the list is empty')
  const changedMs = clock.now()
  list.change([
    { kind: 'add', memberId: 61, entryId: 'new', entry: { fingerprints: { md5: '0'.repeat(32) } } },
    { kind: 'update', memberId: one.memberId, entryId: one.entryId, entry: { fingerprints: { sha1: '1'.repeat(40) } } },
    { kind: 'delete', memberId: two.memberId, entryId: two.entryId },
  ])
  await clock.advance(5000)
  const pages = await reader.drain(changedMs, clock.now() - 5000)
  const entries = pages.flatMap((page) => page.entries)
  expect(entries.map((entry) => [entry.key, entry.deleted, entry.timestamp]).sort()).toEqual(
    [
      ['61 new', false, '2026-06-01T12:00:00Z'],
      [`${one.memberId} ${one.entryId}`, false, '2026-06-01T12:00:00Z'],
      [`${two.memberId} ${two.entryId}`, true, '2026-06-01T12:00:00Z'],
    ].sort(),
  )
  expect(belief(held(entries, before))).toEqual(truth(list))
  // An entry shows its latest state only: it is gone from where it stood.
  expect(await reader.everything()).toHaveLength(201)
})

test('what was deleted can come back, and what is not there cannot be changed', async () => {
  const { list, reader } = await start({ entries: 0 })
  const key = { memberId: 5, entryId: 'x' }
  list.change({ kind: 'add', ...key, entry: {} })
  expect(() => list.change({ kind: 'add', ...key, entry: {} })).toThrow('already')
  list.change({ kind: 'delete', ...key })
  expect(() => list.change({ kind: 'delete', ...key })).toThrow('no such entry')
  expect(list.census()).toEqual({ live: 0, deleted: 1, malformed: 0 })
  await clock.advance(1000)
  list.change({ kind: 'add', ...key, entry: { fingerprints: { md5: '2'.repeat(32) } } })
  await clock.advance(5000)
  expect(await reader.everything()).toMatchObject([{ key: '5 x', deleted: false, timestamp: '2026-06-01T12:00:01Z' }])
})

test('an entry updated while its range is read leaves the range, and nobody slides into its place unseen', async () => {
  const { list, reader } = await start()
  const entries = await reader.everything((nth) => {
    if (nth === 2) list.churn({ adds: 5, updates: 60, deletes: 20 })
  })
  const fetched = new Set(entries.map((entry) => entry.key))
  expect(entries.length).toBeLessThan(200)
  expect(fetched.size).toBe(entries.length)
  const from = clock.now()
  await clock.advance(5000)
  const later = (await reader.drain(from, clock.now() - 5000)).flatMap((page) => page.entries)
  expect(belief(held(later, held(entries)))).toEqual(truth(list))
})

test('or it stays, with a timestamp beyond the range that was asked for', async () => {
  const { list, reader } = await start({ leaving: 'stays' })
  const upTo = new Date(clock.now() - 5000).toISOString()
  const entries = await reader.everything((nth) => {
    if (nth === 2) list.churn({ updates: 60, deletes: 20 })
  })
  expect(entries).toHaveLength(200)
  expect(entries.filter((entry) => entry.timestamp > upTo).length).toBeGreaterThan(20)
  const from = clock.now()
  await clock.advance(5000)
  const later = (await reader.drain(from, clock.now() - 5000)).flatMap((page) => page.entries)
  expect(belief(held(later, held(entries)))).toEqual(truth(list))
})

test('a change is visible a little later than it is stamped: whoever reads up to now loses it', async () => {
  const { list, reader } = await start({ entries: 0, commitLagMs: 4000 })
  list.change({ kind: 'add', memberId: 5, entryId: 'late', entry: {} })
  await clock.advance(1000)
  expect((await reader.page(reader.range(0, clock.now()))).entries).toEqual([])
  await clock.advance(4000)
  expect((await reader.page(reader.range(0, clock.now() - 5000))).entries).toHaveLength(1)
})

test('a link leads where it led when it was given, although the range was read again and changed since', async () => {
  const { list, reader } = await start()
  const range = reader.range(0, clock.now() - 5000)
  const first = await reader.page(range)
  // As many leave the range as come into it, so that both readings count alike.
  const left = new Set(list.churn({ updates: 30 }).map((one) => `${one.memberId} ${one.entryId}`)).size
  for (let nth = 0; nth < left; nth++) {
    list.change({ kind: 'add', memberId: 1, entryId: `n${nth}`, entry: {}, atMs: Date.UTC(2025, 0, 1) })
  }
  const again = await reader.page(range)
  expect(again.next).not.toBe(first.next)
  const seen = new Set(first.entries.map((entry) => entry.key))
  for (let next = first.next; next !== null; ) {
    const page = await reader.page(next)
    for (const entry of page.entries) {
      expect(seen).not.toContain(entry.key)
      seen.add(entry.key)
    }
    next = page.next
  }
  const from = clock.now()
  await clock.advance(5000)
  for (const entry of (await reader.drain(from, from)).flatMap((page) => page.entries)) seen.add(entry.key)
  expect(seen.size).toBe(200)
})

test('whatever changes between pages, a reader who drains range after range ends with the truth', async () => {
  const churns = fc.array(
    fc.record({ adds: fc.nat(30), updates: fc.nat(60), deletes: fc.nat(30), waitMs: fc.nat(3000) }),
    { minLength: 1, maxLength: 12 },
  )
  await fc.assert(
    fc.asyncProperty(churns, fc.constantFrom('vanishes', 'stays'), fc.integer(), async (churned, leaving, seed) => {
      const plan = [...churned]
      clock = new StillClock()
      await using list = await startHashSharing({ clock, entries: 150, pageSize: 17, seed, leaving, commitLagMs: 4900 })
      const reader = readerOf(list)
      let state = new Map<string, ReadEntry>()
      let fromMs = 0
      const step = async () => {
        const toMs = Math.floor(clock.now() / 1000) * 1000 - 5000
        const pages = await reader.drain(fromMs, toMs, () => {
          const next = plan.shift()
          if (!next) return
          list.churn(next)
          clock.set(clock.now() + next.waitMs)
        })
        state = held(
          pages.flatMap((page) => page.entries),
          state,
        )
        fromMs = toMs
      }
      while (plan.length > 0) {
        await step()
        list.churn({ updates: 3 })
        clock.set(clock.now() + 1000)
        plan.shift()
      }
      clock.set(clock.now() + 10_000)
      await step()
      expect(belief(state)).toEqual(truth(list))
      expect(list.inspect().violations).toEqual([])
    }),
    { numRuns: 25 },
  )
})
