// Feedback that an operator approved is told to the entry's source: written down before and after, sent once.
import type { Actor } from '#audit'
import { Fault } from '#base'
import { enqueueNow, finish, type Handler, holdLease, type Job, writeEvenLate } from '#jobs'
import {
  approveFeedback,
  beginFeedback,
  endFeedback,
  type FeedbackAlgorithm,
  feedbackReasons,
  reasonsOf,
  sendFeedback,
} from '#lists'
import { type Desk, journaled, type River } from './river.ts'

const firstRetryMs = 60_000
const longestRetryMs = 6 * 3_600_000

/**
 * An operator's leave for one feedback. `reasonId`: one of the source's own, for a negative one; the source is asked whether it is,
 * before anything is written down. Faults as `approveFeedback`, `reason_unknown`, `reason_out_of_place`, `list_unknown` or
 * as `askForReasons`.
 */
export async function approveAndSend(
  desk: Desk,
  approval: { readonly id: string; readonly by: Actor; readonly reasonId?: string | undefined },
): Promise<void> {
  const { database, clock, vault } = desk
  if (approval.reasonId !== undefined) await demandReason(desk, approval.id, approval.reasonId)
  await database.transact(async (tx) => {
    await approveFeedback(tx, clock, vault, approval)
    const { id } = approval
    await enqueueNow(tx, clock, { kind: 'feedback', subject: id, uniqueKey: `feedback ${id}` })
  })
  desk.wake()
}

/** What a negative feedback may give as its reason. Faults `list_unknown`, `reasons_not_told`, and a SourceFault of other kinds. */
export async function askForReasons({ clock, feedback }: Desk, listId: string, algorithm: FeedbackAlgorithm) {
  const way = feedback.get(listId)
  if (way === undefined) throw refusal('list_unknown', 'this is no configured list of NCMEC’s')
  try {
    return await feedbackReasons(way, algorithm, { clock, signal: new AbortController().signal })
  } catch (error) {
    if (!(error instanceof Fault) || !passing.has(error.code)) throw error
    // Its own words are about a sync, which this is none.
    const words = `the list service did not tell which reasons it takes: ${error.message}`
    throw new Fault('reasons_not_told', words, { retry: 'later' })
  }
}
const passing = new Set(['source_unreachable', 'source_slow', 'source_busy', 'source_failed'])

async function demandReason(desk: Desk, id: string, reasonId: string): Promise<void> {
  const of = await reasonsOf(desk.database.read, id)
  if (of === undefined) throw refusal('reason_out_of_place', 'an affirmative feedback gives no reason')
  const { listId, algorithm } = of
  const reasons = await askForReasons(desk, listId, algorithm)
  if (reasons.some(({ guid }) => guid === reasonId)) return
  const words = `the list service names no such reason for ${algorithm}: \`wardline lists feedback reasons ${listId} --type ${algorithm}\` shows those that it takes`
  throw refusal('reason_unknown', words)
}

const refusal = (code: string, words: string) => new Fault(code, words, { retry: 'never' })

/** Job `feedback`, subject: a feedback. */
export const feedback =
  (river: River): Handler =>
  async (job, signal) => {
    const { database, clock, vault, log } = river
    const ids = { feedback: job.subject }
    const step = await database.transact(async (tx) => {
      await holdLease(tx, clock, job)
      const step = await beginFeedback(tx, clock, vault, job.subject)
      if (step.kind === 'over') await finish(tx, job)
      return step
    })
    if (step.kind === 'over') {
      if (step.interrupted) log.error(ids, unknownWords)
      return { kind: 'done' }
    }
    journaled(river, 'feedback begun', ids)
    const way = river.feedback.get(step.listId)
    const outcome =
      way === undefined
        ? { kind: 'refused' as const, words: 'its list is not configured as one of NCMEC’s any more' }
        : await sendFeedback(way, step.feedback, { signal })
    await keepOutcome(river, job, outcome)
    journaled(river, 'feedback done', { ...ids, outcome: outcome.kind })
    switch (outcome.kind) {
      case 'not_sent': {
        const waitMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(job.attempts - 1, 10))
        return { kind: 'again', at: clock.now() + Math.max(waitMs, outcome.retryAfterMs ?? 0), why: outcome.words }
      }
      case 'unknown':
        log.error({ ...ids, why: outcome.words }, unknownWords)
        return { kind: 'done' }
      case 'refused':
        log.error({ ...ids, why: outcome.words }, 'ALERT: a feedback was not taken (wardline lists feedback list)')
        return { kind: 'done' }
      case 'accepted':
        return { kind: 'done' }
    }
  }

/** What the service answered is known here alone: also a worker that lost its lease meanwhile says it, for its heir takes it for unknown. */
function keepOutcome({ database, clock }: River, job: Job, outcome: Outcome): Promise<void> {
  const ends = outcome.kind !== 'not_sent'
  return writeEvenLate({ database, job, ends }, (tx) => endFeedback(tx, clock, job.subject, outcome))
}

type Outcome = Parameters<typeof endFeedback>[3]

const unknownWords =
  'ALERT: nobody knows whether a feedback arrived; look at the list service, then approve it again or refuse it ' +
  '(wardline lists feedback list)'
