// Asks for work, in the transaction that makes it necessary: both happen or neither does.
import { type Clock, newId } from '#base'
import type { Transaction } from '#db'
import { insertJob } from './store.ts'

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
