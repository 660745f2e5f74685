import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import type { DatabaseSettings } from '#db'
import { emptyDatabases } from '../db/testing.ts'
import { openVaultWorld } from '../vault/testing.ts'
import { changeAt, encodeBlock, openBlock, rowsOf } from './block.ts'
import { algorithms, type Change, DEFAULT_POLICY, hexDigits, type ListClass, listClasses } from './entry.ts'
import {
  applyChanges,
  CHANGES_A_BLOCK,
  countEntries,
  type ListToOpen,
  listsVersion,
  openList,
  readEntries,
  sealChanges,
  summariseLists,
} from './lists.ts'

const digestOf = (text: string, digits = 40) => createHash('sha256').update(text).digest('hex').slice(0, digits)
const put = (entryId: string, change: object = {}) => ({
  kind: 'put' as const,
  source: 'us',
  entryId,
  class: 'test' as const,
  members: ['us'],
  values: [{ algorithm: 'sha1' as const, value: digestOf(entryId) }],
  ...change,
})
const remove = (entryId: string, source = 'us') => ({ kind: 'remove' as const, source, entryId })
const drawn: ListToOpen = { id: 'drawn', class: 'test', environment: 'sandbox', policy: DEFAULT_POLICY }

describe.each(emptyDatabases)('a list on %s', (_kind, empty) => {
  it('holds of each entry the state that came last, and says its version', async () => {
    await using world = await open(await empty())
    expect(await world.change(put('a'), put('b', { label: 'hills', members: ['us', 'them'] }))).toBe(1)
    expect(await world.change(put('c'), remove('a'), put('b', { values: [] }))).toBe(2)
    expect(await world.change(put('a', { source: 'them', members: ['them'] }), remove('never there'))).toBe(3)
    expect(await world.entries()).toEqual([
      put('c'),
      put('b', { values: [] }),
      put('a', { source: 'them', members: ['them'] }),
    ])
    expect(await listsVersion(world.database.read)).toBe(3)
  })

  it('takes of several changes of one entry in a batch the last', async () => {
    await using world = await open(await empty())
    await world.change(put('a'), remove('a'), put('b'), put('b', { label: 'late' }), put('c'), remove('c'))
    expect(await world.entries()).toEqual([put('b', { label: 'late' })])
  })

  it('is unchanged by a batch of nothing', async () => {
    await using world = await open(await empty())
    expect(await world.change()).toBe(0)
    expect(await world.change(put('a'))).toBe(1)
    expect(await world.change()).toBe(1)
  })

  it('is seen with a transaction or not at all', async () => {
    await using world = await open(await empty())
    const sealed = sealChanges(world.vault, world.clock, 'drawn', [put('a')])
    const failing = world.database.transact(async (tx) => {
      await applyChanges(tx, world.clock, sealed)
      throw new Error('stop')
    })
    await expect(failing).rejects.toThrow('stop')
    expect(await world.entries()).toEqual([])
    expect(await world.database.transact((tx) => applyChanges(tx, world.clock, sealed))).toBe(1)
    expect(await world.entries()).toEqual([put('a')])
  })

  it('must have been made before it is changed', async () => {
    await using world = await open(await empty())
    const sealed = sealChanges(world.vault, world.clock, 'nowhere', [put('a')])
    const applying = world.database.transact((tx) => applyChanges(tx, world.clock, sealed))
    await expect(applying).rejects.toMatchObject({ code: 'list_unknown', retry: 'never' })
  })

  it('keeps class and environment, and takes a new policy', async () => {
    await using world = await open(await empty())
    const policy = { radiusBits: 7, leastQuality: 60, leastMembers: 2, share: 0.25, enabled: false }
    await world.openList({ ...drawn, policy })
    expect(await summariseLists(world.database.read)).toMatchObject([
      { id: 'drawn', policy, entries: 0, counted: true },
    ])
    const again = (change: Partial<ListToOpen>) => expect(world.openList({ ...drawn, ...change })).rejects
    await again({ class: 'exploitative' }).toMatchObject({ code: 'class_mixed', retry: 'never' })
    await again({ environment: 'test' }).toMatchObject({ code: 'environment_mixed' })
    await again({ policy: { ...policy, leastQuality: 101 } }).toMatchObject({ code: 'policy_odd' })
    await again({ policy: { ...policy, share: 1.1 } }).toMatchObject({ code: 'policy_odd' })
    await again({ policy: { ...policy, leastMembers: 0 } }).toMatchObject({ code: 'policy_odd' })
    await again({ policy: { ...policy, radiusBits: 32 } }).toMatchObject({ code: 'radius_odd' })
    expect(await summariseLists(world.database.read)).toMatchObject([{ policy }])
  })

  it('counts puts as new until they are counted', async () => {
    await using world = await open(await empty())
    await world.change(put('a'), put('b'))
    await world.change(put('a'), remove('b'))
    expect(await summariseLists(world.database.read)).toMatchObject([{ entries: 2, counted: false }])
  })

  it('is counted truly however often its entries came again, unless it is longer than anybody wants to wait for', async () => {
    await using world = await open(await empty())
    const count = (most?: number) => countEntries(world.database.read, world.vault, 'drawn', most)
    expect(await count()).toBe(0)
    await world.change(put('a'), put('b'), put('c'))
    await world.change(put('a'), put('b'), put('c'))
    await world.change(remove('b'), remove('never there'), put('a', { source: 'them' }))
    expect(await count()).toBe(3)
    expect(await count(8)).toBeUndefined()
    expect(await count(9)).toBe(3)
  })

  it('refuses by name a block that was altered, cut, or taken from another list or row', async () => {
    await using world = await open(await empty())
    await world.openList({ ...drawn, id: 'other' })
    await world.change(put('a'))
    await world.database.transact((tx) =>
      applyChanges(tx, world.clock, sealChanges(world.vault, world.clock, 'other', [put('b')])),
    )
    const [one, other] = await world.database.read.selectFrom('list_blocks').selectAll().orderBy('version').execute()
    const bytes = Buffer.from(one?.sealed ?? [])
    const altered = Buffer.from(bytes)
    altered[40] = (altered[40] ?? 0) ^ 1
    for (const sealed of [altered, bytes.subarray(0, -1), Buffer.alloc(0), other?.sealed ?? Buffer.alloc(0)]) {
      await world.database.transact((tx) =>
        tx
          .updateTable('list_blocks')
          .set({ sealed })
          .where('id', '=', one?.id ?? '')
          .execute(),
      )
      await expect(world.entries()).rejects.toMatchObject({ code: 'seal_broken', retry: 'ask_a_person' })
    }
    await world.database.transact((tx) =>
      tx
        .updateTable('list_blocks')
        .set({ sealed: bytes, list_id: 'other' })
        .where('id', '=', one?.id ?? '')
        .execute(),
    )
    await expect(world.entries('other')).rejects.toMatchObject({ code: 'seal_broken' })
  })

  it('shows no value, no entry id and no name in the open', async () => {
    await using world = await open(await empty())
    await world.change(put('entry-in-the-open', { label: 'label-in-the-open', source: 'source-in-the-open' }))
    const tables = ['lists', 'list_blocks', 'meta', 'audit_events']
    const rows = await Promise.all(
      tables.map((table) => sql`select * from ${sql.table(table)}`.execute(world.database.read)),
    )
    const all = rows.flatMap((each) =>
      each.rows.flatMap((one) =>
        Object.values(one as object).map((cell) =>
          cell instanceof Uint8Array ? Buffer.from(cell).toString('latin1') : String(cell),
        ),
      ),
    )
    expect(all).toContain('drawn')
    const value = digestOf('entry-in-the-open')
    const secrets = [value, Buffer.from(value, 'hex').toString('latin1'), Buffer.from(value, 'hex').toString('base64')]
    for (const secret of [...secrets, 'in-the-open']) expect(all.join('\n')).not.toContain(secret)
  })
})

describe('a block', () => {
  const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
  const key = fc.record({ source: fc.constantFrom('us', 'them', 'ünder'), entryId: text })
  const value = fc
    .constantFrom(...algorithms)
    .chain((algorithm) =>
      fc.nat(1000).map((seed) => ({ algorithm, value: digestOf(String(seed), hexDigits[algorithm]) })),
    )
  const change: fc.Arbitrary<Change> = fc.oneof(
    key.map((of): Change => ({ kind: 'remove', ...of })),
    fc
      .tuple(
        key,
        fc.constantFrom<ListClass>(...listClasses),
        fc.option(text, { nil: undefined }),
        fc.uniqueArray(fc.constantFrom('us', 'them', 'ünder', 'others')),
        fc.array(value, { maxLength: 5 }),
      )
      .map(([of, named, label, members, values]): Change => {
        const sorted = algorithms.flatMap((each) => values.filter(({ algorithm }) => algorithm === each))
        const all = [...new Set([of.source, ...members])]
        const one = { kind: 'put' as const, ...of, class: named, members: all, values: sorted }
        return label === undefined ? one : { ...one, label }
      }),
  )

  it('gives back what was put in', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const block = openBlock(encodeBlock(changes))
        expect([...rowsOf(block)].map((at) => changeAt(block, at))).toEqual(changes)
        expect(block.rows).toBe(changes.length)
      }),
    )
  })

  it('is refused when it is none, and what cannot be held is never put in', () => {
    const bytes = encodeBlock([put('a')])
    for (const odd of [bytes.subarray(0, -4), new Uint8Array(3), bytes.with(7, 2)])
      expect(() => openBlock(odd)).toThrow(expect.objectContaining({ code: 'block_unreadable' }))
    const value = digestOf('odd')
    for (const odd of [value.slice(1), value.toUpperCase(), `${value}00`, value.replace(/.$/, 'g')]) {
      const encoding = () => encodeBlock([put('a', { values: [{ algorithm: 'sha1', value: odd }] })])
      expect(encoding).toThrow(RangeError)
      expect(encoding).not.toThrow(odd)
    }
    expect(() => encodeBlock([put('a'.repeat(65_536))])).toThrow(RangeError)
    const many = Array.from({ length: 256 }, (_, at) => ({ algorithm: 'sha1', value: digestOf(String(at)) }))
    expect(() => encodeBlock([put('a', { values: many })])).toThrow(RangeError)
  })

  it('of more changes than a batch may have is refused', async () => {
    const nobody = { seal: () => new Uint8Array(), fingerprint: '' }
    const many = Array.from({ length: CHANGES_A_BLOCK + 1 }, (_, at) => remove(String(at)))
    expect(() => sealChanges(nobody, { now: () => 0, wait: async () => {} }, 'drawn', many)).toThrow(RangeError)
  })
})

async function open(settings: DatabaseSettings) {
  const world = await openVaultWorld(settings)
  const { database, vault, clock } = world
  const make = (list: ListToOpen) => database.transact((tx) => openList(tx, clock, list))
  await make(drawn)
  return {
    ...world,
    openList: make,
    change: async (...changes: Change[]) => {
      const sealed = sealChanges(vault, clock, 'drawn', changes)
      return database.transact((tx) => applyChanges(tx, clock, sealed))
    },
    entries: async (id = 'drawn') => {
      const entries: Change[] = []
      for await (const entry of readEntries(database.read, vault, id)) entries.push(entry)
      return entries
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}
