// One incident, one report: copies of a file, several cases in one batched report, and how actionable a report is.
import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Database } from '../database.ts'

export function incidents(kind: Database['kind']): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const change = (name: string) => db.schema.alterTable(name)
      await change('case_files').addColumn('copy_of', 'text').execute()
      await db.schema.createIndex('case_files_bytes').on('case_files').column('sha256_hmac').execute()
      await change('cases').addColumn('facts_due_at', 'bigint').execute()
      await change('reports').addColumn('score', 'integer').execute()
      await change('reports').addColumn('lacking', 'text').execute()
      await change('reports').addColumn('batch', 'text').execute()

      await db.schema
        .createTable('report_cases')
        .addColumn('report_id', 'text', (c) => c.notNull().references('reports.id'))
        // A case is told in one report, for ever.
        .addColumn('case_id', 'text', (c) => c.primaryKey().notNull().references('cases.id'))
        .execute()
      await db.schema.createIndex('report_cases_report').on('report_cases').column('report_id').execute()
      await sql`insert into report_cases (report_id, case_id) select id, case_id from reports`.execute(db)
      await db.schema.createIndex('cases_of_account').on('cases').column('account_hmac').execute()

      await noticesPerCase(db, kind)
    },
  }
}

/** A batched report has a notice for each account, and so one for each of its cases. */
async function noticesPerCase(db: Kysely<unknown>, kind: Database['kind']): Promise<void> {
  if (kind === 'postgres') {
    await db.schema.alterTable('notices').dropConstraint('notices_once').execute()
    await db.schema.alterTable('notices').addUniqueConstraint('notices_once', ['report_id', 'case_id']).execute()
    return
  }
  // SQLite cannot drop a constraint. Appeals refer to notices: they find them again when the transaction ends.
  await sql`pragma defer_foreign_keys = on`.execute(db)
  await sql`create table notices_before as select * from notices`.execute(db)
  await db.schema.dropTable('notices').execute()
  await db.schema
    .createTable('notices')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('report_id', 'text', (c) => c.notNull().references('reports.id'))
    .addColumn('case_id', 'text', (c) => c.notNull().references('cases.id'))
    .addColumn('addressee', 'text', must)
    .addColumn('state', 'text', must)
    .addColumn('reason', 'text')
    .addColumn('to_sealed', sql`blob`, must)
    .addColumn('due_at', 'bigint', must)
    .addColumn('attempts', 'integer', must)
    .addColumn('begun_at', 'bigint')
    .addColumn('sent_at', 'bigint')
    .addColumn('created_at', 'bigint', must)
    .addColumn('is_test', 'integer', (c) => c.notNull().defaultTo(0))
    .addUniqueConstraint('notices_once', ['report_id', 'case_id'])
    .execute()
  const columns = sql.raw(
    'id, report_id, case_id, addressee, state, reason, to_sealed, due_at, attempts, begun_at, sent_at, created_at, is_test',
  )
  await sql`insert into notices (${columns}) select ${columns} from notices_before`.execute(db)
  await db.schema.dropTable('notices_before').execute()
}

const must = (column: ColumnDefinitionBuilder) => column.notNull()
