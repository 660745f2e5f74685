// How the mailbox stands: when it was last read, since when it cannot be, and which mail was begun and never ended.
import type { Clock } from '#base'
import type { Connection, Transaction } from '#db'

export interface BoxStanding {
  readonly reachedAt: number | null
  /** Null: the last round went well. */
  readonly failingSince: number | null
  /** Words, safe to show. */
  readonly trouble: string | null
}

export async function readBox(db: Connection): Promise<BoxStanding> {
  const row = await db.selectFrom('letter_box').selectAll().where('one', '=', 1).executeTakeFirst()
  return {
    reachedAt: row?.reached_at ?? null,
    failingSince: row?.failing_since ?? null,
    trouble: row?.trouble ?? null,
  }
}

export async function noteReached(tx: Transaction, clock: Clock): Promise<void> {
  const row = { reached_at: clock.now(), failing_since: null, trouble: null }
  await tx
    .insertInto('letter_box')
    .values({ one: 1, ...row })
    .onConflict((on) => on.column('one').doUpdateSet(row))
    .execute()
}

/** Gives since when it fails. */
export async function noteUnreachable(tx: Transaction, clock: Clock, trouble: string): Promise<number> {
  const since = (await readBox(tx)).failingSince ?? clock.now()
  await tx
    .insertInto('letter_box')
    .values({ one: 1, reached_at: null, failing_since: since, trouble })
    .onConflict((on) => on.column('one').doUpdateSet({ failing_since: since, trouble }))
    .execute()
  return since
}

/** A mail is begun; gives for how often it is. Written before its bytes are asked for: it may be what ends this process. */
export async function beginMail(tx: Transaction, clock: Clock, place: string): Promise<number> {
  const row = await tx
    .insertInto('letter_tries')
    .values({ place, tries: 1, last_at: clock.now() })
    .onConflict((on) =>
      on.column('place').doUpdateSet((eb) => ({ tries: eb('letter_tries.tries', '+', 1), last_at: clock.now() })),
    )
    .returning('tries')
    .executeTakeFirstOrThrow()
  return row.tries
}

export async function endMail(tx: Transaction, place: string): Promise<void> {
  await tx.deleteFrom('letter_tries').where('place', '=', place).execute()
}
