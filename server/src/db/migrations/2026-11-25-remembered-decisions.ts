// What a person decided about all cases of an entry is remembered: cases that rest on two entries wait for both decisions.
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const rememberedDecisions: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('list_set_asides').addColumn('bulk_says', 'text').execute()
  },
}
