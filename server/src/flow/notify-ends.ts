// How a notice ended: written down with the end of its job, and said to who must hear of it.
import { finish, holdLease, type Job, writeEvenLate } from '#jobs'
import { markDead, markSent } from '#notices'
import type { River } from './river.ts'
import { tellNoticeSent } from './tell-platform.ts'

/** It is out: also a worker that lost its lease meanwhile says so, so that its heir does not send it again. */
export async function keepSent(river: Ends, job: Job, caseId: string): Promise<void> {
  const { database, clock } = river
  await writeEvenLate({ database, job, ends: true }, async (tx) => {
    if (await markSent(tx, clock, job.subject)) await tellNoticeSent(river, tx, { caseId, noticeId: job.subject })
  })
}

type Ends = Pick<River, 'database' | 'clock' | 'log' | 'vault'>

/** `why` names no address. */
export async function keepDead(river: Ends, job: Job, why: string): Promise<void> {
  const { database, clock } = river
  await database.transact(async (tx) => {
    await holdLease(tx, clock, job)
    await markDead(tx, clock, job.subject, why)
    await finish(tx, job)
  })
  sayDead(river, job.subject, why)
}

/** For the log; the watch raises the alert within a minute (flow/watch.ts), also of what bounced. */
export function sayDead({ log }: Pick<River, 'log'>, noticeId: string, why: string): void {
  log.error(
    { notice: noticeId, why },
    'ALERT: this notice cannot be delivered and is given up (wardline notices show, wardline notices retry)',
  )
}
