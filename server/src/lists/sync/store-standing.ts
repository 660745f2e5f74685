// How each list's sync stands, for whoever looks at it or watches over it.
import type { Clock } from '#base'
import { type Connection, databaseNow, type Transaction } from '#db'
import { readPosition } from './position.ts'
import { beginSync } from './store.ts'
import { MOST_NAMED } from './store-rejected.ts'

export interface SyncStanding {
  readonly listId: string
  /** Epoch ms. Everything that last changed up to `currentTo` is here; null before the first whole range. */
  readonly currentTo: number | null
  readonly createdAt: number
  readonly beganAt: number | null
  readonly succeededAt: number | null
  readonly failedAt: number | null
  /** Words, safe to show; null since the last success. */
  readonly trouble: string | null
  readonly running: boolean
  readonly rejected: number
  /** Rejected ones that are counted and not shown by name. */
  readonly unnamed: number
  readonly videos: number
  readonly otherKinds: number
  readonly staleSince: number | null
}

/** How each list's sync stands; lists that never had one are not among them. */
export async function summariseSyncs(db: Connection): Promise<SyncStanding[]> {
  const rows = await db
    .selectFrom('list_syncs')
    .selectAll()
    .select(({ selectFrom, fn }) =>
      selectFrom('list_rejected')
        .select(fn.countAll().as('count'))
        .whereRef('list_rejected.list_id', '=', 'list_syncs.list_id')
        .as('rejected'),
    )
    .select((eb) => eb('leased_until', '>', databaseNow(db)).as('running'))
    .orderBy('list_id')
    .execute()
  return rows.map((row) => ({
    listId: row.list_id,
    currentTo: row.position === null ? null : readPosition(row.position).checkpointMs,
    createdAt: row.created_at,
    beganAt: row.began_at,
    succeededAt: row.succeeded_at,
    failedAt: row.failed_at,
    trouble: row.trouble,
    running: Boolean(row.running),
    rejected: Math.min(MOST_NAMED, Number(row.rejected)),
    unnamed: row.unnamed + Math.max(0, Number(row.rejected) - MOST_NAMED),
    videos: row.videos,
    otherKinds: row.other_kinds,
    staleSince: row.stale_since,
  }))
}

/** Whether this call made the difference: of many replicas one tells the operator. */
export async function markStale(tx: Transaction, listId: string, since: number | null): Promise<boolean> {
  const query = tx.updateTable('list_syncs').set({ stale_since: since }).where('list_id', '=', listId)
  const changed = await (since === null
    ? query.where('stale_since', 'is not', null)
    : query.where('stale_since', 'is', null)
  ).executeTakeFirst()
  return changed.numUpdatedRows > 0n
}

/** Of a list that cannot even be opened; one that was never fetched stands there from now on, with its trouble. */
export async function noteTrouble(tx: Transaction, clock: Clock, listId: string, trouble: string): Promise<void> {
  await beginSync(tx, clock, listId)
  await tx.updateTable('list_syncs').set({ failed_at: clock.now(), trouble }).where('list_id', '=', listId).execute()
}
