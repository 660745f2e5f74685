// What a platform hears of what it must act on, each event until the platform took it, and the number under which it can be fetched.
import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Database } from '../database.ts'

export function webhooks(kind: Database['kind']): Migration {
  const blob = kind === 'sqlite' ? sql`blob` : sql`bytea`
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('platform_events')
        .addColumn('id', 'text', (c) => c.primaryKey().notNull())
        .addColumn('once_key', 'text', (c) => c.notNull().unique())
        .addColumn('type', 'text', must)
        .addColumn('is_test', 'integer', must)
        .addColumn('data_sealed', blob, must)
        .addColumn('state', 'text', must)
        .addColumn('number', 'bigint')
        .addColumn('attempts', 'integer', must)
        .addColumn('first_tried_at', 'bigint')
        .addColumn('tried_at', 'bigint')
        .addColumn('trouble', 'text')
        .addColumn('created_at', 'bigint', must)
        .addColumn('ended_at', 'bigint')
        .execute()
      await sql`create unique index platform_events_number on platform_events (number) where number is not null`.execute(
        db,
      )
      await sql`create index platform_events_unnumbered on platform_events (id) where number is null`.execute(db)
      await db.schema
        .createIndex('platform_events_state')
        .on('platform_events')
        .columns(['state', 'created_at'])
        .execute()
      await db.schema
        .createTable('platform_event_head')
        .addColumn('one', 'integer', (c) => c.primaryKey().notNull())
        .addColumn('number', 'bigint', must)
        .execute()
    },
  }
}

const must = (column: ColumnDefinitionBuilder) => column.notNull()
