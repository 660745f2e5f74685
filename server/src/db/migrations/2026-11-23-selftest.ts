// Test cards: which cases, reports and notices a card made, and the windows in which cards count for every key.
import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

export const selftest: Migration = {
  async up(db: Kysely<unknown>) {
    for (const table of ['cases', 'reports', 'notices'])
      await db.schema
        .alterTable(table)
        .addColumn('is_test', 'integer', (c) => c.notNull().defaultTo(sql`0`))
        .execute()
    await db.schema.createIndex('cases_tests').on('cases').columns(['is_test', 'number']).execute()
    await db.schema
      .createTable('selftest_windows')
      .addColumn('id', 'text', (c) => c.primaryKey().notNull())
      .addColumn('opened_by', 'text', (c) => c.notNull().references('people.id'))
      .addColumn('opened_at', 'bigint', must)
      .addColumn('closes_at', 'bigint', must)
      .execute()
    await db.schema.createIndex('selftest_windows_end').on('selftest_windows').column('closes_at').execute()
  },
}

const must = (column: ColumnDefinitionBuilder) => column.notNull()
