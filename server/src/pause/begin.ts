// A pause begins by a restore, by what the logbook says, or by a person; only a person ends it.
import { awaitedTypes } from '@wardline/api'
import { type Actor, record } from '#audit'
import { type Clock, Fault, newId } from '#base'
import type { Transaction } from '#db'
import { undecided } from './items.ts'
import { type Pause, readPause } from './read.ts'

/**
 * After a restore what a former pause asked, and what was said then, is of another time: a new pause takes its place. An older database
 * is asked about again within the pause that stands. One that a person began gives way to any other.
 */
export async function beginPause(
  tx: Transaction,
  clock: Clock,
  {
    why,
    by,
    asOf = null,
    reason,
  }: {
    readonly why: Pause['why']
    readonly by: Actor
    readonly asOf?: number | null
    /** A person's words, kept for whoever looks; the trail has none of them. */
    readonly reason?: string | undefined
  },
): Promise<{ readonly began: boolean; readonly pauseId: string }> {
  if (why !== 'by_a_person') await liftNumbers(tx, clock)
  const standing = await readPause(tx)
  const gives = standing?.why === 'by_a_person' ? why !== 'by_a_person' : why === 'restored'
  if (standing !== undefined && !gives) {
    if (why === 'database_older' && standing.why !== 'by_a_person')
      await tx.updateTable('pauses').set({ listed_at: null }).where('id', '=', standing.id).execute()
    return { began: false, pauseId: standing.id }
  }
  if (standing !== undefined) await close(tx, clock, standing.id, { by, reason: 'another pause took its place' })
  const id = newId('pause', clock)
  // By a person: everything is known, and nothing has to be asked.
  const listedAt = why === 'by_a_person' ? clock.now() : null
  await tx
    .insertInto('pauses')
    .values({
      id,
      why,
      began_at: clock.now(),
      as_of: asOf,
      listed_at: listedAt,
      began_by: by,
      began_reason: reason?.trim() || null,
    })
    .execute()
  await record(tx, clock, { actor: by, act: 'begin_pause', subject: id, detail: { why } })
  return { began: true, pauseId: id }
}

/**
 * An older database has forgotten which numbers it gave to events, and whoever fetches asks for what is behind the last one they had. So
 * it goes on above all that can have been given: no deployment gives one a millisecond since 1970. It has forgotten, too, which it served:
 * what something waits for comes once more, for only of what was served it counts that the platform keeps it.
 */
async function liftNumbers(tx: Transaction, clock: Clock): Promise<void> {
  const number = clock.now()
  await tx
    .insertInto('platform_event_head')
    .values({ one: 1, number })
    .onConflict((on) => on.column('one').doUpdateSet({ number }).where('platform_event_head.number', '<', number))
    .execute()
  await tx
    .updateTable('platform_events')
    .set({ number: null })
    .where('type', 'in', awaitedTypes)
    .where('state', '!=', 'delivered')
    .where('served_at', 'is', null)
    .execute()
}

/** Faults `no_pause`, `not_listed`, `undecided`, `reason_missing`. */
export async function endPause(
  tx: Transaction,
  clock: Clock,
  { by, reason }: { readonly by: Actor; readonly reason: string },
): Promise<void> {
  const standing = await readPause(tx)
  if (standing === undefined) throw refusal('no_pause', 'there is no pause to end')
  if (reason.trim() === '') throw refusal('reason_missing', 'ending a pause needs a reason')
  if (!standing.listed)
    throw refusal('not_listed', 'what may have gone out already is not listed yet: start the server, or ask again')
  const open = await undecided(tx, standing.id)
  if (open > 0)
    throw refusal(
      'undecided',
      `of ${open} things nobody has said yet whether they went out already (wardline pause show, wardline pause decide)`,
    )
  await close(tx, clock, standing.id, { by, reason: reason.trim() })
}

async function close(tx: Transaction, clock: Clock, id: string, { by, reason }: { by: Actor; reason: string }) {
  await tx.updateTable('pauses').set({ ended_at: clock.now(), ended_by: by, reason }).where('id', '=', id).execute()
  await record(tx, clock, { actor: by, act: 'end_pause', subject: id })
}

const refusal = (code: string, words: string) => new Fault(code, words, { retry: 'never' })
