import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { type Database, type DatabaseSettings, stampEnvironment } from '#db'
import { emptyDatabases } from '../db/testing.ts'
import { openVaultWorld } from '../vault/testing.ts'
import {
  applyChanges,
  beginSync,
  type Change,
  finishRemovals,
  type ImportTo,
  importList,
  listsVersion,
  type Put,
  readEntries,
  readList,
  removeList,
  sealChanges,
  summariseLists,
} from './lists.ts'
import { blocksAfter } from './store-blocks.ts'
import { hideList } from './store-removed.ts'

const value = (at: number) => (at + 1).toString(16).padStart(4, '0').repeat(10)
const row = (at: number, change: object = {}) => ({
  source: 'us',
  entryId: `e${at}`,
  algorithm: 'sha1',
  value: value(at),
  ...change,
})
const to: ImportTo = { id: 'drawn', class: 'test', environment: 'sandbox', actor: 'wardline' }
const held = (at: number, change: object = {}) => ({
  kind: 'put',
  source: 'us',
  entryId: `e${at}`,
  class: 'test',
  members: ['us'],
  values: [{ algorithm: 'sha1', value: value(at) }],
  ...change,
})
const put = (at: number, change: object = {}): Change => ({
  kind: 'put',
  source: 'us',
  entryId: `e${at}`,
  class: 'test',
  members: ['us'],
  values: [],
  ...change,
})

describe.each(emptyDatabases)('the lists on %s', (_kind, empty) => {
  it('give back what was imported, and say how much they hold', async () => {
    await using world = await open(await empty())
    const summary = await world.bring(to, row(1, { label: 'hills' }), row(2), row(3, { value: 'short' }))
    expect(summary).toMatchObject({ added: 2, renewed: 0, entries: 2, radiusBits: 31, version: 1 })
    expect(summary.counts).toEqual({ rows: 3, taken: 2, lowered: 0, duplicates: 0, skipped: 1 })
    expect(await world.entries()).toEqual([held(1, { label: 'hills' }), held(2)])
    const now = world.clock.now()
    expect(await summariseLists(world.database.read)).toEqual([
      {
        id: 'drawn',
        environment: 'sandbox',
        class: 'test',
        policy: { radiusBits: 31, leastQuality: 50, leastMembers: 1, share: 1, enabled: true },
        radiusBits: 31,
        entries: 2,
        counted: true,
        createdAt: now,
        changedAt: now,
      },
    ])
  })

  it('renew the entry that comes again, and keep one value under two entries twice', async () => {
    await using world = await open(await empty())
    await world.bring(to, row(1), row(2))
    const theirs = { source: 'others', entryId: 'o2' }
    const again = await world.bring(to, row(2, { label: 'late' }), row(2, theirs), row(3))
    expect(again).toMatchObject({ added: 2, renewed: 1, entries: 4, version: 2 })
    expect(await world.entries()).toEqual([
      held(1),
      held(2, { label: 'late' }),
      held(2, { ...theirs, members: ['others'] }),
      held(3),
    ])
    expect(await summariseLists(world.database.read)).toMatchObject([{ entries: 4, counted: true }])
  })

  it('gather the rows of one entry, and an import never takes a value away from it', async () => {
    await using world = await open(await empty())
    const md5 = { algorithm: 'md5', value: '1a'.repeat(16) }
    const sha256 = { algorithm: 'sha256', value: '2b'.repeat(32) }
    await world.bring({ ...to, class: 'exploitative' }, row(1, { class: 'test' }), row(1, md5))
    const again = await world.bring({ ...to, class: 'exploitative' }, row(1, sha256), row(1, md5))
    expect(again).toMatchObject({ added: 0, renewed: 1, entries: 1 })
    const values = [md5, { algorithm: 'sha1', value: value(1) }, sha256]
    expect(await world.entries()).toEqual([held(1, { class: 'exploitative', values })])
  })

  it('keep the class of values that an import does not name, and take the new one when it names them all', async () => {
    await using world = await open(await empty())
    const ours: ImportTo = { ...to, class: 'exploitative' }
    const classes = async () => (await world.entries()).map((entry) => entry.class)
    await world.bring(ours, row(1))
    await world.bring(ours, row(2, { entryId: 'e1', class: 'test' }))
    expect(await classes()).toEqual(['exploitative'])
    await world.bring(ours, row(1, { class: 'test' }), row(2, { entryId: 'e1', class: 'test' }))
    expect(await classes()).toEqual(['test'])
    await world.bring(ours, row(2, { entryId: 'e1' }))
    expect(await classes()).toEqual(['exploitative'])
  })

  it('leave out an entry of more values than one may have, by its name, and take the others', async () => {
    await using world = await open(await empty())
    const values = (from: number, count: number) =>
      Array.from({ length: count }, (_, at) => row(from + at, { entryId: 'e1' }))
    const one = { entries: 1, named: [{ source: 'us', entryId: 'e1' }] }
    const first = await world.bring(
      to,
      ...values(0, 256),
      row(1),
      row(2, { entryId: 'e1', algorithm: 'md5' }),
      row(400),
    )
    expect(first).toMatchObject({ added: 1, renewed: 0, entries: 1, tooLarge: one })
    expect(first.counts).toMatchObject({ rows: 259, taken: 1, duplicates: 1, skipped: 257 })
    expect(await world.bring(to, ...values(0, 255))).toMatchObject({ added: 1, tooLarge: { entries: 0, named: [] } })
    // With what the list holds of it; its values of before stay.
    const over = await world.bring(to, ...values(255, 1), row(400), row(401))
    expect(over).toMatchObject({ added: 1, renewed: 1, entries: 3, tooLarge: one })
    expect(await world.bring(to, ...values(0, 3))).toMatchObject({ added: 0, renewed: 1 })
    const sizes = (await world.entries()).map((entry) => [entry.entryId, entry.values.length])
    expect(new Map(sizes as [string, number][])).toEqual(
      new Map([
        ['e400', 1],
        ['e401', 1],
        ['e1', 255],
      ]),
    )
  })

  it('refuse a file that holds nothing but entries of too many values, and make no empty list of it', async () => {
    await using world = await open(await empty())
    const values = Array.from({ length: 256 }, (_, at) => row(at, { entryId: 'e1' }))
    await expect(world.bring(to, ...values)).rejects.toMatchObject({ code: 'entry_too_large', retry: 'never' })
    expect(await summariseLists(world.database.read)).toEqual([])
  })

  it('take more entries than fit into one block', async () => {
    await using world = await open(await empty())
    const summary = await world.bring(to, ...Array.from({ length: 9_000 }, (_, at) => row(at)))
    expect(summary).toMatchObject({ added: 9_000, entries: 9_000, version: 3 })
    expect(await world.entries()).toHaveLength(9_000)
  })

  it('let others do their work while much is imported', async () => {
    await using world = await open(await empty())
    const rows = Array.from({ length: 20_000 }, (_, at) => row(at))
    const read = await readList(rows.map((each) => JSON.stringify(each)).join('\n'), {
      format: 'jsonl',
      listId: 'drawn',
      class: 'test',
    })
    let turns = 0
    let over = false
    const turn = () => {
      turns += 1
      if (!over) setImmediate(turn)
    }
    turn()
    await importList(world.database, world.vault, world.clock, to, read)
    over = true
    // Each of the 5 blocks is sealed in one turn and written in another.
    expect(turns).toBeGreaterThan(10)
  })

  it('take two imports at once, one after the other, and count both rightly', async () => {
    await using world = await open(await empty())
    const both = await Promise.all([world.bring(to, row(1), row(2)), world.bring(to, row(2), row(3))])
    expect(both.map(({ added }) => added).toSorted()).toEqual([1, 2])
    expect(both.map(({ entries }) => entries).toSorted()).toEqual([2, 3])
    expect(await world.entries()).toHaveLength(3)
    expect(await summariseLists(world.database.read)).toMatchObject([{ entries: 3, counted: true }])
    expect(await blocksAfter(world.database.read, 0)).toHaveLength(2)
  })

  it('leave nothing of an import that others overtake again and again, and say when to try again', async () => {
    await using world = await open(await empty())
    await world.bring(to, row(0))
    let others = 0
    const overtaken: Database = {
      ...world.database,
      transact: async (work) => {
        others += 1
        await world.change(put(100 + others))
        return world.database.transact(work)
      },
    }
    const failing = world.bringOn(overtaken, to, row(1))
    await expect(failing).rejects.toMatchObject({ code: 'list_busy', retry: 'later' })
    expect(others).toBeLessThan(20)
    expect(await blocksAfter(world.database.read, 0)).toHaveLength(1 + others)
    expect(await summariseLists(world.database.read)).toMatchObject([{ entries: 1 + others }])
    expect((await world.entries()).map(({ entryId }) => entryId)).not.toContain('e1')
  })

  it('keep the newer values of an entry that another changes during an import', async () => {
    await using world = await open(await empty())
    await world.bring(to, row(1))
    const late = { algorithm: 'md5', value: '1a'.repeat(16) } as const
    let others = 0
    const beside: Database = {
      ...world.database,
      transact: async (work) => {
        if (others++ === 0) await world.change(put(1, { values: [late] }))
        return world.database.transact(work)
      },
    }
    expect(await world.bringOn(beside, to, row(1))).toMatchObject({ added: 0, renewed: 1 })
    expect(await world.entries()).toEqual([held(1, { values: [late, { algorithm: 'sha1', value: value(1) }] })])
    expect(others).toBe(2)
  })

  it('hold nothing of a list that was removed during an import', async () => {
    await using world = await open(await empty())
    await world.bring(to, row(1))
    let others = 0
    const beside: Database = {
      ...world.database,
      transact: async (work) => {
        if (others++ === 0) await removeList(world.database, world.clock, { id: 'drawn', actor: 'wardline' })
        return world.database.transact(work)
      },
    }
    const md5 = { algorithm: 'md5', value: '1a'.repeat(16) }
    expect(await world.bringOn(beside, to, row(1, md5))).toMatchObject({ added: 1, renewed: 0, entries: 1 })
    expect(await world.entries()).toEqual([held(1, { values: [md5] })])
  })

  it('bring nothing back of a list whose removal ends meanwhile', async () => {
    await using world = await open(await empty())
    const { database, clock } = world
    await world.bring(to, row(1))
    // As removeList does, up to where its blocks are to go.
    await database.transact((tx) => hideList(tx, clock.now(), 'drawn'))
    let others = 0
    const beside: Database = {
      ...database,
      transact: async (work) => {
        if (others++ === 0) await finishRemovals(database)
        return database.transact(work)
      },
    }
    const md5 = { algorithm: 'md5', value: '1a'.repeat(16) }
    expect(await world.bringOn(beside, to, row(1, md5))).toMatchObject({ added: 1, renewed: 0, entries: 1 })
    expect(await world.entries()).toEqual([held(1, { values: [md5] })])
  })

  it('hold no value in the open, in no table and no audit line', async () => {
    await using world = await open(await empty())
    await world.bring(to, row(1))
    const tables = ['lists', 'list_blocks', 'audit_events', 'meta']
    const rows = await Promise.all(
      tables.map((table) => sql`select * from ${sql.table(table)}`.execute(world.database.read)),
    )
    const all = JSON.stringify(rows, (_key, each) =>
      each?.type === 'Buffer'
        ? Buffer.from(each.data).toString('latin1')
        : each instanceof Uint8Array
          ? Buffer.from(each).toString('latin1')
          : each,
    )
    expect(all).toContain('import_list')
    expect(all).not.toContain(value(1))
    expect(all).not.toContain(Buffer.from(value(1), 'hex').toString('base64'))
  })

  it('belong to one environment', async () => {
    await using world = await open(await empty())
    await world.bring(to, row(1))
    await expect(world.bring({ ...to, environment: 'test' }, row(2))).rejects.toMatchObject({
      code: 'environment_mixed',
    })
    await stampEnvironment(world.database, 'production')
    const other = { ...to, id: 'another' }
    await expect(world.bring(other, row(2))).rejects.toMatchObject({ code: 'environment_mixed', retry: 'never' })
    expect(await listsVersion(world.database.read)).toBe(1)
  })

  it('take nothing by hand once they are fetched', async () => {
    await using world = await open(await empty())
    await world.database.transact((tx) => beginSync(tx, world.clock, 'drawn'))
    await expect(world.bring(to, row(1))).rejects.toMatchObject({ code: 'list_is_fetched', retry: 'never' })
    expect(await summariseLists(world.database.read)).toEqual([])
    expect(await world.bring({ ...to, id: 'another' }, row(1))).toMatchObject({ entries: 1 })
  })

  it('keep their class and radius for ever', async () => {
    await using world = await open(await empty())
    await world.bring({ ...to, radiusBits: 20 }, row(1))
    await expect(world.bring({ ...to, class: 'exploitative' }, row(2))).rejects.toMatchObject({ code: 'class_mixed' })
    await expect(world.bring({ ...to, radiusBits: 31 }, row(2))).rejects.toMatchObject({ code: 'radius_mixed' })
    expect(await world.bring(to, row(2))).toMatchObject({ radiusBits: 20, entries: 2 })
    expect(await world.bring({ ...to, id: 'false-alarms', class: 'never_match', radiusBits: 9 }, row(3))).toMatchObject(
      { radiusBits: 0 },
    )
  })

  it.each([
    [{ id: 'Not a name' }, 'list_id_odd'],
    [{ id: 'ab'.repeat(16) }, 'list_id_odd'],
    [{ id: 'wardline-test-cards' }, 'list_id_odd'],
    [{ radiusBits: 32 }, 'radius_odd'],
    [{ radiusBits: 1.5 }, 'radius_odd'],
    [{ class: 'csam' }, 'class_refused'],
  ] as const)('refuse %o', async (change, code) => {
    await using world = await open(await empty())
    await expect(world.bring({ ...to, ...change }, row(1))).rejects.toMatchObject({ code, retry: 'never' })
    expect(await listsVersion(world.database.read)).toBe(0)
  })
})

async function open(settings: DatabaseSettings) {
  const world = await openVaultWorld(settings)
  const { database, vault, clock } = world
  const bringOn = async (on: Database, where: ImportTo, ...rows: object[]) => {
    const text = rows.map((each) => JSON.stringify(each)).join('\n')
    const options = { format: 'jsonl', listId: where.id, class: where.class } as const
    return importList(on, vault, clock, where, await readList(text, options))
  }
  return {
    ...world,
    entries: async (id = 'drawn') => {
      const entries: Put[] = []
      for await (const entry of readEntries(database.read, vault, id)) entries.push(entry)
      return entries
    },
    change: async (...changes: Change[]) => {
      const sealed = sealChanges(vault, clock, 'drawn', changes)
      await database.transact((tx) => applyChanges(tx, clock, sealed))
    },
    bring: (where: ImportTo, ...rows: object[]) => bringOn(database, where, ...rows),
    bringOn,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}
