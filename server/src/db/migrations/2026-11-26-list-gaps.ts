// A list that was removed goes at once for everybody, and its blocks in slices: until the last is gone its row says so.
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const listGaps: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('lists').addColumn('removed_at', 'bigint').execute()
  },
}
