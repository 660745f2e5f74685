// A report is filed: every step is written down before and after, so a crash between any two continues and doubles nothing.
import { caseState, moveCase } from '#cases'
import { finish, type Handler, type Job } from '#jobs'
import { casesOfReport, holdReport, journalIntent, openWay, performCall, showReport } from '#reports'
import { type Filing, holdsLease, writeDown } from './file-result.ts'
import { logBegun, logDone } from './logged.ts'
import { journaled } from './river.ts'
import { heldBack } from './set-aside.ts'

/** Without credentials the report is looked at again this often; a restart with credentials looks at once. */
const lookAgainMs = 10 * 60_000

/** Job `file`, subject: a report. One run goes as far as it can. */
export const file =
  (river: Filing): Handler =>
  async (job, signal) => {
    const { database, clock, vault } = river
    const way = openWay(river.reports)
    if (way.kind === 'cannot_report') return hold(river, job, way.missing)
    const ids = { report: job.subject }

    while (!signal.aborted) {
      const step = await database.transact(async (tx) => {
        if (!(await holdsLease(tx, clock, job))) return { kind: 'lost' as const }
        const { caseId } = await showReport(tx, job.subject)
        if (await heldBack(river, tx, job.subject, caseId)) {
          await finish(tx, job)
          return { kind: 'held_back' as const }
        }
        const step = await journalIntent(tx, clock, vault, { reportId: job.subject, environment: river.environment })
        if (step.kind === 'over') await finish(tx, job)
        return step
      })
      if (step.kind === 'held_back') journaled(river, 'held back for an entry', ids)
      if (step.kind === 'over' || step.kind === 'held_back') return { kind: 'done' }
      if (step.kind === 'lost') return { kind: 'again', at: clock.now(), why: 'the lease had run out' }
      if (step.kind === 'wait') {
        if (step.alert) river.log.error({ ...ids, because: step.because }, 'ALERT: filing waits until an operator acts')
        return { kind: 'again', at: step.untilMs, why: step.because }
      }
      journaled(river, `${step.name} begun`, ids)
      await logBegun(river, step)
      const result = await performCall(step, { client: way.client, db: database.read, vault })
      await logDone(river, step, result)
      const written = await writeDown(river, job, step, result)
      // Whoever has the job now goes on from there.
      if (written.kind === 'overtaken') return { kind: 'again', at: clock.now(), why: 'another worker went on' }
      const { standing } = written
      journaled(river, `${step.name} done`, { ...ids, state: standing.state })
      river.wake()
      if (standing.state === 'needs_person')
        river.log.error({ ...ids, trouble: standing.trouble }, 'ALERT: this report needs a person')
      if (!written.ours) return { kind: 'again', at: clock.now(), why: 'the lease had run out' }
      if (standing.state === 'finished' || standing.state === 'needs_person') return { kind: 'done' }
    }
    return { kind: 'again', at: clock.now(), why: 'the server is stopping' }
  }

/** The credentials were taken away after the report was queued: seen at the case and the report, and said each time. */
async function hold(river: Filing, job: Job, missing: readonly string[]) {
  const { database, clock } = river
  const over = await database.transact(async (tx) => {
    if (!(await holdsLease(tx, clock, job))) return false
    await holdReport(tx, clock, { reportId: job.subject, missing })
    const { state } = await showReport(tx, job.subject)
    if (state !== 'cannot_report') {
      await finish(tx, job)
      return true
    }
    for (const caseId of await casesOfReport(tx, job.subject))
      if ((await caseState(tx, caseId)) === 'reporting') await moveCase(tx, clock, caseId, 'credentials_missing')
    return false
  })
  if (over) return { kind: 'done' as const }
  river.wake()
  river.log.error(
    { report: job.subject, missing },
    'ALERT: this report is preserved and cannot be filed until the CyberTipline credentials are configured',
  )
  return { kind: 'again' as const, at: clock.now() + lookAgainMs, why: `missing: ${missing.join(', ')}` }
}
