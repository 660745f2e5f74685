// When nothing goes outward: since when and why, and what a person has to say about each thing that may have gone out already.
import type { ColumnDefinitionBuilder, Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const pauses: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('pauses')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('why', 'text', must)
      .addColumn('began_at', 'bigint', must)
      .addColumn('as_of', 'bigint')
      .addColumn('listed_at', 'bigint')
      .addColumn('began_by', 'text', must)
      .addColumn('ended_at', 'bigint')
      .addColumn('ended_by', 'text')
      .addColumn('reason', 'text')
      .execute()
    await db.schema
      .createTable('pause_items')
      .addColumn('pause_id', 'text', (column) => column.notNull().references('pauses.id'))
      .addColumn('kind', 'text', must)
      .addColumn('subject', 'text', must)
      .addColumn('told', 'text')
      .addColumn('decision', 'text')
      .addColumn('decided_at', 'bigint')
      .addColumn('decided_by', 'text')
      .addPrimaryKeyConstraint('pause_items_once', ['pause_id', 'kind', 'subject'])
      .execute()
  },
}

const must = (column: ColumnDefinitionBuilder) => column.notNull()
