// A report is filed: every step is written down before and after, so a crash between any two continues and doubles nothing.
import { caseReported, moveCase, readCase } from '#cases'
import type { Transaction } from '#db'
import { enqueue, finish, type Handler, holdLease, type Job } from '#jobs'
import { planNotice } from '#notices'
import { type FilingCall, type Journaled, journalIntent, journalResult, openWay, performCall } from '#reports'
import { journaled, type River } from './river.ts'

/** Without credentials the report is looked at again this often; a restart with credentials looks at once. */
const lookAgainMs = 10 * 60_000

/** Job `file`, subject: a report. One run goes as far as it can. */
export const file =
  (river: River): Handler =>
  async (job, signal) => {
    const { database, clock, vault } = river
    const way = openWay(river.reports)
    if (way.kind === 'cannot_report')
      return { kind: 'again', at: clock.now() + lookAgainMs, why: `missing: ${way.missing.join(', ')}` }
    const ids = { report: job.subject }

    while (!signal.aborted) {
      const step = await database.transact(async (tx) => {
        await holdLease(tx, clock, job)
        const step = await journalIntent(tx, clock, vault, { reportId: job.subject, environment: river.environment })
        if (step.kind === 'over') await finish(tx, job)
        return step
      })
      if (step.kind === 'over') return { kind: 'done' }
      if (step.kind === 'wait') {
        if (step.alert) river.log.error({ ...ids, because: step.because }, 'ALERT: filing waits until an operator acts')
        return { kind: 'again', at: step.untilMs, why: step.because }
      }
      journaled(river, `${step.name} begun`, ids)
      const result = await performCall(step, { client: way.client, db: database.read, vault })
      const standing = await database.transact(async (tx) => {
        await holdLease(tx, clock, job)
        const standing = await journalResult(tx, clock, vault, step, result)
        await follow(river, tx, job, step, standing)
        return standing
      })
      journaled(river, `${step.name} done`, { ...ids, state: standing.state })
      river.wake()
      if (standing.state === 'needs_person')
        river.log.error({ ...ids, trouble: standing.trouble }, 'ALERT: this report needs a person')
      if (standing.state === 'finished' || standing.state === 'needs_person') return { kind: 'done' }
    }
    return { kind: 'again', at: clock.now(), why: 'the server is stopping' }
  }

/** What the case and the notice make of a step's result, in the transaction that writes it down. */
async function follow(river: River, tx: Transaction, job: Job, step: FilingCall, standing: Journaled): Promise<void> {
  const { clock, vault } = river
  const found = await readCase(tx, vault, step.caseId)
  if (standing.state === 'cannot_report' && found.state === 'reporting')
    await moveCase(tx, clock, found.id, 'credentials_missing')
  if (standing.state !== 'cannot_report' && found.state === 'cannot_report')
    await moveCase(tx, clock, found.id, 'credentials_found')
  if (standing.state === 'needs_person') await finish(tx, job)
  if (standing.state !== 'finished' || standing.finishedAt === null) return

  // Order is law: preserved, reported, and only then told.
  await caseReported(tx, clock, vault, { caseId: found.id, finishedAt: standing.finishedAt })
  const planned = await planNotice(tx, clock, vault, {
    reportId: step.reportId,
    record: found,
    finishedAt: standing.finishedAt,
    policy: river.notices,
  })
  if (planned.state === 'waiting')
    await enqueue(tx, clock, {
      kind: 'notify',
      subject: planned.noticeId,
      runAt: planned.dueAt,
      uniqueKey: `notify ${planned.noticeId}`,
    })
  await finish(tx, job)
}
