// The account's holder is told that a report was made: the same mail again after a crash, never another one.
import type { Actor } from '#audit'
import { Fault } from '#base'
import type { Transaction } from '#db'
import { enqueueNow, finish, type Handler, holdLease, type Job } from '#jobs'
import { markDead, markFailed, markSending, markSent, openPost, reviveNotice } from '#notices'
import { type Desk, journaled, type River } from './river.ts'
import { tellNoticeSent } from './tell-platform.ts'

/** While the mail server is missing or says no for now, the notice is tried again this often at first. */
const firstRetryMs = 60_000
const longestRetryMs = 3_600_000

/** Job `notify`, subject: a notice that is due. */
export const notify = (river: River): Handler => {
  const { database, clock, vault, log, notices: policy } = river
  // SQLite is one process's: whoever sent before this one began is dead.
  const aloneSinceMs = database.kind === 'sqlite' ? clock.now() : undefined
  return async (job) => {
    const ids = { notice: job.subject }
    const post = openPost(policy)
    if (post.kind === 'no_post') {
      log.error({ ...ids, missing: post.missing }, 'ALERT: a notice is due and there is no mail server to send it')
      return { kind: 'again', at: clock.now() + firstRetryMs, why: `missing: ${post.missing.join(', ')}` }
    }
    const began = await database.transact(async (tx) => {
      await holdLease(tx, clock, job)
      const began = await markSending(tx, clock, vault, { noticeId: job.subject, policy, aloneSinceMs })
      if (began.kind === 'over') await finish(tx, job)
      return began
    })
    if (began.kind === 'over') return { kind: 'done' }
    if (began.kind === 'under_way')
      return { kind: 'again', at: began.untilMs, why: 'another worker began to send it and has not said how it ended' }
    journaled(river, 'notice begun', ids)

    const logged = { subject: job.subject, caseId: began.caseId, step: String(began.attempts) }
    if (!began.isTest) await river.logbook.write({ what: 'notice_begun', ...logged })
    const outcome = await post.send(began.mail)
    if (!began.isTest && outcome.kind === 'sent')
      await river.logbook.write({ what: 'notice_sent', ...logged }).catch(sayUnwritten(river, ids))
    switch (outcome.kind) {
      case 'later': {
        if (outcome.alert !== undefined) log.error({ ...ids, why: outcome.why }, outcome.alert)
        const waits = await database.transact(async (tx) => {
          await holdLease(tx, clock, job)
          const waits = await markFailed(tx, job.subject, outcome.why)
          if (!waits) await finish(tx, job)
          return waits
        })
        if (!waits) return { kind: 'done' }
        const waitMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(began.attempts - 1, 10))
        return { kind: 'again', at: clock.now() + waitMs, why: outcome.why }
      }
      case 'refused':
        await database.transact(async (tx) => {
          await holdLease(tx, clock, job)
          await markDead(tx, clock, job.subject, outcome.why)
          await finish(tx, job)
        })
        log.error(
          { ...ids, why: outcome.why },
          'ALERT: this notice cannot be delivered; the address or the mail was refused (wardline notices retry)',
        )
        return { kind: 'done' }
      case 'sent':
        await keepSent(river, job, began.caseId)
        journaled(river, 'notice done', ids)
        river.wake()
        return { kind: 'done' }
    }
  }
}

/** It is out: what the database hears of it next is what counts. */
const sayUnwritten = (river: River, ids: { notice: string }) => (error: unknown) =>
  river.log.warn({ ...ids, err: error }, 'that this notice was sent could not be written into the logbook')

/** The mail is out: also a worker that lost its lease meanwhile says so, so that its heir does not send it again. */
async function keepSent(river: River, job: Job, caseId: string): Promise<void> {
  const { database, clock } = river
  const mark = async (tx: Transaction) => {
    await markSent(tx, clock, job.subject)
    await tellNoticeSent(river, tx, { caseId, noticeId: job.subject })
  }
  try {
    await database.transact(async (tx) => {
      await holdLease(tx, clock, job)
      await mark(tx)
      await finish(tx, job)
    })
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'lease_lost')) throw error
    await database.transact(mark)
  }
}

/** A person has mended what was in the way of a notice that was given up: it is sent now. */
export async function retryNotice(river: Desk, noticeId: string, by: Actor): Promise<void> {
  const { database, clock } = river
  await database.transact(async (tx) => {
    await reviveNotice(tx, clock, { noticeId, by })
    await enqueueNow(tx, clock, { kind: 'notify', subject: noticeId, uniqueKey: `notify ${noticeId}` })
  })
  river.wake()
}
