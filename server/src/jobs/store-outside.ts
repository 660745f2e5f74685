// The jobs' SQL for who is no worker: to look at them, to hasten them, to drop those of what is going away.
import type { Connection, Tables, Transaction } from '#db'

export type JobState = Tables['jobs']['state']

export interface JobRow {
  readonly id: string
  readonly kind: string
  readonly subject: string
  readonly state: JobState
  readonly runAt: number
  readonly attempts: number
  /** Words, safe to show. */
  readonly lastError: string | null
  readonly createdAt: number
}

/** Longest due first, at most `limit` (1000 unless said). */
export async function listJobs(
  db: Connection,
  options: { readonly state?: JobState | undefined; readonly limit?: number | undefined } = {},
): Promise<readonly JobRow[]> {
  let query = db.selectFrom('jobs').selectAll()
  if (options.state !== undefined) query = query.where('state', '=', options.state)
  const limit = options.limit ?? 1000
  const rows = await query.orderBy('run_at').orderBy('id').limit(limit).execute()
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    state: row.state,
    runAt: row.run_at,
    attempts: row.attempts,
    lastError: row.last_error,
    createdAt: row.created_at,
  }))
}

export async function countJobs(db: Connection): Promise<Readonly<Record<JobState, number>>> {
  const query = db.selectFrom('jobs').select((eb) => ['state', eb.fn.countAll().as('count')])
  const counts = { waiting: 0, running: 0, dead: 0 }
  for (const row of await query.groupBy('state').execute()) counts[row.state] = Number(row.count)
  return counts
}

export async function stateOf(db: Connection, id: string): Promise<JobState | undefined> {
  return (await db.selectFrom('jobs').select('state').where('id', '=', id).executeTakeFirst())?.state
}

/** Waiting, running or dead. */
export async function hasJob(db: Connection, uniqueKey: string): Promise<boolean> {
  return (await db.selectFrom('jobs').select('id').where('unique_key', '=', uniqueKey).executeTakeFirst()) !== undefined
}

export async function reviveJob(tx: Transaction, id: string, runAt: number): Promise<void> {
  await tx
    .updateTable('jobs')
    .set({ state: 'waiting', run_at: runAt, attempts: 0, bugs: 0 })
    .where('id', '=', id)
    .execute()
}

export async function hastenJob(tx: Transaction, uniqueKey: string, runAt: number): Promise<void> {
  await tx
    .updateTable('jobs')
    .set({ state: 'waiting', run_at: runAt, attempts: 0, bugs: 0 })
    .where('unique_key', '=', uniqueKey)
    .where('state', '!=', 'running')
    .execute()
}

/** All that wait, of one kind; what was given up stays so. */
export async function hastenKind(tx: Transaction, kind: string, runAt: number): Promise<void> {
  await tx
    .updateTable('jobs')
    .set({ run_at: runAt })
    .where('kind', '=', kind)
    .where('state', '=', 'waiting')
    .where('run_at', '>', runAt)
    .execute()
}

/** Never later than it is due already. */
export async function advanceJob(tx: Transaction, uniqueKey: string, runAt: number): Promise<void> {
  await tx
    .updateTable('jobs')
    .set({ run_at: runAt })
    .where('unique_key', '=', uniqueKey)
    .where('state', '=', 'waiting')
    .where('run_at', '>', runAt)
    .execute()
}

/** Every running job is due at once. Only for who knows that no other worker is alive: it holds the lock of the data folder. */
export async function releaseJobs(tx: Transaction): Promise<number> {
  const free = { state: 'waiting', lease: null, leased_until: null } as const
  const released = await tx.updateTable('jobs').set(free).where('state', '=', 'running').executeTakeFirst()
  return Number(released.numUpdatedRows)
}

/** Of things that are going away, in the transaction that removes them. False, and nothing dropped, while one is at work. */
export async function dropJobs(tx: Transaction, subjects: readonly string[]): Promise<boolean> {
  const about = tx.selectFrom('jobs').select('id').where('subject', 'in', subjects)
  if ((await about.where('state', '=', 'running').executeTakeFirst()) !== undefined) return false
  await tx.deleteFrom('jobs').where('subject', 'in', subjects).execute()
  return true
}
