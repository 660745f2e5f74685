// How filing goes as a whole: the line to the CyberTipline, the documents that went over it, and what the operator was told.
import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Database } from '../database.ts'

export function filing(kind: Database['kind']): Migration {
  const blob = kind === 'sqlite' ? sql`blob` : sql`bytea`
  return {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('reports').addColumn('refusal', 'text').execute()
      await db.schema
        .alterTable('reports')
        .addColumn('steps', 'integer', (c) => c.notNull().defaultTo(sql`0`))
        .execute()
      await sql`update reports set steps =
        (select count(*) from report_steps where report_steps.report_id = reports.id)`.execute(db)
      // Rows that change at every step: with room beside them a change touches no page of an index, which its neighbours just read.
      if (kind === 'postgres')
        for (const table of ['jobs', 'reports'])
          await sql`alter table ${sql.table(table)} set (fillfactor = 40)`.execute(db)
      await db.schema
        .createTable('filing_line')
        .addColumn('one', 'integer', (c) => c.primaryKey().notNull())
        .addColumn('standing', 'text', must)
        .addColumn('because', 'text')
        .addColumn('refused_keyed', 'text')
        .addColumn('since', 'bigint', must)
        .addColumn('until', 'bigint', must)
        .addColumn('tries', 'integer', must)
        .execute()
      await db.schema
        .createTable('report_documents')
        .addColumn('id', 'text', pk)
        .addColumn('report_id', 'text', (c) => c.notNull().references('reports.id'))
        .addColumn('step_id', 'text', must)
        .addColumn('direction', 'text', must)
        .addColumn('at', 'bigint', must)
        .addColumn('size_bytes', 'bigint', must)
        .addColumn('kept_bytes', 'bigint', must)
        .addColumn('document_sealed', blob, must)
        .execute()
      await db.schema.createIndex('report_documents_of').on('report_documents').column('report_id').execute()
      await db.schema
        .createTable('operator_alerts')
        .addColumn('id', 'text', pk)
        .addColumn('once_key', 'text', (c) => c.notNull().unique())
        .addColumn('type', 'text', must)
        .addColumn('subject', 'text', must)
        .addColumn('severity', 'text', must)
        .addColumn('data', 'text', must)
        .addColumn('created_at', 'bigint', must)
        .addColumn('posted_at', 'bigint')
        .addColumn('mail_id', 'text')
        .addColumn('mailed_at', 'bigint')
        .execute()
      await db.schema.createIndex('operator_alerts_mail').on('operator_alerts').column('mailed_at').execute()
    },
  }
}

const must = (column: ColumnDefinitionBuilder) => column.notNull()
const pk = (column: ColumnDefinitionBuilder) => column.primaryKey().notNull()
