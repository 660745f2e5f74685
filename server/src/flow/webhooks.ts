// Each event goes to the platform until the platform takes it; what hangs on its word follows then (event-taken.ts).
import { raiseAlert } from '#alerts'
import { chance } from '#base'
import type { Transaction } from '#db'
import { enqueueAllNow, finish, type Handler, holdLease, type Job, type Outcome, writeEvenLate } from '#jobs'
import {
  bodyOf,
  eventRow,
  giveUpMs,
  isAwaited,
  markDelivered,
  markFailed,
  markKept,
  numberEvents,
  post,
} from '#webhooks'
import { unlessPaused } from './paused.ts'
import { recallUntold, whyUntold } from './recall.ts'
import { journaled, type River } from './river.ts'
import { staleWords } from './stale-restore.ts'

/** For a worker of its own: an endpoint that hangs must not stand in the way of anything else. */
export const webhookHandlers = (river: River): Readonly<Record<'platform_event', Handler>> => ({
  platform_event: unlessPaused(river, sendEvent(river)),
})

type Row = NonNullable<Awaited<ReturnType<typeof eventRow>>>

/** Job `platform_event`, subject: an event. */
function sendEvent(river: River): Handler {
  const { database, clock, environment, vault, webhooks } = river
  // Of this process, as all of it is courtesy: until when the endpoint asked to be left alone, and whether it failed last.
  let quietUntil = 0
  let failing = false
  return async (job, signal) => {
    // Whoever fetches has them numbered then.
    if (webhooks !== undefined) await numberEvents(database)
    const row = await eventRow(database.read, job.subject)
    if (row?.state !== 'waiting') return over(river, job)
    if ((await whyUntold(river, database.read, row)) !== undefined) return recalled(river, job, row)
    if (webhooks === undefined) return unsent(river, job, row)
    if (row.number === null) return { kind: 'again', at: clock.now(), why: 'it was to be numbered anew this moment' }
    if (clock.now() < quietUntil)
      return { kind: 'again', at: quietUntil + chance(spreadMs), why: 'the webhook asked to wait (Retry-After)' }
    const body = bodyOf(vault, environment, { ...row, number: row.number })
    const outcome = await post(webhooks, { clock, environment }, { id: row.id, body }, signal)
    if (outcome.kind === 'taken') {
      const isBack = failing
      failing = false
      await keepDelivered(river, job, row, isBack)
      journaled(river, 'event sent', { event: row.id, type: row.type })
      river.wake()
      return { kind: 'done' }
    }
    failing = true
    if (outcome.retryAfterMs !== undefined) quietUntil = Math.max(quietUntil, clock.now() + outcome.retryAfterMs)
    return failed(river, job, row, { words: outcome.words, notBefore: quietUntil })
  }
}

/** Read again inside: sent anew in this moment, it must not lose its job. */
async function over({ database, clock }: River, job: Job): Promise<Outcome> {
  const isOver = await database.transact(async (tx) => {
    await holdLease(tx, clock, job)
    if ((await eventRow(tx, job.subject))?.state === 'waiting') return false
    await finish(tx, job)
    return true
  })
  return isOver ? { kind: 'done' } : { kind: 'again', at: clock.now(), why: 'it was asked for once more' }
}

/** Its notice is held by now or not to be told any more, or its restore does not hold: nothing of it goes out. */
async function recalled(river: River, job: Job, row: Row): Promise<Outcome> {
  const { database, clock, wake, log } = river
  const why = await database.transact(async (tx) => {
    await holdLease(tx, clock, job)
    if ((await whyUntold(river, tx, row)) === undefined) return undefined
    await finish(tx, job)
    return recallUntold(river, tx, row)
  })
  if (why === 'stands') log.error({ event: row.id, type: row.type }, `ALERT: ${staleWords.stands}`)
  wake()
  return why !== undefined ? { kind: 'done' } : { kind: 'again', at: clock.now(), why: 'it may be told after all' }
}

const hourMs = 3_600_000

/** Nowhere to send it. What something waits for is looked at again: a webhook may be configured, and the platform may fetch it. */
async function unsent(river: River, job: Job, row: Row): Promise<Outcome> {
  const words = 'no webhook is configured (webhooks.url), and the platform has not fetched it'
  if (isAwaited(row)) return failed(river, job, row, { words, notBefore: river.clock.now() + hourMs })
  await river.database.transact(async (tx) => {
    await holdLease(tx, river.clock, job)
    await markKept(tx, row)
    await finish(tx, job)
  })
  return { kind: 'done' }
}

/** It is there: also a worker that lost its lease meanwhile says so, so that its heir does not send it again. */
function keepDelivered({ database, clock }: River, job: Job, row: Row, isBack: boolean): Promise<void> {
  return writeEvenLate({ database, job, ends: true }, async (tx) => {
    await markDelivered(tx, clock, row)
    // What waited for its next try goes now.
    if (isBack) await enqueueAllNow(tx, clock, 'platform_event')
  })
}

/** An endpoint that restarts is no alarm. */
export const longFailingMs = 15 * 60_000

async function failed(
  river: River,
  job: Job,
  row: Row,
  { words, notBefore }: { readonly words: string; readonly notBefore: number },
): Promise<Outcome> {
  const { database, clock, log } = river
  const now = clock.now()
  const became = await database.transact(async (tx) => {
    await holdLease(tx, clock, job)
    const became = await markFailed(tx, clock, row, words)
    if (became !== 'waiting') await finish(tx, job)
    if (became === 'given_up') await sayFailing(river, tx, row, { state: 'given_up', words })
    else if (now - (row.first_tried_at ?? now) >= longFailingMs)
      await sayFailing(river, tx, row, { state: 'waiting', words })
    return became
  })
  if (became === 'given_up') {
    log.error(
      { event: row.id, type: row.type },
      `ALERT: the platform did not take this event in ${giveUpMs / hourMs / 24} days; it is not sent any more (wardline webhooks list --state given_up)`,
    )
    river.wake()
  }
  if (became !== 'waiting') return { kind: 'done' }
  return { kind: 'again', at: Math.max(notBefore + chance(spreadMs), now + backoffMs(row.attempts)), why: words }
}

/** What an endpoint held back does not come all at once. */
const spreadMs = 2_000
const firstMs = 5_000
const longestMs = 2 * hourMs

/** 5 s, 20 s, 80 s ... 2 h; the latter half is jitter. */
function backoffMs(attempts: number): number {
  const fullMs = Math.min(longestMs, firstMs * 4 ** Math.min(attempts, 10))
  return fullMs / 2 + chance(fullMs / 2)
}

/** Once a day for all that waits, and once a day for all that was given up: a platform that is away is one matter, not thousands. */
async function sayFailing(
  { clock, webhooks }: River,
  tx: Transaction,
  { id, type }: Row,
  { state, words }: { readonly state: 'waiting' | 'given_up'; readonly words: string },
): Promise<void> {
  await raiseAlert(tx, clock, {
    type: 'webhook.failing',
    subject: state === 'given_up' ? 'webhook given_up' : 'webhook',
    severity: state === 'given_up' ? 'urgent' : 'warning',
    data: { state, event: id, of: type, trouble: words, ...(webhooks === undefined && { way: 'fetched' }) },
  })
}
