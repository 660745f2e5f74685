// What people say of a repair, in their words: why it was refused, why a case stands, why a new report was chosen. And such reports.
import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Database } from '../database.ts'

export function repairReasons(kind: Database['kind']): Migration {
  const blob = kind === 'sqlite' ? sql`blob` : sql`bytea`
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('repair_reasons')
        .addColumn('id', 'text', (column) => column.primaryKey().notNull())
        .addColumn('repair_id', 'text', (column) => column.references('repairs.id'))
        .addColumn('case_id', 'text', (column) => column.references('cases.id'))
        .addColumn('says', 'text', must)
        .addColumn('by', 'text', must)
        .addColumn('at', 'bigint', must)
        .addColumn('reason_sealed', blob, must)
        .execute()
      await db.schema.createIndex('repair_reasons_repair').on('repair_reasons').columns(['repair_id']).execute()
      await severalPerCase(db, kind)
      await db.schema.alterTable('reports').addColumn('corrects_id', 'text').execute()
      await db.schema.alterTable('reports').addColumn('repair_id', 'text').execute()
      // One new report for each that a repair corrects; NULLs are never alike, so no other report is touched by it.
      await db.schema
        .createIndex('reports_correction')
        .unique()
        .on('reports')
        .columns(['repair_id', 'corrects_id'])
        .execute()
    },
  }
}

/**
 * A case is told in one report, which `report_cases` sees to. Beside it there may be the report that took it back, and the one of several
 * cases that it was taken out of.
 */
async function severalPerCase(db: Kysely<unknown>, kind: Database['kind']): Promise<void> {
  if (kind === 'postgres') {
    await db.schema.alterTable('reports').dropConstraint('reports_case_id_key').execute()
    return
  }
  // SQLite cannot drop a constraint. What refers to reports finds them again when the transaction ends.
  await sql`pragma defer_foreign_keys = on`.execute(db)
  const table = await sql<{
    sql: string
  }>`select sql from sqlite_master where type = 'table' and name = 'reports'`.execute(db)
  const indexes = await sql<{
    sql: string
  }>`select sql from sqlite_master where type = 'index' and tbl_name = 'reports' and sql is not null`.execute(db)
  const [before] = table.rows
  const without = before?.sql.replace(/("case_id" text not null) unique/, '$1')
  if (before === undefined || without === undefined || without === before.sql)
    throw new Error('the table of reports is not as the steps before leave it')
  await sql`create table reports_before as select * from reports`.execute(db)
  await db.schema.dropTable('reports').execute()
  await sql.raw(without).execute(db)
  await sql`insert into reports select * from reports_before`.execute(db)
  await db.schema.dropTable('reports_before').execute()
  for (const index of indexes.rows) await sql.raw(index.sql).execute(db)
}

const must = (column: ColumnDefinitionBuilder) => column.notNull()
