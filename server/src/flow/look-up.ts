// After a match the operator's own system is asked what it knows of the account. A report waits for the answer, but never long.

import { Fault } from '#base'
import { type CaseRecord, endLookUp, type LookUpEnd, noteLookUpTrouble, readCase } from '#cases'
import { fetchAccount } from '#intake'
import { finish, type Handler, holdLease, type Job } from '#jobs'
import { noteLookUp, reportOfCase } from '#reports'
import { outcomes } from './look-up-wait.ts'
import { lookAgain } from './more-facts.ts'
import { unlessPaused } from './paused.ts'
import { say, tryAgain } from './report.ts'
import { journaled, type River } from './river.ts'

/** For a worker of their own: a system that hangs must not stand in the way of reports. */
export const lookUpHandlers = (river: River): Readonly<Record<'look_up', Handler>> => ({
  look_up: unlessPaused(river, lookUp(river)),
})

/** Job `look_up`, subject: a case. */
const lookUp =
  (river: River): Handler =>
  async (job, signal) => {
    const { database, clock, vault } = river
    const found = await readCase(database.read, vault, job.subject)
    if (found.lookUp?.state === 'waiting' && isOver(found)) {
      await over(river, job, found, { state: 'given_up' })
      return { kind: 'done' }
    }
    if (found.lookUp?.state !== 'waiting') {
      await database.transact((tx) => finish(tx, job))
      return { kind: 'done' }
    }
    try {
      const end = await asked(river, found, job, signal)
      await over(river, job, found, end)
      return { kind: 'done' }
    } catch (error) {
      if (!(error instanceof Fault) || !/^look_up_/.test(error.code)) throw error
      const { message } = error
      const at = nextTry(found, clock.now())
      await database.transact((tx) => noteLookUpTrouble(tx, found.id, message))
      if (at !== undefined) return { kind: 'again', at, why: message }
      await over(river, job, found, { state: 'given_up' })
      const ids = { case: found.id, trouble: message }
      river.log.error(ids, 'ALERT: the account look-up gave no answer in time; the report is filed with what is known')
      return { kind: 'done' }
    }
  }

/** Nothing is told of it any more, so nobody is asked. */
const isOver = ({ state }: CaseRecord) => ended.some((one) => one === state)
const ended = ['reported', 'dismissed', 'tested', 'closed', 'repaired', 'reviewed_again'] as const

async function asked(river: River, found: CaseRecord, job: Job, signal: AbortSignal): Promise<LookUpEnd> {
  const { account } = found.context
  // It was taken out of the configuration since.
  if (river.lookUp === undefined || account === undefined) return { state: 'given_up' }
  const answer = await fetchAccount(
    river.lookUp,
    river,
    {
      id: job.id,
      caseId: found.id,
      accountId: account.id,
      organisationId: account.organisation?.id,
      scanIds: found.files.flatMap((file) => file.occurrences.map((one) => one.scanId)),
    },
    signal,
  )
  return answer === null ? { state: 'unknown' } : { state: 'answered', account: answer }
}

const secondMs = 1000
const minuteMs = 60 * secondMs
const dayMs = 24 * 60 * minuteMs

/**
 * Half as long again as it has lasted, from 5 s to 10 min, and once more when the waiting is over. Undefined: given up. A case
 * on which nothing waits yet is asked about for a day.
 */
function nextTry({ state, lookUp }: CaseRecord, now: number): number | undefined {
  if (lookUp === null) return undefined
  const isOpen = state !== 'reporting' && state !== 'cannot_report'
  const end = isOpen ? Math.max(lookUp.waitUntil, lookUp.askedAt + dayMs) : lookUp.waitUntil
  if (now >= end) return undefined
  const pause = Math.min(10 * minuteMs, Math.max(5 * secondMs, (now - lookUp.askedAt) / 2))
  return now < lookUp.waitUntil ? Math.min(now + pause, lookUp.waitUntil) : now + pause
}

/** Its report, if nothing of it was sent yet, is drafted anew with what is known now, and goes. */
async function over(river: River, job: Job, { id }: CaseRecord, end: LookUpEnd): Promise<void> {
  const { database, clock, vault } = river
  const alert = await database.transact(async (tx) => {
    await holdLease(tx, clock, job)
    await finish(tx, job)
    if (!(await endLookUp(tx, clock, vault, { caseId: id, end }))) return undefined
    const report = await reportOfCase(tx, id)
    // What was missing may have come.
    if (report === undefined) return lookAgain(river, tx, id)
    if (report.state !== 'waiting') return undefined
    await noteLookUp(tx, clock, { reportId: report.id, phase: 'result', outcome: outcomes[end.state] })
    await tryAgain(river, tx, report.id, 'wardline')
    return undefined
  })
  say(river, alert)
  journaled(river, `look-up ${end.state}`, { case: id })
  river.wake()
}
