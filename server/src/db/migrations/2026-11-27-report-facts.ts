// What a report is told beside the finds: who was shown which file, the words around an image, what a look-up answered.
import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Database } from '../database.ts'

export function reportFacts(kind: Database['kind']): Migration {
  const blob = kind === 'sqlite' ? sql`blob` : sql`bytea`
  return {
    async up(db: Kysely<unknown>) {
      const table = (name: string) => db.schema.createTable(name)
      const index = (name: string) => db.schema.createIndex(name)

      await table('file_views')
        .addColumn('id', 'text', pk)
        .addColumn('case_id', 'text', (c) => c.notNull().references('cases.id'))
        .addColumn('file_id', 'text', (c) => c.notNull().references('case_files.id'))
        .addColumn('sha256_hmac', 'text', must)
        .addColumn('person', 'text', must)
        .addColumn('displayed', 'text', must)
        .addColumn('at', 'bigint', must)
        .execute()
      await index('file_views_case').on('file_views').columns(['case_id', 'id']).execute()

      await table('case_supplements')
        .addColumn('id', 'text', pk)
        .addColumn('case_id', 'text', (c) => c.notNull().references('cases.id'))
        .addColumn('vault_id', 'text', (c) => c.notNull().references('vault_objects.id'))
        .addColumn('scan_id', 'text', must)
        .addColumn('text_hmac', 'text', must)
        .addColumn('facts_sealed', blob, must)
        .addColumn('added_at', 'bigint', must)
        .addUniqueConstraint('case_supplements_once', ['case_id', 'text_hmac'])
        .execute()
      await db.schema
        .alterTable('cases')
        .addColumn('further_supplements', 'integer', (c) => c.notNull().defaultTo(sql`0`))
        .execute()

      await table('account_look_ups')
        .addColumn('case_id', 'text', (c) => c.primaryKey().notNull().references('cases.id'))
        .addColumn('state', 'text', must)
        .addColumn('asked_at', 'bigint', must)
        .addColumn('wait_until', 'bigint', must)
        .addColumn('ended_at', 'bigint')
        .addColumn('trouble', 'text')
        .addColumn('answer_sealed', blob)
        .execute()
    },
  }
}

const pk = (column: ColumnDefinitionBuilder) => column.primaryKey().notNull()
const must = (column: ColumnDefinitionBuilder) => column.notNull()
