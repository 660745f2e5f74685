// Mail to the appeals address: what was read, what waits for a person in the tray, and how the mailbox stands.
import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Database } from '../database.ts'

export function letters(kind: Database['kind']): Migration {
  const bytes = kind === 'postgres' ? sql`bytea` : sql`blob`
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('letters')
        .addColumn('id', 'text', (column) => column.primaryKey().notNull())
        .addColumn('number', 'integer', (column) => column.notNull().unique())
        .addColumn('kind', 'text', must)
        .addColumn('state', 'text', must)
        .addColumn('why', 'text')
        .addColumn('notice_id', 'text')
        .addColumn('appeal_id', 'text')
        // Each mail once: by where it lay, and by what it is.
        .addColumn('place', 'text', (column) => column.notNull().unique())
        .addColumn('mail_keyed', 'text', (column) => column.notNull().unique())
        .addColumn('sender_keyed', 'text')
        .addColumn('facts_sealed', bytes, must)
        .addColumn('attachments', 'integer', must)
        .addColumn('characters', 'integer', must)
        .addColumn('received_at', 'bigint', must)
        .addColumn('decided_by', 'text')
        .addColumn('decided_at', 'bigint')
        .addColumn('decision_sealed', bytes)
        .execute()
      await db.schema.createIndex('letters_by_state').on('letters').columns(['state', 'received_at']).execute()
      await db.schema.createIndex('letters_by_sender').on('letters').columns(['sender_keyed', 'received_at']).execute()
      await db.schema.createIndex('letters_by_notice').on('letters').column('notice_id').execute()

      await db.schema
        .createTable('letter_tries')
        .addColumn('place', 'text', (column) => column.primaryKey().notNull())
        .addColumn('tries', 'integer', must)
        .addColumn('last_at', 'bigint', must)
        .execute()
      await db.schema
        .createTable('letter_counts')
        .addColumn('day', 'text', must)
        .addColumn('what', 'text', must)
        .addColumn('count', 'integer', must)
        .addPrimaryKeyConstraint('letter_counts_once', ['day', 'what'])
        .execute()
      await db.schema
        .createTable('letter_box')
        .addColumn('one', 'integer', (column) => column.primaryKey().notNull())
        .addColumn('reached_at', 'bigint')
        .addColumn('failing_since', 'bigint')
        .addColumn('trouble', 'text')
        .execute()
    },
  }
}

const must = (column: ColumnDefinitionBuilder) => column.notNull()
