// The platform delivers in its own product: it is given the notice, and says how it ended.
import { finish, holdLease, type Job, type Outcome } from '#jobs'
import { type Began, markHandedOver } from '#notices'
import { journaled, type River } from './river.ts'

type Begun = Extract<Began, { kind: 'hand_over' }>

/** What was begun stands in the logbook before the platform can have it. */
export async function handOver(river: River, job: Job, began: Begun): Promise<Outcome> {
  const { database, clock } = river
  const logged = { subject: job.subject, caseId: began.caseId, step: String(began.attempts) }
  if (!began.isTest) await river.logbook.write({ what: 'notice_begun', ...logged })
  const isOurs = await database.transact(async (tx) => {
    await holdLease(tx, clock, job)
    const isOurs = await markHandedOver(tx, clock, job.subject)
    if (!isOurs) await finish(tx, job)
    return isOurs
  })
  if (!isOurs) return { kind: 'done' }
  journaled(river, 'notice handed over', { notice: job.subject })
  river.wake()
  // Looks at once when it is to be given up.
  return { kind: 'again', at: clock.now(), why: 'the platform has it' }
}
