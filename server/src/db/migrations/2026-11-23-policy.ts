// What people decide about entries: corrections, feedback to their source, entries set aside, and the canaries among them.
import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Database } from '../database.ts'

export function policy(kind: Database['kind']): Migration {
  const blob = kind === 'sqlite' ? sql`blob` : sql`bytea`
  return {
    async up(db: Kysely<unknown>) {
      const table = (name: string) => db.schema.createTable(name)
      const index = (name: string) => db.schema.createIndex(name)

      await db.schema
        .alterTable('cases')
        .addColumn('reportable', 'text', (c) => c.notNull().defaultTo('yes'))
        .execute()
      await table('case_entries')
        .addColumn('case_id', 'text', (c) => c.notNull().references('cases.id'))
        .addColumn('entry_hmac', 'text', must)
        .addPrimaryKeyConstraint('case_entries_once', ['case_id', 'entry_hmac'])
        .execute()
      await index('case_entries_entry').on('case_entries').column('entry_hmac').execute()

      await table('list_hits')
        .addColumn('entry_hmac', 'text', must)
        .addColumn('who_hmac', 'text', must)
        .addColumn('at', 'bigint', must)
        .addPrimaryKeyConstraint('list_hits_once', ['entry_hmac', 'who_hmac'])
        .execute()
      await index('list_hits_at').on('list_hits').column('at').execute()
      await table('list_set_asides')
        .addColumn('id', 'text', pk)
        .addColumn('entry_hmac', 'text', (c) => c.notNull().unique())
        .addColumn('list_id', 'text', must)
        .addColumn('class', 'text', must)
        .addColumn('state', 'text', must)
        .addColumn('accounts', 'integer', must)
        .addColumn('set_aside_at', 'bigint', must)
        .addColumn('review_due_at', 'bigint', must)
        .addColumn('decided_by', 'text')
        .addColumn('decided_at', 'bigint')
        .addColumn('reason_sealed', blob)
        .addColumn('bulk_sealed', blob)
        .execute()

      await table('list_corrections')
        .addColumn('id', 'text', pk)
        .addColumn('state', 'text', must)
        .addColumn('case_id', 'text', (c) => c.notNull().references('cases.id'))
        .addColumn('entries', 'integer', must)
        .addColumn('approval_id', 'text', (c) => c.notNull().references('approvals.id'))
        .addColumn('proposed_by', 'text', must)
        .addColumn('proposed_at', 'bigint', must)
        .addColumn('approved_by', 'text')
        .addColumn('changed_at', 'bigint', must)
        .addColumn('review_at', 'bigint', must)
        .addColumn('facts_sealed', blob, must)
        .execute()

      await table('list_feedback')
        .addColumn('id', 'text', pk)
        .addColumn('list_id', 'text', must)
        .addColumn('case_id', 'text', (c) => c.notNull().references('cases.id'))
        .addColumn('entry_hmac', 'text', must)
        .addColumn('algorithm', 'text', must)
        .addColumn('says', 'text', must)
        .addColumn('state', 'text', must)
        .addColumn('about_sealed', blob, must)
        .addColumn('prepared_at', 'bigint', must)
        .addColumn('changed_at', 'bigint', must)
        .addColumn('decided_by', 'text')
        .addColumn('intent_at', 'bigint')
        .addColumn('trouble', 'text')
        .addUniqueConstraint('list_feedback_once', ['entry_hmac', 'algorithm', 'says'])
        .execute()

      await table('list_canaries')
        .addColumn('id', 'text', pk)
        .addColumn('list_id', 'text', must)
        .addColumn('sealed', blob, must)
        .addColumn('planted_at', 'bigint', must)
        .execute()
    },
  }
}

type Column = ColumnDefinitionBuilder
const must = (column: Column) => column.notNull()
const pk = (column: Column) => column.primaryKey().notNull()
