// What may have gone out already, one row each, and what a person says of it.
import { type Actor, record } from '#audit'
import { type Clock, Fault } from '#base'
import type { Connection, Tables, Transaction } from '#db'

export type Item = Pick<Tables['pause_items'], 'kind' | 'subject' | 'told'> &
  Partial<Pick<Tables['pause_items'], 'decision'>>

/** Both databases limit the values of one statement. */
const atOnce = 500

/** Those that are listed already stay as they are. */
export async function writeItems(tx: Transaction, pauseId: string, items: readonly Item[]): Promise<void> {
  for (let from = 0; from < items.length; from += atOnce)
    await tx
      .insertInto('pause_items')
      .values(items.slice(from, from + atOnce).map((one) => ({ pause_id: pauseId, ...one })))
      .onConflict((on) => on.doNothing())
      .execute()
}

export async function markListed(tx: Transaction, clock: Clock, pauseId: string): Promise<void> {
  await tx.updateTable('pauses').set({ listed_at: clock.now() }).where('id', '=', pauseId).execute()
}

/** In the order of their names. `after` is the last subject of the page before. */
export async function listItems(
  db: Connection,
  {
    pauseId,
    kind,
    open,
    after = '',
    limit = 1000,
  }: {
    readonly pauseId: string
    readonly kind?: Item['kind'] | undefined
    /** Only those of which nobody has said anything. */
    readonly open?: boolean | undefined
    readonly after?: string
    readonly limit?: number
  },
): Promise<readonly Tables['pause_items'][]> {
  return db
    .selectFrom('pause_items')
    .selectAll()
    .where('pause_id', '=', pauseId)
    .$if(kind !== undefined, (query) => query.where('kind', '=', kind ?? 'case'))
    .$if(open === true, (query) => query.where('decision', 'is', null))
    .where('subject', '>', after)
    .orderBy('subject')
    .limit(limit)
    .execute()
}

/** One of them, if the pause asks about it. */
export async function readItem(
  db: Connection,
  pauseId: string,
  kind: Item['kind'],
  subject: string,
): Promise<Tables['pause_items'] | undefined> {
  return db
    .selectFrom('pause_items')
    .selectAll()
    .where('pause_id', '=', pauseId)
    .where('kind', '=', kind)
    .where('subject', '=', subject)
    .executeTakeFirst()
}

export async function undecided(db: Connection, pauseId: string): Promise<number> {
  const { count } = await db
    .selectFrom('pause_items')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('pause_id', '=', pauseId)
    .where('decision', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/**
 * Once; but until the pause ends nothing has acted on `go_on`, and whoever said it may still say that it was sent. Faults `not_listed`,
 * `decided_already`.
 */
export async function settleItem(
  tx: Transaction,
  clock: Clock,
  {
    pauseId,
    kind,
    subject,
    decision,
    by,
  }: {
    readonly pauseId: string
    readonly kind: Item['kind']
    readonly subject: string
    readonly decision: NonNullable<Item['decision']>
    readonly by: Actor
  },
): Promise<void> {
  const row = await readItem(tx, pauseId, kind, subject)
  if (row === undefined) throw refusal('not_listed', 'this is nothing that the pause asks about')
  const corrects = row.decision === 'go_on' && decision === 'was_sent'
  if (row.decision !== null && !corrects) throw refusal('decided_already', `this was decided already: ${row.decision}`)
  await tx
    .updateTable('pause_items')
    .set({ decision, decided_at: clock.now(), decided_by: by })
    .where('pause_id', '=', pauseId)
    .where('kind', '=', kind)
    .where('subject', '=', subject)
    .execute()
  await record(tx, clock, { actor: by, act: 'decide_in_pause', subject, detail: { kind, decision } })
}

const refusal = (code: string, words: string) => new Fault(code, words, { retry: 'never' })
