import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { expect, it } from 'vitest'
import { openDatabase } from '../db.ts'
import { emptyDatabases } from '../testing.ts'
import { webhooks } from './2026-12-05-webhooks.ts'
import { servedEvents } from './2026-12-09-served-events.ts'

it.each(emptyDatabases)('on %s, what could have been fetched before it counts as fetched', async (kind, empty) => {
  await using database = openDatabase(await empty())
  const db = database.read
  const steps = { '1': webhooks(kind), '2': servedEvents }
  const migrator = new Migrator({ db, provider: { getMigrations: async () => steps } })
  expect((await migrator.migrateTo('1')).error).toBeUndefined()
  const add = (id: string, type: string, number: number | null) =>
    sql`insert into platform_events (id, once_key, type, is_test, data_sealed, state, number, attempts, created_at)
      values (${id}, ${id}, ${type}, 0, ${Buffer.from([1])}, 'waiting', ${number}, 0, 7)`.execute(db)
  await add('numbered', 'repair.restore', 1)
  await add('other', 'case.held', 2)
  await add('unnumbered', 'notice.deliver', null)
  expect((await migrator.migrateToLatest()).error).toBeUndefined()
  expect(await db.selectFrom('platform_events').select(['id', 'served_at']).orderBy('id').execute()).toEqual([
    { id: 'numbered', served_at: 7 },
    { id: 'other', served_at: null },
    { id: 'unnumbered', served_at: null },
  ])
})
