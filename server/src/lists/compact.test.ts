import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DatabaseSettings } from '#db'
import { emptyDatabases } from '../db/testing.ts'
import { openVaultWorld } from '../vault/testing.ts'
import { KeySet } from './key-set.ts'
import {
  applyChanges,
  type Change,
  compactList,
  DEFAULT_POLICY,
  listsSince,
  listsToCompact,
  openList,
  readEntries,
  sealChanges,
  summariseLists,
} from './lists.ts'

const put = (at: number, label = ''): Change => ({
  kind: 'put',
  source: 'us',
  entryId: `e${at}`,
  class: 'test',
  members: ['us'],
  values: [{ algorithm: 'md5', value: at.toString(16).padStart(32, '0') }],
  ...(label === '' ? {} : { label }),
})
const remove = (at: number): Change => ({ kind: 'remove', source: 'us', entryId: `e${at}` })
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at)

describe.each(emptyDatabases)('a long log on %s', (_kind, empty) => {
  it('is put together from small blocks, with nothing lost, and who was at any version reads on', async () => {
    await using world = await open(await empty())
    for (const at of range(0, 70)) await world.change(put(at), put(at + 1, 'late'), remove(at - 3))
    const before = await world.entries()
    const versionBefore = await world.since(0)
    expect(await world.toCompact()).toEqual(['drawn'])
    await world.compact()
    expect(await world.entries()).toEqual(before)
    const now = await world.since(0)
    expect(now.version).toBe(versionBefore.version)
    expect(now.blocks.map(({ version, part }) => [version, part])).toEqual([[70, 0]])
    expect((await world.since(69)).blocks).toHaveLength(1)
    expect((await world.since(70)).blocks).toHaveLength(0)
    expect(await world.toCompact()).toEqual([])
  })

  it('loses what was replaced and then what was removed, and is counted', async () => {
    await using world = await open(await empty())
    await world.change(...range(0, 4000).map((at) => put(at)))
    await world.change(...range(0, 3000).map((at) => put(at, 'late')))
    await world.change(...range(2000, 3500).map(remove))
    expect(await summariseLists(world.database.read)).toMatchObject([{ entries: 5_500, counted: false }])
    const before = await world.entries()
    await world.compact()
    expect(await world.entries()).toEqual(before)
    expect(before).toHaveLength(2_500)
    const now = await world.since(0)
    expect(now.blocks.reduce((sum, { puts, removes }) => sum + puts + removes, 0)).toBe(2_500)
    expect(now.lists).toMatchObject([{ entries: 2_500, counted: true, foldedTo: 3 }])
  })

  it('keeps a removal of which an older block may know', async () => {
    await using world = await open(await empty())
    await world.change(...range(0, 4096).map((at) => put(at)))
    await world.change(...range(4096, 4200).map((at) => put(at)))
    await world.compact()
    for (const at of range(0, 70)) await world.change(remove(at))
    await world.compact()
    expect(await world.entries()).toHaveLength(4200 - 70)
    const now = await world.since(0)
    expect(now.blocks.map(({ removes }) => removes)).toEqual([0, 70])
    expect(now.lists).toMatchObject([{ foldedTo: 0, entries: 4130 }])
  })

  it('is whole wherever the work ends', async () => {
    await using world = await open(await empty())
    await world.change(...range(0, 4096).map((at) => put(at)))
    for (const at of range(0, 8)) await world.change(...range(at * 500, at * 500 + 900).map((one) => put(one, `${at}`)))
    await world.change(...range(100, 2_000).map(remove))
    const before = await world.entries()
    for (let steps = 0; ; steps += 1) {
      let taken = 0
      const done = await world
        .compact(async () => {
          if (taken++ === steps) throw new Error('ended here')
        })
        .then(
          () => true,
          () => false,
        )
      expect(await world.entries()).toEqual(before)
      await world.since(0)
      if (done) break
    }
    expect(await summariseLists(world.database.read)).toMatchObject([{ entries: before.length, counted: true }])
  })

  it('is not changed by one who works on blocks that another has folded meanwhile', async () => {
    await using world = await open(await empty())
    for (const at of range(0, 10)) await world.change(put(at))
    const before = await world.entries()
    let first = true
    const late = world.compact(async () => {
      if (!first) return
      first = false
      throw Object.assign(new Error('lost'), { code: 'lease_lost' })
    })
    await expect(late).rejects.toThrow('lost')
    await Promise.all([world.compact(), world.compact().catch(() => {})])
    expect(await world.entries()).toEqual(before)
    expect((await world.since(0)).blocks).toHaveLength(1)
  })

  it('asks for the work by itself after so many blocks, once', async () => {
    await using world = await open(await empty())
    const jobs = () => world.database.read.selectFrom('jobs').select(['kind', 'subject']).execute()
    for (const at of range(0, 63)) await world.change(put(at))
    expect(await jobs()).toEqual([])
    for (const at of range(63, 130)) await world.change(put(at))
    expect(await jobs()).toEqual([{ kind: 'compact_list', subject: 'drawn' }])
  })
})

it('whatever happened to a list, putting it in order leaves the same entries', async () => {
  const change = fc
    .tuple(fc.boolean(), fc.nat(30), fc.constantFrom('', 'x', 'y'))
    .map(([is, at, label]) => (is ? put(at, label) : remove(at)))
  const [, empty] = emptyDatabases[0] ?? []
  if (empty === undefined) throw new Error('there is no database')
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof({ weight: 5, arbitrary: fc.array(change, { maxLength: 6 }) }, fc.constant('compact' as const)),
        {
          maxLength: 14,
        },
      ),
      async (steps) => {
        await using world = await open(await empty())
        const state = new Map<string, Change>()
        for (const step of steps) {
          if (step === 'compact') {
            await world.compact()
            continue
          }
          await world.change(...step)
          for (const each of step) {
            state.delete(each.entryId)
            if (each.kind === 'put') state.set(each.entryId, each)
          }
        }
        await world.compact()
        const byId = (a: Change, b: Change) => (a.entryId < b.entryId ? -1 : 1)
        expect((await world.entries()).sort(byId)).toEqual([...state.values()].sort(byId))
      },
    ),
    { numRuns: 25 },
  )
})

it('keys that were seen are known, and no others', () => {
  const seen = new KeySet()
  const keys = range(0, 20_000).map((at) => `key ${at}`)
  expect(keys.every((key) => seen.add(key))).toBe(true)
  expect(keys.some((key) => seen.add(key))).toBe(false)
  expect(seen.add('another')).toBe(true)
})

async function open(settings: DatabaseSettings) {
  const world = await openVaultWorld(settings)
  const { database, vault, clock } = world
  const list = { id: 'drawn', class: 'test', environment: 'sandbox', policy: DEFAULT_POLICY } as const
  await database.transact((tx) => openList(tx, clock, list))
  return {
    ...world,
    change: async (...changes: Change[]) => {
      const sealed = sealChanges(vault, clock, 'drawn', changes)
      return database.transact((tx) => applyChanges(tx, clock, sealed))
    },
    compact: (hold: () => Promise<void> = async () => {}) =>
      compactList({ database, vault, clock, hold, signal: new AbortController().signal }, 'drawn'),
    toCompact: () => listsToCompact(database.read),
    since: (version: number) => listsSince(database, 'sandbox', version),
    entries: async () => {
      const entries: Change[] = []
      for await (const entry of readEntries(database.read, vault, 'drawn')) entries.push(entry)
      return entries
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}
