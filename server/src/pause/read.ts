// Is there a pause? One row without an end.
import type { Connection } from '#db'

export interface Pause {
  readonly id: string
  readonly why: 'restored' | 'database_older' | 'by_a_person'
  /** Epoch milliseconds. */
  readonly beganAt: number
  /** Of the backup that was restored; what was done after it this database does not know. */
  readonly asOf: number | null
  /** What the person who began it said of why. */
  readonly reason: string | null
  /** Whether everything that may have gone out already is listed. */
  readonly listed: boolean
}

/**
 * Up to when a person has answered for what the logbook says: lines of before the last pause that began by itself and was ended were
 * looked at then. Epoch milliseconds; 0 where there was none.
 */
export async function answeredUntil(db: Connection): Promise<number> {
  const row = await db
    .selectFrom('pauses')
    .select((eb) => eb.fn.max('began_at').as('at'))
    .where('ended_at', 'is not', null)
    .where('why', '<>', 'by_a_person')
    .executeTakeFirst()
  return Number(row?.at ?? 0)
}

export async function readPause(db: Connection): Promise<Pause | undefined> {
  const row = await db
    .selectFrom('pauses')
    .selectAll()
    .where('ended_at', 'is', null)
    .orderBy('began_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) return undefined
  return {
    id: row.id,
    why: row.why,
    beganAt: row.began_at,
    asOf: row.as_of,
    reason: row.began_reason,
    listed: row.listed_at !== null,
  }
}
