// The lease: whoever holds it works on the job; whoever lost it changes nothing any more.
import { type Clock, Fault } from '#base'
import type { Database, Transaction } from '#db'
import { deleteJob, extendLease, type Job, touchLease } from './store.ts'

/**
 * Ends a job, in the handler's own last transaction. Throws the Fault `lease_lost` when another worker took the job
 * over in the meantime (a machine that slept, a clock that jumped); the transaction is then rolled back with it.
 */
export async function finish(tx: Transaction, job: Job): Promise<void> {
  if (await deleteJob(tx, job)) return
  throw lost()
}

/**
 * For a handler with more than one transaction: each of those that must not happen twice begins with this. Throws the
 * Fault `lease_lost` when the lease is another's, or has run out so that it may be another's at any moment. Until the
 * transaction ends, nobody else can take the job.
 */
export async function holdLease(tx: Transaction, clock: Clock, job: Job): Promise<void> {
  if (!(await touchLease(tx, job, clock.now()))) throw lost()
}

function lost() {
  const words = 'another worker has taken this job over; what was begun here was undone'
  return new Fault('lease_lost', words, { retry: 'never' })
}

/** Renews the lease three times in its length until `over` aborts; calls `onLoss` when it is gone. */
export async function keepLease(
  job: Job,
  { database, clock, leaseMs }: { database: Database; clock: Clock; leaseMs: number },
  over: AbortSignal,
  onLoss: () => void,
): Promise<void> {
  let heldUntil = clock.now() + leaseMs
  for (;;) {
    await clock.wait(leaseMs / 3, over)
    if (over.aborted) return
    const until = clock.now() + leaseMs
    try {
      if (!(await database.transact((tx) => extendLease(tx, job, until)))) return onLoss()
      heldUntil = until
    } catch {
      // The database may be back before the lease ends; after that, another worker may have the job.
      if (clock.now() > heldUntil) return onLoss()
    }
  }
}
