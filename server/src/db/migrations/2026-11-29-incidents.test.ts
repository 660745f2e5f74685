import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { expect, it } from 'vitest'
import { openDatabase } from '../db.ts'
import { emptyDatabases } from '../testing.ts'
import { river } from './2026-11-22-river.ts'
import { selftest } from './2026-11-23-selftest.ts'
import { incidents } from './2026-11-29-incidents.ts'

it.each(emptyDatabases)('on %s, reports, notices and appeals of before are all there after it', async (kind, empty) => {
  await using database = openDatabase(await empty())
  const db = database.read
  // The steps that this one builds on; those between touch other tables.
  const steps = { '1-river': river(kind), '2-selftest': selftest, '3-incidents': incidents(kind) }
  const migrator = new Migrator({ db, provider: { getMigrations: async () => steps } })
  expect((await migrator.migrateTo('2-selftest')).error).toBeUndefined()
  const bytes = Buffer.from([1])
  await sql`insert into cases (id, number, environment, state, route, surface, context_sealed, opened_at, settles_at, changed_at)
    values ('case_1', 1, 'sandbox', 'reported', 'report', 'upload', ${bytes}, 1, 1, 1), ('case_2', 2, 'sandbox', 'reported', 'report', 'upload', ${bytes}, 1, 1, 1)`.execute(
    db,
  )
  await sql`insert into reports (id, case_id, environment, state, filing_sealed, draft_sealed, created_at, changed_at)
    values ('report_1', 'case_1', 'sandbox', 'finished', ${bytes}, ${bytes}, 1, 1)`.execute(db)
  const notice = (id: string, of: string) =>
    sql`insert into notices (id, report_id, case_id, addressee, state, to_sealed, due_at, attempts, created_at, is_test)
      values (${id}, 'report_1', ${of}, 'user', 'sent', ${bytes}, 5, 1, 1, 1)`.execute(db)
  await notice('notice_1', 'case_1')
  await expect(notice('notice_2', 'case_2')).rejects.toThrow()
  await sql`insert into appeals (id, case_id, notice_id, words_sealed, received_at) values ('appeal_1', 'case_1', 'notice_1', ${bytes}, 1)`.execute(
    db,
  )

  expect((await migrator.migrateToLatest()).error).toBeUndefined()
  expect(await db.selectFrom('report_cases').selectAll().execute()).toEqual([
    { report_id: 'report_1', case_id: 'case_1' },
  ])
  expect(await db.selectFrom('notices').selectAll().execute()).toMatchObject([
    { id: 'notice_1', addressee: 'user', state: 'sent', due_at: 5, is_test: 1, sent_at: null },
  ])
  expect(await db.selectFrom('appeals').select('notice_id').execute()).toEqual([{ notice_id: 'notice_1' }])
  // One for each case of a report, and no second one.
  await notice('notice_2', 'case_2')
  await expect(notice('notice_3', 'case_2')).rejects.toThrow()
  // An appeal still needs its notice.
  await expect(
    sql`insert into appeals (id, case_id, notice_id, words_sealed, received_at) values ('appeal_2', 'case_1', 'notice_9', ${bytes}, 1)`.execute(
      db,
    ),
  ).rejects.toThrow()
})
