// How far each list's sync has come, what it applied of the range being read, and which rows it could not take.
import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Database } from '../database.ts'

export function sync(kind: Database['kind']): Migration {
  const blob = kind === 'sqlite' ? sql`blob` : sql`bytea`
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('list_syncs')
        .addColumn('list_id', 'text', (column) => column.primaryKey())
        .addColumn('position', 'text')
        .addColumn('lease', 'text')
        .addColumn('leased_until', 'bigint')
        .addColumn('created_at', 'bigint', must)
        .addColumn('began_at', 'bigint')
        .addColumn('succeeded_at', 'bigint')
        .addColumn('failed_at', 'bigint')
        .addColumn('trouble', 'text')
        .addColumn('unnamed', 'bigint', must)
        .addColumn('videos', 'bigint', must)
        .addColumn('other_kinds', 'bigint', must)
        .addColumn('stale_since', 'bigint')
        .execute()
      await db.schema
        .createTable('list_sync_notes')
        .addColumn('list_id', 'text', must)
        .addColumn('number', 'bigint', must)
        .addColumn('noted_sealed', blob, must)
        .addPrimaryKeyConstraint('list_sync_notes_pk', ['list_id', 'number'])
        .execute()
      await db.schema
        .createTable('list_rejected')
        .addColumn('list_id', 'text', must)
        .addColumn('entry_keyed', 'text', must)
        .addColumn('what', 'text', must)
        .addColumn('why', 'text', must)
        .addColumn('named_sealed', blob, must)
        .addColumn('at', 'bigint', must)
        .addPrimaryKeyConstraint('list_rejected_pk', ['list_id', 'entry_keyed', 'what'])
        .execute()
    },
  }
}

const must = (column: ColumnDefinitionBuilder) => column.notNull()
