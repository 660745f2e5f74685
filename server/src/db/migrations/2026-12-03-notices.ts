// Notices of several kinds and channels, each try of one written down, and the legal instruments that hold them.
import { type ColumnDefinitionBuilder, type Kysely, type RawBuilder, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Database } from '../database.ts'

export function notices(kind: Database['kind']): Migration {
  const blob: RawBuilder<unknown> = kind === 'postgres' ? sql`bytea` : sql`blob`
  return {
    async up(db: Kysely<unknown>) {
      if (kind === 'sqlite') await rebuild(db, blob)
      else await change(db)
      // Exactly one for an addressee and a report (kind `reported`: about is the report, told the account) or an outcome (told: the case).
      await db.schema
        .createIndex('notices_once')
        .on('notices')
        .columns(['kind', 'about', 'told', 'addressee'])
        .unique()
        .execute()
      await db.schema.createIndex('notices_case').on('notices').column('case_id').execute()
      await db.schema.createIndex('notices_state').on('notices').columns(['state', 'id']).execute()
      await db.schema.createIndex('notices_report').on('notices').column('report_id').execute()

      await afterReports(db, kind)

      await db.schema
        .createTable('notice_tries')
        .addColumn('notice_id', 'text', (c) => c.notNull().references('notices.id'))
        .addColumn('number', 'integer', must)
        .addColumn('begun_at', 'bigint', must)
        .addColumn('ended_at', 'bigint')
        .addColumn('outcome', 'text')
        .addColumn('why', 'text')
        .addPrimaryKeyConstraint('notice_tries_once', ['notice_id', 'number'])
        .execute()
      await db.schema
        .createTable('notice_holds')
        .addColumn('id', 'text', (c) => c.primaryKey().notNull())
        .addColumn('scope', 'text', must)
        .addColumn('target', 'text', must)
        .addColumn('facts_sealed', blob, must)
        .addColumn('added_by', 'text', must)
        .addColumn('added_at', 'bigint', must)
        .addColumn('expires_at', 'bigint', must)
        .addColumn('ended_at', 'bigint')
        .addColumn('ended_by', 'text')
        .execute()
      await db.schema
        .createIndex('notice_holds_target')
        .on('notice_holds')
        .columns(['scope', 'target', 'expires_at'])
        .execute()
    },
  }
}

/** Order is law: a notice of a report is no row before that report is finished, whatever a program believes. */
async function afterReports(db: Kysely<unknown>, kind: Database['kind']): Promise<void> {
  const unfinished = sql`new.kind = 'reported' and not exists (select 1 from reports where id = new.report_id
    and state in ('finished', 'filed_by_hand', 'validated_not_sent'))`
  const words = sql.raw(`'a notice before its report is finished'`)
  if (kind === 'sqlite') {
    await sql`create trigger notices_after_reports before insert on notices when ${unfinished}
      begin select raise(abort, ${words}); end`.execute(db)
    return
  }
  await sql`create function notices_after_reports() returns trigger language plpgsql as $$
    begin if ${unfinished} then raise exception ${words}; end if; return new; end $$`.execute(db)
  await sql`create trigger notices_after_reports before insert on notices
    for each row execute function notices_after_reports()`.execute(db)
}

/** What a notice of before was: of a report, by mail. Its account is not looked up: its case stands for it. */
async function change(db: Kysely<unknown>): Promise<void> {
  const table = () => db.schema.alterTable('notices')
  await table().dropConstraint('notices_once').execute()
  await table()
    .alterColumn('report_id', (c) => c.dropNotNull())
    .execute()
  for (const [name, type, fallback] of texts)
    await table()
      .addColumn(name, type, (c) => (fallback === undefined ? c : c.notNull().defaultTo(fallback)))
      .execute()
  await sql`update notices set about = report_id, told = case_id, changed_at = coalesce(sent_at, created_at)`.execute(
    db,
  )
}

/** SQLite drops no constraint. Appeals refer to notices: they find them again when the transaction ends. */
async function rebuild(db: Kysely<unknown>, blob: RawBuilder<unknown>): Promise<void> {
  await sql`pragma defer_foreign_keys = on`.execute(db)
  await sql`create table notices_before as select * from notices`.execute(db)
  await db.schema.dropTable('notices').execute()
  let table = db.schema
    .createTable('notices')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('report_id', 'text', (c) => c.references('reports.id'))
    .addColumn('case_id', 'text', (c) => c.notNull().references('cases.id'))
    .addColumn('addressee', 'text', must)
    .addColumn('state', 'text', must)
    .addColumn('reason', 'text')
    .addColumn('to_sealed', blob, must)
    .addColumn('due_at', 'bigint', must)
    .addColumn('attempts', 'integer', must)
    .addColumn('begun_at', 'bigint')
    .addColumn('sent_at', 'bigint')
    .addColumn('created_at', 'bigint', must)
    .addColumn('is_test', 'integer', (c) => c.notNull().defaultTo(0))
  for (const [name, type, fallback] of texts)
    table = table.addColumn(name, type, (c) => (fallback === undefined ? c : c.notNull().defaultTo(fallback)))
  await table.execute()
  const columns = sql.raw(
    'id, report_id, case_id, addressee, state, reason, to_sealed, due_at, attempts, begun_at, sent_at, created_at, is_test',
  )
  await sql`insert into notices (${columns}, about, told, changed_at)
    select ${columns}, report_id, case_id, coalesce(sent_at, created_at) from notices_before`.execute(db)
  await db.schema.dropTable('notices_before').execute()
}

/** release: why a person must let it go first. tried_since: of the first try, from which on it is given up some days later. */
const texts = [
  ['kind', 'text', 'reported'],
  ['about', 'text', ''],
  ['told', 'text', ''],
  ['channel', 'text', 'smtp'],
  ['rule', 'text', 'default'],
  ['release', 'text', undefined],
  ['released_by', 'text', undefined],
  ['released_at', 'bigint', undefined],
  ['tried_since', 'bigint', undefined],
  ['appeal_by', 'bigint', undefined],
  ['changed_at', 'bigint', 0],
] as const

const must = (column: ColumnDefinitionBuilder) => column.notNull()
