// Repairs: what an overturned appeal gathers, who approved it, and how far each case has come. And entries that are disabled here.
import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Database } from '../database.ts'

export function repairs(kind: Database['kind']): Migration {
  const blob = kind === 'sqlite' ? sql`blob` : sql`bytea`
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('repairs')
        .addColumn('id', 'text', (column) => column.primaryKey().notNull())
        .addColumn('number', 'bigint', (column) => column.notNull().unique())
        .addColumn('state', 'text', must)
        .addColumn('outcome', 'text', must)
        .addColumn('round', 'integer', must)
        .addColumn('former_id', 'text')
        .addColumn('appeal_id', 'text')
        .addColumn('case_id', 'text', (column) => column.notNull().references('cases.id'))
        .addColumn('begun_by', 'text', must)
        .addColumn('begun_at', 'bigint', must)
        .addColumn('changed_at', 'bigint', must)
        .addColumn('gathered_at', 'bigint')
        .addColumn('approval_id', 'text')
        .addColumn('first_by', 'text')
        .addColumn('first_at', 'bigint')
        .addColumn('second_by', 'text')
        .addColumn('second_at', 'bigint')
        .addColumn('guarded_at', 'bigint')
        .addColumn('closed_at', 'bigint')
        .addColumn('done_at', 'bigint')
        .addColumn('facts_sealed', blob, must)
        .addColumn('letter_reports', 'integer', must)
        .addColumn('letter_sealed', blob)
        .addColumn('letter_at', 'bigint')
        .addColumn('letter_sent_at', 'bigint')
        .addColumn('letter_sent_by', 'text')
        .execute()
      await db.schema
        .createTable('repair_cases')
        .addColumn('repair_id', 'text', (column) => column.notNull().references('repairs.id'))
        .addColumn('case_id', 'text', (column) => column.notNull().references('cases.id'))
        .addColumn('case_number', 'bigint', must)
        .addColumn('picture', 'integer', must)
        .addColumn('does', 'text', must)
        .addColumn('why', 'text')
        .addColumn('state_then', 'text', must)
        .addColumn('state', 'text', must)
        .addColumn('changed_at', 'bigint', must)
        .addColumn('report_id', 'text')
        .addColumn('event_id', 'text')
        .addColumn('restored_at', 'bigint')
        .addColumn('restored_by', 'text')
        .addColumn('notice_id', 'text')
        .addColumn('shown_sealed', blob, must)
        .addPrimaryKeyConstraint('repair_cases_once', ['repair_id', 'case_id'])
        .execute()
      await db.schema.createIndex('repair_cases_case').on('repair_cases').columns(['case_id']).execute()
      await db.schema.createIndex('repair_cases_event').on('repair_cases').columns(['event_id']).execute()
      await db.schema.createIndex('repair_cases_state').on('repair_cases').columns(['repair_id', 'state']).execute()
      await db.schema
        .createTable('list_disabled')
        .addColumn('id', 'text', (column) => column.primaryKey().notNull())
        .addColumn('entry_hmac', 'text', must)
        .addColumn('list_id', 'text', must)
        .addColumn('repair_id', 'text', must)
        .addColumn('state', 'text', must)
        .addColumn('disabled_by', 'text', must)
        .addColumn('disabled_at', 'bigint', must)
        .addColumn('enabled_by', 'text')
        .addColumn('enabled_at', 'bigint')
        .addColumn('name_sealed', blob, must)
        .execute()
      await db.schema.createIndex('list_disabled_entry').on('list_disabled').columns(['entry_hmac', 'state']).execute()
    },
  }
}

const must = (column: ColumnDefinitionBuilder) => column.notNull()
