// Lists become logs of sealed blocks. Rows of before cannot be opened here: where there are any, their table stays until the
// vault has moved them (lists/move.ts), which a note in `meta` asks for.
import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Database } from '../database.ts'

export function sealedLists(kind: Database['kind']): Migration {
  const blob = kind === 'sqlite' ? sql`blob` : sql`bytea`
  return {
    async up(db: Kysely<unknown>) {
      const added = [
        ['least_quality', 50],
        ['least_members', 1],
        ['share_ppm', 1_000_000],
        ['enabled', 1],
      ] as const
      for (const [name, value] of added)
        await db.schema
          .alterTable('lists')
          .addColumn(name, 'integer', (c) => c.notNull().defaultTo(value))
          .execute()
      for (const name of ['entries', 'uncounted', 'blocks', 'folded_to'])
        await db.schema
          .alterTable('lists')
          .addColumn(name, 'bigint', (c) => c.notNull().defaultTo(0))
          .execute()

      await db.schema
        .createTable('list_blocks')
        .addColumn('id', 'text', (c) => c.primaryKey().notNull())
        .addColumn('list_id', 'text', (c) => c.notNull().references('lists.id'))
        .addColumn('version', 'bigint', (c) => c.notNull())
        .addColumn('part', 'integer', (c) => c.notNull())
        .addColumn('puts', 'integer', (c) => c.notNull())
        .addColumn('removes', 'integer', (c) => c.notNull())
        .addColumn('sealed_under', 'text', (c) => c.notNull())
        .addColumn('sealed', blob, (c) => c.notNull())
        .addUniqueConstraint('list_blocks_order', ['version', 'part'])
        .execute()
      await db.schema.createIndex('list_blocks_list').on('list_blocks').columns(['list_id', 'version']).execute()

      const { rows } = await sql`select 1 from list_entries limit 1`.execute(db)
      if (rows.length === 0) await db.schema.dropTable('list_entries').execute()
      else await sql`insert into meta (key, value) values ('lists.rows_to_move', 'yes')`.execute(db)
    },
  }
}
