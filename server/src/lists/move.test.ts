import { StillClock } from '@wardline/sandbox'
import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { describe, expect, it } from 'vitest'
import { type DatabaseSettings, migrate, openDatabase, readMeta } from '#db'
import { river } from '../db/migrations/2026-11-22-river.ts'
import { emptyDatabases } from '../db/testing.ts'
import { openSeals } from '../vault/seal.ts'
import { moveRows, type Put, readEntries, summariseLists } from './lists.ts'
import { dropRows } from './store-rows.ts'

const md5 = { algorithm: 'md5', value: '1a'.repeat(16) }
const sha1 = { algorithm: 'sha1', value: '2b'.repeat(20) }
const held = (entryId: string, values: object[], change: object = {}) => ({
  kind: 'put',
  source: 'us',
  entryId,
  class: 'test',
  members: ['us'],
  values,
  ...change,
})

describe.each(emptyDatabases)('a deployment of before on %s', (_kind, empty) => {
  it('keeps what its lists held, in blocks, and none of the rows', async () => {
    await using world = await openBefore(await empty())
    const { database, vault, clock } = world
    await world.row('drawn', 'e1', sha1, 'hills')
    await world.row('drawn', 'e2', md5)
    await world.row('drawn', 'e2', sha1)
    await world.row('other', 'e1', md5)
    await migrate(database)
    await moveRows(database, vault, clock)
    await moveRows(database, vault, clock)
    expect(await world.entries('drawn')).toEqual([held('e1', [sha1], { label: 'hills' }), held('e2', [md5, sha1])])
    expect(await world.entries('other')).toEqual([held('e1', [md5])])
    expect(await summariseLists(database.read)).toMatchObject([
      { id: 'drawn', entries: 2, counted: true, policy: { radiusBits: 12, share: 1, enabled: true } },
      { id: 'other', entries: 1, counted: true },
    ])
    await expect(sql`select * from list_entries`.execute(database.read)).rejects.toThrow()
    expect(await readMeta(database.read, 'lists.rows_to_move')).toBeUndefined()
  })

  it('starts with an entry of more values than a block holds of one, and loses none of them', async () => {
    await using world = await openBefore(await empty())
    const { database, vault, clock } = world
    const values = Array.from({ length: 600 }, (_, at) => ({
      algorithm: 'md5',
      value: at.toString(16).padStart(32, '0'),
    }))
    await world.rows('drawn', [...values.map((value) => ['e1', value] as const), ['e1', sha1], ['e1#2', sha1]])
    await migrate(database)
    await moveRows(database, vault, clock)
    const entries = await world.entries('drawn')
    const counts = Object.fromEntries(entries.map(({ entryId, values: some }) => [entryId, some.length]))
    expect(counts).toEqual({ e1: 256, 'e1#2': 1, 'e1#3': 255, 'e1#4': 90 })
    const moved = entries.flatMap(({ values: some }) => some.filter(({ algorithm }) => algorithm === 'md5'))
    expect(moved.toSorted((a, b) => (a.value < b.value ? -1 : 1))).toEqual(values)
    expect(await summariseLists(database.read)).toMatchObject([{ id: 'drawn', entries: 4, counted: true }])
    await expect(sql`select * from list_entries`.execute(database.read)).rejects.toThrow()
  })

  it('gives its rows up in slices, so that no statement takes long', async () => {
    await using world = await openBefore(await empty())
    const { database, vault, clock } = world
    await world.rows(
      'drawn',
      Array.from({ length: 1_100 }, (_, at) => [`e${at}`, md5] as const),
    )
    await world.rows('other', [['e1', md5]])
    await migrate(database)
    const dropped: number[] = []
    await database.transact(async (tx) => {
      const watching = tx.withPlugin({
        transformQuery: ({ node }) => node,
        transformResult: async ({ result }) => {
          if (result.numAffectedRows !== undefined) dropped.push(Number(result.numAffectedRows))
          return result
        },
      })
      await dropRows(watching, 'drawn')
    })
    expect(Math.max(...dropped)).toBeLessThanOrEqual(500)
    await moveRows(database, vault, clock)
    expect(await world.entries('other')).toHaveLength(1)
  })

  it('is moved once, by whichever of two servers is first', async () => {
    await using world = await openBefore(await empty())
    const { database, vault, clock } = world
    await world.row('drawn', 'e1', sha1)
    await migrate(database)
    await Promise.all([moveRows(database, vault, clock), moveRows(database, vault, clock)])
    expect(await world.entries('drawn')).toHaveLength(1)
    expect((await database.read.selectFrom('list_blocks').select('id').execute()).length).toBe(1)
  })

  it('without lists has nothing to move', async () => {
    await using world = await openBefore(await empty())
    await migrate(world.database)
    await moveRows(world.database, world.vault, world.clock)
    await expect(sql`select * from list_entries`.execute(world.database.read)).rejects.toThrow()
  })
})

/** As the first version made it, before any later migration. */
async function openBefore(settings: DatabaseSettings) {
  const database = openDatabase(settings)
  const provider = { getMigrations: async () => ({ '2026-11-22-river': river(database.kind) }) }
  const { error } = await new Migrator({ db: database.read, provider }).migrateToLatest()
  if (error !== undefined) throw error
  const clock = new StillClock()
  const vault = openSeals(Buffer.alloc(32, 1))
  let count = 0
  const rows = async (listId: string, all: readonly (readonly [string, typeof md5, string?])[]) =>
    database.transact(async (tx) => {
      await sql`insert into lists (id, environment, class, radius_bits, created_at, changed_at)
        values (${listId}, 'sandbox', 'test', 12, 0, 0) on conflict do nothing`.execute(tx)
      for (const [entryId, { algorithm, value }, label = null] of all) {
        const id = `entry_${count++}`
        // As the first version sealed: without the key's name.
        const sealed = Buffer.concat([Buffer.of(1), vault.seal(`list_entries.value:${id}`, value).subarray(9)])
        await sql`insert into list_entries (id, list_id, source, entry_id, algorithm, class, label, value_hmac, value_sealed, added_at)
          values (${id}, ${listId}, 'us', ${entryId}, ${algorithm}, 'test', ${label}, ${id}, ${sealed}, 0)`.execute(tx)
      }
    })
  return {
    database,
    clock,
    vault,
    rows,
    row: (listId: string, ...row: readonly [string, typeof md5, string?]) => rows(listId, [row]),
    entries: async (listId: string) => {
      const entries: Put[] = []
      for await (const entry of readEntries(database.read, vault, listId)) entries.push(entry)
      return entries
    },
    [Symbol.asyncDispose]: () => database.close(),
  }
}
