import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { expect, it } from 'vitest'
import { openDatabase } from '../db.ts'
import { emptyDatabases } from '../testing.ts'
import { river } from './2026-11-22-river.ts'
import { selftest } from './2026-11-23-selftest.ts'
import { incidents } from './2026-11-29-incidents.ts'
import { repairs } from './2026-12-02-repairs.ts'
import { repairReasons } from './2026-12-07-repair-reasons.ts'

it.each(emptyDatabases)(
  'on %s, every report is there after it with its steps, and one may take it back, once',
  async (kind, empty) => {
    await using database = openDatabase(await empty())
    const db = database.read
    const before = { '1': river(kind), '2': selftest, '3': incidents(kind), '4': repairs(kind) }
    const steps = { ...before, '5': repairReasons(kind) }
    const migrator = new Migrator({ db, provider: { getMigrations: async () => steps } })
    expect((await migrator.migrateTo('4')).error).toBeUndefined()
    const bytes = Buffer.from([1])
    await sql`insert into cases (id, number, environment, state, route, surface, context_sealed, opened_at, settles_at, changed_at)
    values ('case_1', 1, 'sandbox', 'reported', 'report', 'upload', ${bytes}, 1, 1, 1)`.execute(db)
    await sql`insert into reports (id, case_id, environment, state, filing_sealed, draft_sealed, created_at, changed_at, score)
    values ('report_1', 'case_1', 'sandbox', 'finished', ${bytes}, ${bytes}, 1, 2, 90)`.execute(db)
    await sql`insert into report_cases (report_id, case_id) values ('report_1', 'case_1')`.execute(db)
    await sql`insert into report_steps (id, report_id, number, at, step, phase) values ('step_1', 'report_1', 1, 1, 'submit', 'intent')`.execute(
      db,
    )

    expect((await migrator.migrateToLatest()).error).toBeUndefined()
    expect(await db.selectFrom('reports').selectAll().execute()).toMatchObject([
      { id: 'report_1', case_id: 'case_1', changed_at: 2, score: 90, corrects_id: null },
    ])
    const correct = (id: string) =>
      sql`insert into reports (id, case_id, environment, state, filing_sealed, draft_sealed, created_at, changed_at, corrects_id, repair_id)
      values (${id}, 'case_1', 'sandbox', 'waiting', ${bytes}, ${bytes}, 1, 2, 'report_1', 'repair_1')`.execute(db)
    await correct('report_2')
    await expect(correct('report_3')).rejects.toThrow()
    // What refers to reports still does.
    await expect(sql`delete from reports where id = 'report_1'`.execute(db)).rejects.toThrow()
  },
)
