// Why a person began a pause, in their words: whoever finds it hours later need not guess.
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const pauseReasons: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('pauses').addColumn('began_reason', 'text').execute()
  },
}
