// How a notice ended: written down with the end of its job, and said to who must hear of it.
import { raiseAlert } from '#alerts'
import { type Clock, Fault } from '#base'
import type { Transaction } from '#db'
import { finish, holdLease, type Job } from '#jobs'
import { markBounced, markDead, markSent } from '#notices'
import type { River } from './river.ts'

/** It is out: also a worker that lost its lease meanwhile says so, so that its heir does not send it again. */
export async function keepSent({ database, clock }: Pick<River, 'database' | 'clock'>, job: Job): Promise<void> {
  try {
    await database.transact(async (tx) => {
      await holdLease(tx, clock, job)
      await markSent(tx, clock, job.subject)
      await finish(tx, job)
    })
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'lease_lost')) throw error
    await database.transact((tx) => markSent(tx, clock, job.subject))
  }
}

/** `why` names no address. */
export async function keepDead(river: Pick<River, 'database' | 'clock' | 'log'>, job: Job, why: string): Promise<void> {
  const { database, clock } = river
  await database.transact(async (tx) => {
    await holdLease(tx, clock, job)
    if (await markDead(tx, clock, job.subject, why)) await alertDead(tx, clock, job.subject, why)
    await finish(tx, job)
  })
  sayDead(river, job.subject, why)
}

/** It was taken, and came back. `why`: a status code or words of ours. False: it was not out, or is dead already. */
export async function noticeBounced(tx: Transaction, clock: Clock, noticeId: string, why: string): Promise<boolean> {
  if (!(await markBounced(tx, clock, noticeId, why))) return false
  await alertDead(tx, clock, noticeId, `bounced: ${why}`)
  return true
}

export async function alertDead(tx: Transaction, clock: Clock, noticeId: string, why: string): Promise<void> {
  await raiseAlert(tx, clock, {
    type: 'notice.dead',
    subject: noticeId,
    severity: 'warning',
    data: { notice: noticeId, why },
  })
}

export function sayDead({ log }: Pick<River, 'log'>, noticeId: string, why: string): void {
  log.error(
    { notice: noticeId, why },
    'ALERT: this notice cannot be delivered and is given up (wardline notices show, wardline notices retry)',
  )
}
