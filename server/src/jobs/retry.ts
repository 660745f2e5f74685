// The one thing an operator can do to a job: let a dead one live again.
import { type Clock, Fault } from '#base'
import type { Transaction } from '#db'
import { reviveJob, stateOf } from './store-outside.ts'

/** Due at once, as if it had never been tried. Faults: `job_unknown`, `job_not_dead`. */
export async function retryJob(tx: Transaction, clock: Clock, id: string): Promise<void> {
  const state = await stateOf(tx, id)
  if (state === undefined) throw new Fault('job_unknown', 'there is no such job; it may be done', { retry: 'never' })
  if (state !== 'dead')
    throw new Fault('job_not_dead', `this job is ${state} and goes on by itself`, { retry: 'never' })
  await reviveJob(tx, id, clock.now())
}
