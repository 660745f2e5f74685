// A canary that was taken out of its list stays in the watch for a while: matchers hear of it a moment later than the watch.
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const removedCanaries: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('list_canaries').addColumn('removed_at', 'bigint').execute()
  },
}
