// Events as the operator sees them, how they go out and never what they say; and as the platform fetches them.
import { type EventPage, type EventStanding, type EventType, eventTypes, type SentEvent } from '@wardline/api'
import type { Clock, Environment } from '#base'
import type { Connection, Database, Transaction } from '#db'
import type { Vault } from '#vault'
import { isAwaited, markLeftOut, markServed } from './journal.ts'
import { type EventState, eventRow, knownRow, type Row, sentOf } from './store.ts'
import { numberEvents } from './store-number.ts'

/** Newest first. `before` is the last id of the page before. */
export async function listEvents(
  db: Connection,
  query: {
    readonly state?: EventState | undefined
    readonly type?: EventType | undefined
    readonly before?: string | undefined
    readonly limit: number
  },
): Promise<readonly EventStanding[]> {
  let rows = db.selectFrom('platform_events').selectAll()
  if (query.state !== undefined) rows = rows.where('state', '=', query.state)
  if (query.type !== undefined) rows = rows.where('type', '=', query.type)
  if (query.before !== undefined) rows = rows.where('id', '<', query.before)
  return (await rows.orderBy('id', 'desc').limit(query.limit).execute()).map(standingOf)
}

/** Fault `no_such_event`. */
export async function showEvent(db: Connection, id: string): Promise<EventStanding> {
  return standingOf(await knownRow(db, id))
}

function standingOf(row: Row): EventStanding {
  return {
    id: row.id,
    type: typeOf(row.type),
    isTest: row.is_test === 1,
    state: row.state,
    attempts: row.attempts,
    createdAt: row.created_at,
    triedAt: row.tried_at,
    endedAt: row.ended_at,
    trouble: row.trouble,
  }
}

function typeOf(text: string): EventType {
  const known = eventTypes.find((one) => one === text)
  if (known === undefined) throw new Error('an event of a type that this version does not know')
  return known
}

/**
 * Oldest first, everything behind the number `after` (0: all that is kept). What is answered once is never overtaken by another. Of what
 * something waits for it is written down first that the platform had it.
 */
export async function eventsAfter(
  { database, vault, environment, clock }: EventGround,
  {
    after,
    limit,
    mayServe = async () => true,
  }: {
    readonly after: number
    readonly limit: number
    /** Of a row that something waits for; one that nobody may have now is left out, and the page goes on behind it. */
    readonly mayServe?: (tx: Transaction, row: Row) => Promise<boolean>
  },
): Promise<EventPage> {
  await numberEvents(database)
  const rows = await database.read
    .selectFrom('platform_events')
    .selectAll()
    .where('number', '>', after)
    .orderBy('number')
    .limit(limit)
    .execute()
  const serves = ({ id, number }: Row) =>
    database.transact(async (tx) => {
      const row = await eventRow(tx, id)
      // Sent anew meanwhile, it comes in a later page.
      if (row === undefined || row.number !== number) return false
      if (!(await mayServe(tx, row))) {
        await markLeftOut(tx, id)
        return false
      }
      await markServed(tx, clock, id)
      return true
    })
  const events: SentEvent[] = []
  for (const row of rows)
    if (row.number !== null && (!isAwaited(row) || (await serves(row))))
      events.push(sentOf(vault, environment, { ...row, number: row.number }))
  return { events, next: rows.at(-1)?.number ?? after }
}

type EventGround = {
  readonly database: Database
  readonly vault: Vault
  readonly environment: Environment
  readonly clock: Clock
}

export type EventFigures = Readonly<Record<EventState, number>> & {
  /** Since the event was first tried that waits longest for a webhook that does not take it, ms; 0: none was refused. */
  readonly failingMs: number
}

export async function countEvents(db: Connection, clock: Clock): Promise<EventFigures> {
  const counts = { waiting: 0, delivered: 0, given_up: 0, kept: 0 }
  const rows = await db
    .selectFrom('platform_events')
    .select((eb) => ['state', eb.fn.countAll().as('count')])
    .groupBy('state')
    .execute()
  for (const { state, count } of rows) counts[state] = Number(count)
  const oldest = await db
    .selectFrom('platform_events')
    .select((eb) => eb.fn.min('first_tried_at').as('at'))
    .where('state', '=', 'waiting')
    .executeTakeFirst()
  return { ...counts, failingMs: oldest?.at ? Math.max(0, clock.now() - oldest.at) : 0 }
}
