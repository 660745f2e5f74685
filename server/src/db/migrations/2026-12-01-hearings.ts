// An appeal is heard: one row for each with its clock, the words that belong to it, who sat over it, and who decided about its case before.
import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Database } from '../database.ts'

export function hearings(kind: Database['kind']): Migration {
  const blob = kind === 'sqlite' ? sql`blob` : sql`bytea`
  return {
    async up(db: Kysely<unknown>) {
      await sql`create table appeals_before as select * from appeals`.execute(db)
      await db.schema.dropTable('appeals').execute()
      await db.schema
        .createTable('appeals')
        .addColumn('id', 'text', pk)
        .addColumn('number', 'integer', (c) => c.notNull().unique())
        .addColumn('case_id', 'text', (c) => c.notNull().references('cases.id'))
        .addColumn('notice_id', 'text', (c) => c.notNull().unique().references('notices.id'))
        .addColumn('state', 'text', must)
        .addColumn('opened_at', 'bigint', must)
        .addColumn('due_at', 'bigint', must)
        .addColumn('changed_at', 'bigint', must)
        .addColumn('decided_at', 'bigint')
        .addColumn('repair_id', 'text')
        .execute()
      await db.schema.createIndex('appeals_of_case').on('appeals').column('case_id').execute()
      await db.schema.createIndex('appeals_due').on('appeals').columns(['state', 'due_at']).execute()
      await db.schema
        .createTable('appeal_words')
        .addColumn('id', 'text', pk)
        .addColumn('appeal_id', 'text', (c) => c.notNull().references('appeals.id'))
        .addColumn('door', 'text', must)
        .addColumn('words_sealed', blob, must)
        .addColumn('received_at', 'bigint', must)
        .addColumn('is_later', 'integer', must)
        .execute()
      await db.schema.createIndex('appeal_words_of').on('appeal_words').column('appeal_id').execute()
      await db.schema
        .createTable('appeal_hearings')
        .addColumn('id', 'text', pk)
        .addColumn('appeal_id', 'text', (c) => c.notNull().references('appeals.id'))
        .addColumn('round', 'integer', must)
        .addColumn('person', 'text', (c) => c.notNull().references('people.id'))
        .addColumn('assigned_at', 'bigint', must)
        .addColumn('ended_at', 'bigint')
        .addColumn('ending', 'text')
        .addColumn('outcome', 'text')
        .addColumn('reason_sealed', blob)
        .execute()
      await db.schema.createIndex('appeal_hearings_of').on('appeal_hearings').column('appeal_id').execute()
      // One person at a time, whatever two servers think at once.
      await sql`create unique index appeal_hearings_open on appeal_hearings (appeal_id) where ended_at is null`.execute(
        db,
      )
      await db.schema
        .createTable('case_deciders')
        .addColumn('case_id', 'text', (c) => c.notNull().references('cases.id'))
        .addColumn('person', 'text', must)
        .addPrimaryKeyConstraint('case_deciders_once', ['case_id', 'person'])
        .execute()
      await moveWords(db)
      await sql`drop table appeals_before`.execute(db)
      await gatherDeciders(db)
    },
  }
}

/** What was written through one notice's link is one appeal, whose clock began with the first words. The words keep their ids: they are sealed under them. */
async function moveWords(db: Kysely<unknown>): Promise<void> {
  await sql`insert into appeals (id, number, case_id, notice_id, state, opened_at, due_at, changed_at)
    select min(id), row_number() over (order by min(received_at), min(id)), min(case_id), notice_id, 'waiting',
      min(received_at), min(received_at) + 604800000, max(received_at)
    from appeals_before group by notice_id`.execute(db)
  await sql`insert into appeal_words (id, appeal_id, door, words_sealed, received_at, is_later)
    select b.id, a.id, 'link', b.words_sealed, b.received_at, 0
    from appeals_before b join appeals a on a.notice_id = b.notice_id`.execute(db)
  // A new database says nothing yet: by that a restore knows that it is empty.
  await sql`insert into meta (key, value)
    select 'appeals.last_number', cast(max(number) as text) from appeals having count(*) > 0`.execute(db)
}

/** From the case's last decision, and from the trail, which knows the ones before it and who filed a report by hand. */
async function gatherDeciders(db: Kysely<unknown>): Promise<void> {
  await sql`insert into case_deciders (case_id, person)
    select distinct cases.id, substr(decided.actor, 8) from cases join (
      select id as case_id, decided_by as actor from cases
      union select subject, actor from audit_events where act in ('confirm_case', 'dismiss_case', 'close_case')
      union select report_cases.case_id, actor from audit_events
        join report_cases on report_cases.report_id = audit_events.subject where act = 'close_report'
    ) decided on decided.case_id = cases.id
    where decided.actor like 'person:%'`.execute(db)
}

type Column = ColumnDefinitionBuilder
const must = (column: Column) => column.notNull()
const pk = (column: Column) => column.primaryKey().notNull()
