// The account's holder is told that a report was made: the same words again after a crash, never others.
import type { Actor } from '#audit'
import { Fault } from '#base'
import { readCase } from '#cases'
import { enqueueNow, finish, type Handler, holdLease, type Job } from '#jobs'
import { type Began, markFailed, markSending, openPost, reviveNotice, showNotice } from '#notices'
import { casesUndecided } from '#repairs'
import { keepDead, keepSent, sayDead } from './notify-ends.ts'
import { handOver } from './notify-hand-over.ts'
import { recallNotice } from './recall.ts'
import { type Desk, journaled, type River } from './river.ts'

/** While the mail server is missing or says no for now, the notice is tried again this often at first. */
const firstRetryMs = 60_000
const longestRetryMs = 3_600_000

/** Job `notify`, subject: a notice that is due. */
export const notify = (river: River): Handler => {
  const { database, clock, vault, notices: policy } = river
  // SQLite is one process's: whoever sent before this one began is dead.
  const aloneSinceMs = database.kind === 'sqlite' ? clock.now() : undefined
  return async (job) => {
    const began = await database.transact(async (tx) => {
      await holdLease(tx, clock, job)
      const asked = { noticeId: job.subject, policy, aloneSinceMs, undecided: casesUndecided }
      const began = await markSending(tx, clock, vault, asked)
      // Who releases it asks for its job.
      if (began.kind === 'over' || began.kind === 'unreleased') await finish(tx, job)
      return began
    })
    switch (began.kind) {
      case 'over':
      case 'unreleased':
        return { kind: 'done' }
      case 'under_way':
        return {
          kind: 'again',
          at: began.untilMs,
          why: 'another worker began to send it and has not said how it ended',
        }
      case 'too_early':
        return { kind: 'again', at: began.untilMs, why: 'its time has not come' }
      case 'handed_over':
        return lookAfter(river, job, began)
      case 'mail':
        journaled(river, 'notice begun', { notice: job.subject })
        return sendMail(river, job, began)
      case 'hand_over':
        journaled(river, 'notice begun', { notice: job.subject })
        return handOver(river, job, began)
    }
  }
}

type Outcome = Awaited<ReturnType<Handler>>

/** The platform says how it ended; should it never, the notice is given up. Something may come meanwhile that keeps it back. */
async function lookAfter(
  river: River,
  job: Job,
  { giveUpAt }: Extract<Began, { kind: 'handed_over' }>,
): Promise<Outcome> {
  const now = river.clock.now()
  if (now < giveUpAt)
    return {
      kind: 'again',
      at: Math.min(giveUpAt, now + longestRetryMs),
      why: 'the platform has it and has not said that it delivered it',
    }
  await keepDead(river, job, 'the platform never said that it delivered it')
  return { kind: 'done' }
}

async function sendMail(river: River, job: Job, began: Extract<Began, { kind: 'mail' }>): Promise<Outcome> {
  const { log, notices: policy } = river
  const ids = { notice: job.subject }
  const post = openPost(policy)
  if (post.kind === 'no_post') {
    log.error({ ...ids, missing: post.missing }, 'ALERT: a notice is due and there is no mail server to send it')
    return later(river, job, { why: `missing: ${post.missing.join(', ')}`, waitMs: firstRetryMs })
  }
  const logged = { subject: job.subject, caseId: began.caseId, step: String(began.attempts) }
  if (!began.isTest) await river.logbook.write({ what: 'notice_begun', ...logged })
  const outcome = await post.send(began.mail)
  if (!began.isTest && outcome.kind === 'sent')
    await river.logbook.write({ what: 'notice_sent', ...logged }).catch(sayUnwritten(river, ids))
  switch (outcome.kind) {
    case 'later': {
      if (outcome.alert !== undefined) log.error({ ...ids, why: outcome.why }, outcome.alert)
      const waitMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(began.attempts - 1, 10))
      return later(river, job, { why: outcome.why, waitMs })
    }
    case 'refused':
      await keepDead(river, job, outcome.why)
      return { kind: 'done' }
    case 'sent':
      await keepSent(river, job, began.caseId)
      journaled(river, 'notice done', ids)
      river.wake()
      return { kind: 'done' }
  }
}

async function later(
  river: River,
  job: Job,
  { why, waitMs }: { readonly why: string; readonly waitMs: number },
): Promise<Outcome> {
  const { database, clock, notices: policy } = river
  const failed = await database.transact(async (tx) => {
    await holdLease(tx, clock, job)
    const failed = await markFailed(tx, clock, { noticeId: job.subject, why, policy })
    if (failed.kind !== 'again') await finish(tx, job)
    return failed.kind
  })
  if (failed === 'given_up') sayDead(river, job.subject, why)
  return failed === 'again' ? { kind: 'again', at: clock.now() + waitMs, why } : { kind: 'done' }
}

/** It is out: what the database hears of it next is what counts. */
const sayUnwritten = (river: River, ids: { notice: string }) => (error: unknown) =>
  river.log.warn({ ...ids, err: error }, 'that this notice was sent could not be written into the logbook')

/**
 * A person has mended what was in the way of a notice that was given up: it is sent now. Faults of `reviveNotice`; `not_possible` also
 * when its cases were found to be errors meanwhile.
 */
export async function retryNotice(river: Desk, noticeId: string, by: Actor): Promise<void> {
  const { database, clock, vault, notices: policy } = river
  const outcome = await database.transact(async (tx) => {
    const { caseId } = await showNotice(tx, clock, noticeId)
    // Sent again as well, the event of before would tell it a second time, under another id.
    await recallNotice(tx, clock, noticeId)
    const record = await readCase(tx, vault, caseId)
    const outcome = await reviveNotice(tx, clock, vault, { noticeId, by, record, policy })
    if (outcome === 'revived')
      await enqueueNow(tx, clock, { kind: 'notify', subject: noticeId, uniqueKey: `notify ${noticeId}` })
    return outcome
  })
  if (outcome !== 'revived')
    throw new Fault('not_possible', `this notice is not sent any more: its case was ${outcome}`, { retry: 'never' })
  river.wake()
}
