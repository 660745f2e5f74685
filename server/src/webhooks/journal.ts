// An event's way to the platform, written down as it goes.
import { awaitedTypes } from '@wardline/api'
import { type Actor, record } from '#audit'
import { type Clock, Fault } from '#base'
import type { Transaction } from '#db'
import { dropJobs, enqueueNow } from '#jobs'
import { type EventState, eventRow, knownRow, leave, type Row } from './store.ts'

/** From its first try on. A platform that is away for a long week-end loses nothing; what is older is for a person. */
export const giveUpMs = 7 * 24 * 3_600_000

const awaited: ReadonlySet<string> = new Set(awaitedTypes)
export const isAwaited = ({ type }: Pick<Row, 'type'>): boolean => awaited.has(type)

/** False when it was written down before. */
export async function markDelivered(tx: Transaction, clock: Clock, row: Row): Promise<boolean> {
  const at = clock.now()
  const set = { state: 'delivered', trouble: null, tried_at: at, ended_at: at, attempts: row.attempts + 1 } as const
  if (!(await leave(tx, row.id, ['waiting', 'kept', 'given_up'], set))) return false
  await follow(tx, clock, row)
  return true
}

/** It is in a page that is being answered: it cannot be called back any more. */
export async function markServed(tx: Transaction, clock: Clock, id: string): Promise<void> {
  await tx
    .updateTable('platform_events')
    .set({ served_at: clock.now() })
    .where('id', '=', id)
    .where('served_at', 'is', null)
    .execute()
}

/** Of the pages that held it the platform may have lost each: read again without it, what it says that it keeps is not this. */
export async function markLeftOut(tx: Transaction, id: string): Promise<void> {
  await tx
    .updateTable('platform_events')
    .set({ served_at: null })
    .where('id', '=', id)
    .where('state', '!=', 'delivered')
    .execute()
}

/**
 * The platform has fetched all up to this number and says that it keeps them; not what its last page left out. Answers how many that
 * were. Fault `no_such_number`.
 */
export async function markTaken(tx: Transaction, clock: Clock, upTo: number): Promise<number> {
  const head = await tx.selectFrom('platform_event_head').select('number').executeTakeFirst()
  // Nobody has had what was not given: taken beforehand, it would never be sent.
  if (upTo > (head?.number ?? 0))
    throw new Fault(
      'no_such_number',
      `no event has the number ${upTo} yet; the last one given is ${head?.number ?? 0}`,
      {
        retry: 'never',
      },
    )
  const rows = await tx
    .selectFrom('platform_events')
    .selectAll()
    .where('state', 'in', ['waiting', 'kept', 'given_up'])
    .where('number', '<=', upTo)
    // Nothing else is ever left out.
    .where((eb) => eb.or([eb('served_at', 'is not', null), eb('type', 'not in', [...awaited])]))
    .orderBy('number')
    .limit(mostAtOnce)
    .execute()
  for (const row of rows) {
    await leave(tx, row.id, [row.state], { state: 'delivered', trouble: null, ended_at: clock.now() })
    await follow(tx, clock, row)
  }
  return rows.length
}
export const mostAtOnce = 500

/**
 * Not taken this time. given_up: it was the last try. `overtaken`: it was taken meanwhile. By the row as it is now: sent anew while this
 * try was under way, its days begin with it.
 */
export async function markFailed(
  tx: Transaction,
  clock: Clock,
  { id }: Pick<Row, 'id'>,
  words: string,
): Promise<'waiting' | 'given_up' | 'overtaken'> {
  const now = clock.now()
  const row = await eventRow(tx, id)
  if (row?.state !== 'waiting') return 'overtaken'
  const first = row.first_tried_at ?? now
  const over = now - first >= giveUpMs
  const tried = { attempts: row.attempts + 1, first_tried_at: first, tried_at: now, trouble: words }
  const set = over ? ({ ...tried, state: 'given_up', ended_at: now } as const) : tried
  await leave(tx, row.id, ['waiting'], set)
  if (!over) return 'waiting'
  await record(tx, clock, { actor: 'wardline', act: 'give_up_event', subject: row.id, detail: { type: row.type } })
  await follow(tx, clock, row)
  return 'given_up'
}

/** What it asks for is not to be asked now: it is not sent any more. False: the platform has it, or a person was told so before. */
export async function handToPerson(tx: Transaction, clock: Clock, id: string, words: string): Promise<boolean> {
  const row = await eventRow(tx, id)
  if (row === undefined || row.state === 'delivered') return false
  if (row.state === 'given_up' && row.trouble === words) return false
  await leave(tx, id, [row.state], { state: 'given_up', trouble: words, ended_at: clock.now() })
  // One that is being sent this moment ends by itself.
  await dropJobs(tx, [id])
  await record(tx, clock, { actor: 'wardline', act: 'give_up_event', subject: id, detail: { type: row.type } })
  return true
}

/** There is no webhook: it can be fetched. */
export async function markKept(tx: Transaction, row: Row): Promise<void> {
  await leave(tx, row.id, ['waiting'], { state: 'kept' })
}

/** Sent anew, it gets a number above all that whoever fetches has had. */
export const isNumberedAnew = (row: Pick<Row, 'type' | 'state'>): boolean => isAwaited(row) && row.state !== 'delivered'

/**
 * Sent again under the same id, from its first try; whatever became of it before. What something waits for and nobody took is numbered
 * anew, so that it is fetched again as well. Faults `no_such_event`.
 */
export async function replayEvent(
  tx: Transaction,
  clock: Clock,
  { id, by }: { readonly id: string; readonly by: Actor },
): Promise<EventState> {
  const row = await knownRow(tx, id)
  const { state } = row
  await leave(tx, id, [state], {
    ...(isNumberedAnew(row) && { number: null, served_at: null }),
    state: 'waiting',
    attempts: 0,
    first_tried_at: null,
    tried_at: null,
    trouble: null,
    ended_at: null,
  })
  await enqueueNow(tx, clock, { kind: 'platform_event', subject: id, uniqueKey: `platform_event ${id}` })
  await record(tx, clock, { actor: by, act: 'replay_event', subject: id, detail: { before: state } })
  return state
}

/**
 * What hangs on the platform's word follows in a job of its own. One that was given up is revived; and one that is just at work on the
 * word before is looked at, so that of the two transactions one is run again and no word is lost.
 */
async function follow(tx: Transaction, clock: Clock, row: Row): Promise<void> {
  if (!isAwaited(row)) return
  await enqueueNow(tx, clock, { kind: 'event_taken', subject: row.id, uniqueKey: `event_taken ${row.id}` })
}
