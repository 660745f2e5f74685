// Real time as the database tells it: the one clock that all replicas share. SQLite's is the machine's own.
import { PostgresAdapter, type RawBuilder, sql } from 'kysely'
import type { Connection } from './database.ts'

/** Epoch milliseconds at which the statement runs, to be used inside one. A story's still clock does not hold it. */
export function databaseNow(db: Connection): RawBuilder<number> {
  return db.getExecutor().adapter instanceof PostgresAdapter
    ? sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`
    : sql<number>`cast(unixepoch('subsec') * 1000 as integer)`
}
