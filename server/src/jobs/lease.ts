// The lease: whoever holds it works on the job; whoever lost it changes nothing any more.
import { type Clock, Fault, systemClock } from '#base'
import type { Database, Transaction } from '#db'
import { deleteJob, extendLease, type Job } from './store.ts'

/**
 * Ends a job, in the handler's own last transaction. Throws the Fault `lease_lost` when another worker took the job
 * over in the meantime (a machine that slept, a network that was gone); the transaction is then rolled back with it.
 */
export async function finish(tx: Transaction, job: Job): Promise<void> {
  if (await deleteJob(tx, job)) return
  throw lost()
}

/**
 * For a handler with more than one transaction: each of those that must not happen twice begins with this. Throws the
 * Fault `lease_lost` when the lease is another's; else it is renewed, so that what follows the transaction has a whole
 * lease's time. Until the transaction ends, nobody else can take the job.
 */
export async function holdLease(tx: Transaction, _clock: Clock, job: Job): Promise<void> {
  if (!(await extendLease(tx, job))) throw lost()
}

/** As `holdLease`, for who goes on either way. */
export function holdsLease(tx: Transaction, job: Job): Promise<boolean> {
  return extendLease(tx, job)
}

/**
 * What one worker alone knows, that something has gone out, is written down also when its lease was lost over it, so that its heir does
 * not send it again. `ends`: the job is done with it, if it is still ours.
 */
export async function writeEvenLate(
  { database, job, ends }: { readonly database: Database; readonly job: Job; readonly ends: boolean },
  write: (tx: Transaction) => Promise<void>,
): Promise<void> {
  await database.transact(async (tx) => {
    const isOurs = await holdsLease(tx, job)
    await write(tx)
    if (isOurs && ends) await finish(tx, job)
  })
}

function lost() {
  const words = 'another worker has taken this job over; what was begun here was undone'
  return new Fault('lease_lost', words, { retry: 'never' })
}

/** Renews the lease six times in its length until `over` aborts; calls `onLoss` when it is gone. */
export async function keepLease(job: Job, database: Database, over: AbortSignal, onLoss: () => void): Promise<void> {
  // Real time on purpose: a lease measures real work, which a still clock does not hold.
  let heldUntil = systemClock.now() + job.leaseMs
  for (;;) {
    await systemClock.wait(job.leaseMs / 6, over)
    if (over.aborted) return
    const asked = systemClock.now()
    try {
      if (!(await database.transact((tx) => extendLease(tx, job)))) return onLoss()
      heldUntil = asked + job.leaseMs
    } catch {
      // The database may be back before the lease ends; after that, another worker may have the job.
      if (systemClock.now() > heldUntil) return onLoss()
    }
  }
}
