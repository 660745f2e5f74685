import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { type DatabaseSettings, stampEnvironment } from '#db'
import { emptyDatabases } from '../db/testing.ts'
import { openVaultWorld } from '../vault/testing.ts'
import { type ImportTo, importList, listsVersion, loadLists, readList, summariseLists } from './lists.ts'

const value = (at: number) => (at + 1).toString(16).padStart(4, '0').repeat(10)
const row = (at: number, change: object = {}) => ({
  source: 'us',
  entryId: `e${at}`,
  algorithm: 'sha1',
  value: value(at),
  ...change,
})
const to: ImportTo = { id: 'drawn', class: 'test', environment: 'sandbox', actor: 'wardline' }

describe.each(emptyDatabases)('the lists on %s', (_kind, empty) => {
  it('give back what was imported, and say how much they hold', async () => {
    await using world = await open(await empty())
    const summary = await world.bring(to, row(1, { label: 'hills' }), row(2), row(3, { value: 'short' }))
    expect(summary).toMatchObject({ added: 2, renewed: 0, entries: 2, radiusBits: 31, version: 1 })
    expect(summary.counts).toEqual({ rows: 3, taken: 2, lowered: 0, duplicates: 0, skipped: 1 })
    expect(await world.load()).toEqual({
      version: 1,
      lists: [
        {
          id: 'drawn',
          class: 'test',
          radiusBits: 31,
          entries: [
            { ...row(1), listId: 'drawn', class: 'test', label: 'hills' },
            { ...row(2), listId: 'drawn', class: 'test' },
          ],
        },
      ],
    })
    const now = world.clock.now()
    expect(await summariseLists(world.database.read)).toEqual([
      {
        id: 'drawn',
        environment: 'sandbox',
        class: 'test',
        radiusBits: 31,
        entries: 2,
        createdAt: now,
        changedAt: now,
      },
    ])
  })

  it('merge what comes again: the row stays, who says it and as what is renewed', async () => {
    await using world = await open(await empty())
    await world.bring(to, row(1), row(2))
    const again = await world.bring(to, row(2, { source: 'others', entryId: 'o2' }), row(3))
    expect(again).toMatchObject({ added: 1, renewed: 1, entries: 3, version: 2 })
    const [list] = (await world.load()).lists
    expect(list?.entries.map(({ source, entryId, value }) => [source, entryId, value])).toEqual([
      ['us', 'e1', value(1)],
      ['others', 'o2', value(2)],
      ['us', 'e3', value(3)],
    ])
  })

  it('take more rows than fit into one statement', async () => {
    await using world = await open(await empty())
    expect(await world.bring(to, ...Array.from({ length: 1201 }, (_, at) => row(at)))).toMatchObject({ added: 1201 })
  })

  it('hold no value in the open, in no table and no audit line', async () => {
    await using world = await open(await empty())
    await world.bring(to, row(1))
    const tables = ['lists', 'list_entries', 'audit_events', 'meta']
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
    expect(await loadLists(world.database.read, world.vault, 'test')).toEqual({ version: 1, lists: [] })
    await stampEnvironment(world.database, 'production')
    const other = { ...to, id: 'another' }
    await expect(world.bring(other, row(2))).rejects.toMatchObject({ code: 'environment_mixed', retry: 'never' })
    expect(await listsVersion(world.database.read)).toBe(1)
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
    [{ radiusBits: 32 }, 'radius_odd'],
    [{ radiusBits: 1.5 }, 'radius_odd'],
    [{ class: 'csam' }, 'class_refused'],
  ] as const)('refuse %o', async (change, code) => {
    await using world = await open(await empty())
    await expect(world.bring({ ...to, ...change }, row(1))).rejects.toMatchObject({ code, retry: 'never' })
    expect(await world.load()).toEqual({ version: 0, lists: [] })
  })

  it('are opened a few at a time, so that uploads are answered meanwhile, and none is lost', async () => {
    await using world = await open(await empty())
    const rows = Array.from({ length: 1_201 }, (_, i) => row(i))
    await world.bring(to, ...rows.slice(0, 700))
    await world.bring({ ...to, id: 'another' }, ...rows.slice(700))
    let over = false
    let sinceTurn = 0
    let most = 0
    const turn = () => {
      sinceTurn = 0
      if (!over) setImmediate(turn)
    }
    turn()
    const unseal = (context: string, sealed: Uint8Array) => {
      sinceTurn += 1
      most = Math.max(most, sinceTurn)
      return world.vault.unseal(context, sealed)
    }
    const { lists } = await loadLists(world.database.read, { unseal }, 'sandbox')
    over = true
    expect(lists.map(({ id, entries }) => [id, entries.length])).toEqual([
      ['another', 501],
      ['drawn', 700],
    ])
    expect(most).toBeLessThanOrEqual(500)
  })

  it('are read again when an import came between two pages', async () => {
    await using world = await open(await empty())
    await world.bring(to, ...Array.from({ length: 2_501 }, (_, i) => row(i)))
    let bringing: Promise<unknown> | undefined
    const unseal = (context: string, sealed: Uint8Array) => {
      bringing ??= world.bring(to, row(9_000))
      return world.vault.unseal(context, sealed)
    }
    const { version, lists } = await loadLists(world.database.read, { unseal }, 'sandbox')
    await bringing
    expect(lists.map(({ entries }) => entries.length)).toEqual([version === 1 ? 2_501 : 2_502])
  })

  it('open no value that was moved to another row', async () => {
    await using world = await open(await empty())
    await world.bring(to, row(1), row(2))
    const [one] = await world.database.read.selectFrom('list_entries').selectAll().orderBy('id').execute()
    await world.database.transact((tx) =>
      tx
        .updateTable('list_entries')
        .set({ value_sealed: one?.value_sealed ?? Buffer.alloc(0) })
        .execute(),
    )
    await expect(world.load()).rejects.toMatchObject({ code: 'seal_broken' })
  })
})

async function open(settings: DatabaseSettings) {
  const world = await openVaultWorld(settings)
  const { database, vault, clock } = world
  return {
    ...world,
    load: () => loadLists(database.read, vault, 'sandbox'),
    bring: async (where: ImportTo, ...rows: object[]) => {
      const text = rows.map((each) => JSON.stringify(each)).join('\n')
      return importList(
        database,
        vault,
        clock,
        where,
        await readList(text, { format: 'jsonl', listId: where.id, class: where.class }),
      )
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}
