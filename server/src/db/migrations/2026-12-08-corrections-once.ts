// One report is taken back once, whichever of its cases' repairs chooses it.
import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Where two repairs took the same one back before, both new reports stand at NCMEC and stay here: only the first of them has it in the column
 * that is unique. The column, and no index that leaves rows out by their ids: a backup is restored into tables that were made empty.
 */
export const correctionsOnce: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('reports').addColumn('corrects_once', 'text').execute()
    await sql`update reports set corrects_once = corrects_id where corrects_id is not null and id = (
      select first.id from reports first where first.corrects_id = reports.corrects_id
      order by first.created_at, first.id limit 1)`.execute(db)
    await db.schema.createIndex('reports_corrected_once').unique().on('reports').columns(['corrects_once']).execute()
    await db.schema.createIndex('reports_corrected').on('reports').columns(['corrects_id']).execute()
  },
}
