// Asks for work, in the transaction that makes it necessary: both happen or neither does.
import { type Clock, newId } from '#base'
import type { Transaction } from '#db'
import { insertJob } from './store.ts'
import { advanceJob, hastenJob, hastenKind } from './store-outside.ts'

export interface NewJob {
  /** Which handler: `file_report`. */
  readonly kind: string
  /** What it is about: an id of ours. */
  readonly subject: string
  /** Epoch milliseconds; not before. */
  readonly runAt: number
  /** While a job with this key exists, waiting, running or dead, a second one is not added. */
  readonly uniqueKey?: string | undefined
}

export async function enqueue(tx: Transaction, clock: Clock, job: NewJob): Promise<void> {
  const { kind, subject, runAt, uniqueKey = null } = job
  await insertJob(tx, { id: newId('job', clock), kind, subject, uniqueKey, runAt, createdAt: clock.now() })
}

/**
 * The job with this key is due at once: a new one, or the one there is, revived when it was dead. A running one goes on
 * and is not begun a second time.
 */
export async function enqueueNow(tx: Transaction, clock: Clock, job: Omit<NewJob, 'runAt'> & { uniqueKey: string }) {
  await enqueue(tx, clock, { ...job, runAt: clock.now() })
  await hastenJob(tx, job.uniqueKey, clock.now())
}

/** The job with this key is due by then: a new one, or the one that waits, unless it is due sooner. */
export async function enqueueBy(tx: Transaction, clock: Clock, job: NewJob & { uniqueKey: string }): Promise<void> {
  await enqueue(tx, clock, job)
  await advanceJob(tx, job.uniqueKey, job.runAt)
}

/** What all jobs of a kind waited for has come. */
export async function enqueueAllNow(tx: Transaction, clock: Clock, kind: string): Promise<void> {
  await hastenKind(tx, kind, clock.now())
}
