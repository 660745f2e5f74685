// The platform delivers in its own product: it is given the notice by webhook, or fetches it, and says how it ended.
import type { Transaction } from '#db'
import { finish, holdLease, type Job, type Outcome } from '#jobs'
import { type Began, deliverable, markHandedOver } from '#notices'
import { raiseEvent } from '#webhooks'
import { deliverKey } from './recall.ts'
import { journaled, type River } from './river.ts'

type Begun = Extract<Began, { kind: 'hand_over' }>

/** What was begun stands in the logbook before the platform can have it. */
export async function handOver(river: River, job: Job, began: Begun): Promise<Outcome> {
  const { database, clock } = river
  const logged = { subject: job.subject, caseId: began.caseId, step: String(began.attempts) }
  if (!began.isTest) await river.logbook.write({ what: 'notice_begun', ...logged })
  const became = await database.transact(async (tx) => {
    await holdLease(tx, clock, job)
    const became = await markHandedOver(tx, clock, job.subject)
    if (became.kind === 'held') return became
    const isHandedOver = became.kind === 'handed_over'
    if (isHandedOver && began.channel === 'webhook') await raise(river, tx, job.subject, began)
    // Of a webhook its own end follows; what is fetched is looked after by this job.
    if (!isHandedOver || began.channel === 'webhook') await finish(tx, job)
    return became
  })
  if (became.kind === 'held') return { kind: 'again', at: became.untilMs, why: 'its time has not come' }
  journaled(river, 'notice handed over', { notice: job.subject })
  river.wake()
  if (became.kind === 'over' || began.channel === 'webhook') return { kind: 'done' }
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
