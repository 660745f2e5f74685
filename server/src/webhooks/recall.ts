// Events are taken back before anybody has them: what they tell must not be told any more, or not yet.
import type { Transaction } from '#db'
import { dropJobs } from '#jobs'
import { leave } from './store.ts'

/**
 * under_way: one is being sent this moment, or was fetched and nobody has said yet that it is kept; it stays until that is known.
 * delivered: the platform has one.
 */
export type Recalled = 'recalled' | 'under_way' | 'delivered'

/** With their jobs, as if they had never been raised. recalled: also where there was none. */
export async function recallEvents(tx: Transaction, onceKeys: readonly string[]): Promise<Recalled> {
  // PostgreSQL knows no empty list of values.
  if (onceKeys.length === 0) return 'recalled'
  const rows = await tx
    .selectFrom('platform_events')
    .select(['id', 'state', 'served_at'])
    .where('once_key', 'in', onceKeys)
    .execute()
  if (rows.some(({ state }) => state === 'delivered')) return 'delivered'
  let became: Recalled = 'recalled'
  for (const { id, served_at: servedAt } of rows) {
    const isOut = servedAt !== null || !(await dropJobs(tx, [id]))
    if (!isOut) await tx.deleteFrom('platform_events').where('id', '=', id).execute()
    else became = 'under_way'
    if (servedAt !== null) await settleEvent(tx, id)
  }
  return became
}

/** Nothing of it goes out any more, and that it was taken can still be said. One that is being sent this moment ends by itself. */
export async function settleEvent(tx: Transaction, id: string): Promise<void> {
  if (await leave(tx, id, ['waiting', 'given_up'], { state: 'kept', trouble: null, ended_at: null }))
    await dropJobs(tx, [id])
}
