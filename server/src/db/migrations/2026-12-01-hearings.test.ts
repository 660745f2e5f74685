import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { expect, it } from 'vitest'
import { openDatabase } from '../db.ts'
import { emptyDatabases } from '../testing.ts'
import { river } from './2026-11-22-river.ts'
import { selftest } from './2026-11-23-selftest.ts'
import { incidents } from './2026-11-29-incidents.ts'
import { hearings } from './2026-12-01-hearings.ts'

it.each(emptyDatabases)(
  'on %s, words of before are appeals that wait, and who decided is known',
  async (kind, empty) => {
    await using database = openDatabase(await empty())
    const db = database.read
    // The steps that this one builds on; those between touch other tables.
    const before = { '1-river': river(kind), '2-selftest': selftest, '3-incidents': incidents(kind) }
    const steps = { ...before, '4-hearings': hearings(kind) }
    const migrator = new Migrator({ db, provider: { getMigrations: async () => steps } })
    expect((await migrator.migrateTo('3-incidents')).error).toBeUndefined()
    const bytes = Buffer.from([1])
    const kase = (number: number, decidedBy: string | null) =>
      sql`insert into cases (id, number, environment, state, route, surface, context_sealed, opened_at, settles_at, changed_at, decided_by)
      values (${`case_${number}`}, ${number}, 'sandbox', 'reported', 'report', 'upload', ${bytes}, 1, 1, 1, ${decidedBy})`.execute(
        db,
      )
    await kase(1, 'person:person_last')
    await kase(2, null)
    await sql`insert into reports (id, case_id, environment, state, filing_sealed, draft_sealed, created_at, changed_at)
    values ('report_1', 'case_1', 'sandbox', 'finished', ${bytes}, ${bytes}, 1, 1), ('report_2', 'case_2', 'sandbox', 'finished', ${bytes}, ${bytes}, 1, 1)`.execute(
      db,
    )
    await sql`insert into report_cases (report_id, case_id) values ('report_1', 'case_1'), ('report_2', 'case_2')`.execute(
      db,
    )
    for (const number of [1, 2])
      await sql`insert into notices (id, report_id, case_id, addressee, state, to_sealed, due_at, attempts, created_at, is_test)
      values (${`notice_${number}`}, ${`report_${number}`}, ${`case_${number}`}, 'user', 'sent', ${bytes}, 5, 1, 1, 0)`.execute(
        db,
      )
    const words = (id: string, of: number, at: number, sealed: number) =>
      sql`insert into appeals (id, case_id, notice_id, words_sealed, received_at)
      values (${id}, ${`case_${of}`}, ${`notice_${of}`}, ${Buffer.from([sealed])}, ${at})`.execute(db)
    await words('appeal_b', 2, 50, 1)
    await words('appeal_c', 1, 60, 2)
    await words('appeal_d', 2, 70, 3)
    const line = (id: string, actor: string, act: string, subject: string) =>
      sql`insert into audit_events (id, at, actor, act, subject, detail) values (${id}, 1, ${actor}, ${act}, ${subject}, '{}')`.execute(
        db,
      )
    await line('event_1', 'person:person_first', 'confirm_case', 'case_1')
    await line('event_2', 'person:person_last', 'confirm_case', 'case_1')
    await line('event_3', 'wardline', 'dismiss_case', 'case_2')
    await line('event_4', 'person:person_hand', 'close_report', 'report_2')
    await line('event_5', 'person:person_eyes', 'view_file', 'case_2')
    await line('event_6', 'person:person_lost', 'confirm_case', 'case_gone')

    expect((await migrator.migrateToLatest()).error).toBeUndefined()
    const week = 7 * 86_400_000
    const of = (number: number) => ({ case_id: `case_${number}`, notice_id: `notice_${number}`, state: 'waiting' })
    expect(await db.selectFrom('appeals').selectAll().orderBy('number').execute()).toEqual([
      { ...of(2), id: 'appeal_b', number: 1, opened_at: 50, due_at: 50 + week, changed_at: 70, decided_at: null },
      { ...of(1), id: 'appeal_c', number: 2, opened_at: 60, due_at: 60 + week, changed_at: 60, decided_at: null },
    ])
    const kept = await db.selectFrom('appeal_words').selectAll().orderBy('id').execute()
    expect(kept.map(({ words_sealed, ...rest }) => ({ ...rest, sealed: words_sealed[0] }))).toEqual([
      { id: 'appeal_b', appeal_id: 'appeal_b', door: 'link', received_at: 50, is_later: 0, sealed: 1 },
      { id: 'appeal_c', appeal_id: 'appeal_c', door: 'link', received_at: 60, is_later: 0, sealed: 2 },
      { id: 'appeal_d', appeal_id: 'appeal_b', door: 'link', received_at: 70, is_later: 0, sealed: 3 },
    ])
    expect(await db.selectFrom('case_deciders').selectAll().orderBy('case_id').orderBy('person').execute()).toEqual([
      { case_id: 'case_1', person: 'person_first' },
      { case_id: 'case_1', person: 'person_last' },
      { case_id: 'case_2', person: 'person_hand' },
    ])
    const { value } = await db
      .selectFrom('meta')
      .selectAll()
      .where('key', '=', 'appeals.last_number')
      .executeTakeFirstOrThrow()
    expect(value).toBe('2')
  },
)
