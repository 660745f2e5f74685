// The platform delivers in its own product: it is given the notice by webhook, or fetches it, and says how it ended.
import type { Transaction } from '#db'
import { finish, holdLease, type Job, type Outcome } from '#jobs'
import { type Began, deliverable, markHandedOver } from '#notices'
import { casesUndecided } from '#repairs'
import { raiseEvent } from '#webhooks'
import { deliverKey } from './recall.ts'
import { journaled, type River } from './river.ts'

type Begun = Extract<Began, { kind: 'hand_over' }>

/** What was begun stands in the logbook before the platform can have it. */
export async function handOver(river: River, job: Job, began: Begun): Promise<Outcome> {
  const { database, clock, vault, notices: policy } = river
  const logged = { subject: job.subject, caseId: began.caseId, step: String(began.attempts) }
  if (!began.isTest) await river.logbook.write({ what: 'notice_begun', ...logged })
  const end = await database.transact(async (tx) => {
    await holdLease(tx, clock, job)
    const waits = await markHandedOver(tx, clock, vault, { noticeId: job.subject, policy, undecided: casesUndecided })
    if (waits === undefined && began.channel === 'webhook') await raise(river, tx, job.subject, began)
    // Of a webhook its own end follows; what is fetched, or waits again, is looked after by this job.
    const isOver = waits === undefined ? began.channel === 'webhook' : !('untilMs' in waits)
    if (isOver) await finish(tx, job)
    return isOver ? ('done' as const) : waits
  })
  journaled(river, 'notice handed over', { notice: job.subject })
  river.wake()
  if (end === 'done') return { kind: 'done' }
  if (end !== undefined && 'untilMs' in end)
    return { kind: 'again', at: end.untilMs, why: 'something came that it waits for' }
  return { kind: 'again', at: clock.now(), why: 'the platform may fetch it' }
}

/** `noticeTaken` hears how it ended. */
async function raise({ clock, vault, notices: policy }: River, tx: Transaction, noticeId: string, began: Begun) {
  const { id, caseId, isTest, dueAt: _, ...rest } = await deliverable(tx, vault, noticeId, policy)
  await raiseEvent(tx, clock, vault, {
    type: 'notice.deliver',
    onceKey: deliverKey(id, began.attempts),
    isTest,
    data: { notice: id, case: caseId, ...rest },
  })
}
