// The jobs' SQL. Every change after the claim is fenced: it names the lease, and does nothing once that is lost.
import { sql, type UpdateObject } from 'kysely'
import { type Connection, type Database, databaseNow, type Tables, type Transaction } from '#db'

export interface Job {
  readonly id: string
  readonly kind: string
  /** What the job is about: an id of ours. */
  readonly subject: string
  /** How often it was begun, this time included; counted from 1 again after an outcome `again` or a retry by a person. */
  readonly attempts: number
  /** How many of those ended in a bug of ours. */
  readonly bugs: number
  /** Proof that we are the one who works on it. */
  readonly lease: string
  /** How long it stays ours after each renewal, by the database's clock. */
  readonly leaseMs: number
}

export interface NewRow {
  readonly id: string
  readonly kind: string
  readonly subject: string
  readonly uniqueKey: string | null
  readonly runAt: number
  readonly createdAt: number
}

export async function insertJob(tx: Transaction, job: NewRow): Promise<void> {
  await tx
    .insertInto('jobs')
    .values({
      id: job.id,
      kind: job.kind,
      subject: job.subject,
      unique_key: job.uniqueKey,
      run_at: job.runAt,
      state: 'waiting',
      attempts: 0,
      bugs: 0,
      created_at: job.createdAt,
    })
    .onConflict((on) => on.column('unique_key').doNothing())
    .execute()
}

/**
 * In how many ms the next job of these kinds is due, 0 or less when it is: its time has come on the deployment's clock,
 * or its worker's lease has run out on the database's.
 */
export async function nextDue(db: Connection, kinds: readonly string[], now: number): Promise<number | undefined> {
  const jobs = db.selectFrom('jobs').where('kind', 'in', kinds)
  const waiting = await jobs
    .select('run_at')
    .where('state', '=', 'waiting')
    .orderBy('run_at')
    .limit(1)
    .executeTakeFirst()
  const running = await jobs
    .select((eb) => eb(eb.fn.min('leased_until'), '-', databaseNow(db)).as('leftMs'))
    .where('state', '=', 'running')
    .executeTakeFirst()
  const times: number[] = []
  if (waiting !== undefined) times.push(waiting.run_at - now)
  // The lease's last millisecond is still its holder's. Of no rows there is no least.
  if (running !== undefined && running.leftMs !== null) times.push(running.leftMs + 1)
  return times.length === 0 ? undefined : Math.min(...times)
}

export interface Claim {
  readonly kinds: readonly string[]
  readonly limit: number
  /** The deployment's clock. */
  readonly now: number
  readonly lease: string
  readonly leaseMs: number
}

/** Takes up to `limit` due jobs, the longest due first. */
export async function claimJobs(tx: Transaction, kind: Database['kind'], claim: Claim): Promise<readonly Job[]> {
  const due = tx
    .selectFrom('jobs')
    .select('id')
    .where('kind', 'in', claim.kinds)
    .where((eb) =>
      eb.or([
        eb.and([eb('state', '=', 'waiting'), eb('run_at', '<=', claim.now)]),
        eb.and([eb('state', '=', 'running'), eb('leased_until', '<', databaseNow(tx))]),
      ]),
    )
    .orderBy('run_at')
    .orderBy('id')
    .limit(claim.limit)
  // Replicas pass over what another one is just taking; SQLite has one writer, who holds the lock already.
  const ids = (await (kind === 'postgres' ? due.forUpdate().skipLocked() : due).execute()).map((row) => row.id)
  if (ids.length === 0) return []
  return tx
    .updateTable('jobs')
    .set((eb) => ({
      state: 'running',
      lease: claim.lease,
      leased_until: leaseEnd(tx, claim.leaseMs),
      attempts: eb('attempts', '+', 1),
    }))
    .where('id', 'in', ids)
    .returning(['id', 'kind', 'subject', 'attempts', 'bugs'])
    .execute()
    .then((rows) => rows.map((row) => ({ ...row, lease: claim.lease, leaseMs: claim.leaseMs })))
}

/** Each of these answers whether the lease was still ours. */
export async function deleteJob(tx: Transaction, job: Job): Promise<boolean> {
  const gone = await tx.deleteFrom('jobs').where('id', '=', job.id).where('lease', '=', job.lease).executeTakeFirst()
  return gone.numDeletedRows > 0n
}

/** Ours again for its whole length, even if it had run out: nobody else had taken the job. */
export async function extendLease(tx: Transaction, job: Job): Promise<boolean> {
  return change(tx, job, { leased_until: leaseEnd(tx, job.leaseMs) })
}

/** On the clock that all replicas share: their own may differ by more than a lease, and a story's stands still. */
const leaseEnd = (tx: Transaction, leaseMs: number) => sql<number>`${databaseNow(tx)} + ${sql.lit(leaseMs)}`

export type Settled =
  | {
      readonly state: 'waiting'
      readonly runAt: number
      readonly attempts: number
      readonly bugs: number
      readonly words: string | null
    }
  | { readonly state: 'dead'; readonly words: string }

/** Gives the job back: to be begun again at `runAt`, or never again unless a person says so. */
export async function settleJob(tx: Transaction, job: Job, settled: Settled): Promise<boolean> {
  const free = { lease: null, leased_until: null, state: settled.state, last_error: settled.words }
  if (settled.state === 'dead') return change(tx, job, free)
  return change(tx, job, { ...free, run_at: settled.runAt, attempts: settled.attempts, bugs: settled.bugs })
}

async function change(tx: Transaction, job: Job, set: UpdateObject<Tables, 'jobs'>): Promise<boolean> {
  const query = tx.updateTable('jobs').set(set).where('id', '=', job.id).where('lease', '=', job.lease)
  return (await query.executeTakeFirst()).numUpdatedRows > 0n
}
