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
import { correctionsOnce } from './2026-12-08-corrections-once.ts'

it.each(emptyDatabases)(
  'on %s, what was taken back twice before is kept after it, and nothing is taken back once more',
  async (kind, empty) => {
    await using database = openDatabase(await empty())
    const db = database.read
    const before = {
      '1': river(kind),
      '2': selftest,
      '3': incidents(kind),
      '4': repairs(kind),
      '5': repairReasons(kind),
    }
    const steps = { ...before, '6': correctionsOnce }
    const migrator = new Migrator({ db, provider: { getMigrations: async () => steps } })
    expect((await migrator.migrateTo('5')).error).toBeUndefined()
    const bytes = Buffer.from([1])
    await sql`insert into cases (id, number, environment, state, route, surface, context_sealed, opened_at, settles_at, changed_at)
    values ('case_1', 1, 'sandbox', 'reported', 'report', 'upload', ${bytes}, 1, 1, 1)`.execute(db)
    const insert = (id: string, at: number, corrects: string | null = null, repair: string | null = null) =>
      sql`insert into reports (id, case_id, environment, state, filing_sealed, draft_sealed, created_at, changed_at, corrects_id, repair_id)
      values (${id}, 'case_1', 'sandbox', 'finished', ${bytes}, ${bytes}, ${at}, ${at}, ${corrects}, ${repair})`.execute(
        db,
      )
    await insert('report_1', 1)
    await insert('report_2', 1)
    await insert('report_3', 3, 'report_1', 'repair_2')
    await insert('report_4', 2, 'report_1', 'repair_1')

    expect((await migrator.migrateToLatest()).error).toBeUndefined()
    const rows = () => db.selectFrom('reports').select(['id', 'corrects_id', 'corrects_once']).orderBy('id').execute()
    expect(await rows()).toEqual([
      { id: 'report_1', corrects_id: null, corrects_once: null },
      { id: 'report_2', corrects_id: null, corrects_once: null },
      { id: 'report_3', corrects_id: 'report_1', corrects_once: null },
      { id: 'report_4', corrects_id: 'report_1', corrects_once: 'report_1' },
    ])
    const correct = (id: string, corrects: string) =>
      sql`insert into reports (id, case_id, environment, state, filing_sealed, draft_sealed, created_at, changed_at, corrects_id, corrects_once, repair_id)
      values (${id}, 'case_1', 'sandbox', 'waiting', ${bytes}, ${bytes}, 4, 4, ${corrects}, ${corrects}, ${`repair_of_${id}`})`.execute(
        db,
      )
    await correct('report_5', 'report_2')
    await expect(correct('report_6', 'report_2')).rejects.toThrow()
    await expect(correct('report_7', 'report_1')).rejects.toThrow()
    expect(await rows()).toHaveLength(5)
  },
)
