// Whether a platform that fetches has had an event: what it says that it keeps, and what cannot be called back any more.
import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

export const servedEvents: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('platform_events').addColumn('served_at', 'bigint').execute()
    // Nobody wrote down which were fetched before: all that had a number could be, and nothing is to be called back in vain.
    await sql`update platform_events set served_at = created_at
      where number is not null and type in ('notice.deliver', 'repair.restore')`.execute(db)
  },
}
