// The trail's SQL.
import { sql } from 'kysely'
import { leastId } from '#base'
import type { Connection, Transaction } from '#db'
import { type ChainedRow, genesis } from './chain.ts'

export interface Line {
  readonly id: string
  readonly at: number
  readonly actor: string
  readonly act: string
  readonly subject: string
  readonly detail: string
}

export interface Head {
  readonly seq: number
  readonly hash: string
}

/** A line as people read it; `seq` is null until the sequencer has chained it. */
export interface TrailLine extends Line {
  readonly seq: number | null
}

const columns = ['id', 'at', 'actor', 'act', 'subject', 'detail'] as const

export async function insertLine(tx: Transaction, line: Line): Promise<void> {
  await tx
    .insertInto('audit_events')
    .values({ ...line, seq: null, hash: null })
    .execute()
}

/** Lines in the order in which they were written, oldest first; `after` is the id of the last line already seen. */
export async function readTrail(
  db: Connection,
  options: { readonly subject?: string | undefined; readonly after?: string | undefined; readonly limit: number },
): Promise<readonly TrailLine[]> {
  let query = db.selectFrom('audit_events').select([...columns, 'seq'])
  if (options.subject !== undefined) query = query.where('subject', '=', options.subject)
  if (options.after !== undefined) query = query.where('id', '>', options.after)
  return query.orderBy('id').limit(options.limit).execute()
}

/**
 * Lines with one of these acts, in the order in which they were written; `since` and `until` (not included) are epoch ms.
 * Found by their ids, which begin with the time, so that a month is read without the years before it.
 */
export async function trailPage(
  db: Connection,
  {
    acts,
    since,
    until,
    after,
    limit,
  }: {
    readonly acts: readonly string[]
    readonly since: number | undefined
    readonly until: number
    readonly after: string | undefined
    readonly limit: number
  },
): Promise<readonly Line[]> {
  let query = db.selectFrom('audit_events').select(columns).where('act', 'in', acts).where('at', '<', until)
  if (since !== undefined) query = query.where('at', '>=', since)
  // An id is made a moment before its line's time is read.
  if (since !== undefined) query = query.where('id', '>=', leastId('event', Math.max(0, since - secondMs)))
  if (until < Number.MAX_SAFE_INTEGER) query = query.where('id', '<', leastId('event', until + secondMs))
  if (after !== undefined) query = query.where('id', '>', after)
  return query.orderBy('id').limit(limit).execute()
}
const secondMs = 1_000

/** Of many subjects at once, oldest first. holding: a piece of the stored detail. */
export async function linesAbout(
  db: Connection,
  {
    subjects,
    acts,
    holding,
  }: { readonly subjects: readonly string[]; readonly acts: readonly string[]; readonly holding?: string | undefined },
): Promise<readonly Line[]> {
  if (subjects.length === 0) return []
  let query = db.selectFrom('audit_events').select(columns).where('subject', 'in', subjects).where('act', 'in', acts)
  if (holding !== undefined) query = query.where('detail', 'like', `%${holding}%`)
  return query.orderBy('id').execute()
}

export async function firstLine(
  db: Connection,
  { act, holding }: { readonly act: string; readonly holding: string },
): Promise<Line | undefined> {
  const query = db.selectFrom('audit_events').select(columns).where('act', '=', act)
  return query.where('detail', 'like', `%${holding}%`).orderBy('id').limit(1).executeTakeFirst()
}

/** The oldest lines that are not chained yet, as far as this transaction sees them. */
export async function unchained(tx: Transaction, limit: number): Promise<readonly Line[]> {
  const lines = tx.selectFrom('audit_events').select(columns).where('seq', 'is', null)
  return lines.orderBy('at').orderBy('id').limit(limit).execute()
}

export async function countUnchained(db: Connection): Promise<number> {
  const query = db.selectFrom('audit_events').select((eb) => eb.fn.countAll().as('count'))
  const row = await query.where('seq', 'is', null).executeTakeFirstOrThrow()
  return Number(row.count)
}

/** One sequencer at a time across replicas; the lock goes with the transaction. SQLite has one writer anyway. */
export async function lockChain(tx: Transaction): Promise<void> {
  // "audit" in ASCII: any number will do, as long as nothing else in this database locks the same one.
  await sql`select pg_advisory_xact_lock(418581342580)`.execute(tx)
}

export async function readHead(tx: Connection): Promise<Head> {
  const head = await tx.selectFrom('audit_head').select(['seq', 'hash']).where('one', '=', 1).executeTakeFirst()
  return head ?? { seq: 0, hash: genesis }
}

/** Gives the lines their places and moves the head, in one transaction. */
export async function writeChain(tx: Transaction, rows: readonly (ChainedRow & { hash: string })[], head: Head) {
  // One statement for the whole batch: every row exists, so each insert turns into an update of these two columns.
  await tx
    .insertInto('audit_events')
    .values(
      rows.map(({ id, at, actor, act, subject, detail, seq, hash }) => ({
        id,
        at,
        actor,
        act,
        subject,
        detail,
        seq,
        hash,
      })),
    )
    .onConflict((on) =>
      on.column('id').doUpdateSet((eb) => ({ seq: eb.ref('excluded.seq'), hash: eb.ref('excluded.hash') })),
    )
    .execute()
  await tx
    .insertInto('audit_head')
    .values({ one: 1, ...head })
    .onConflict((on) => on.column('one').doUpdateSet(head))
    .execute()
}

export async function chainedPage(db: Connection, afterSeq: number, limit: number) {
  const query = db.selectFrom('audit_events').select([...columns, 'seq', 'hash'])
  return query.where('seq', '>', afterSeq).orderBy('seq').limit(limit).execute()
}

/** The head and the last chained row's place, in one statement: a sequencer at work cannot come between the two. */
export async function readEnd(db: Connection): Promise<{ head: Head | undefined; lastSeq: number }> {
  const { rows } = await sql<{ last: number | null; seq: number | null; hash: string | null }>`
    select (select max(seq) from audit_events) as last, (select seq from audit_head where one = 1) as seq,
      (select hash from audit_head where one = 1) as hash`.execute(db)
  const row = rows[0]
  const head = row && row.seq !== null && row.hash !== null ? { seq: row.seq, hash: row.hash } : undefined
  return { head, lastSeq: row?.last ?? 0 }
}
