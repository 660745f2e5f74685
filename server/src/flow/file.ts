// A report is filed: every step is written down before and after, so a crash between any two continues and doubles nothing.
import { caseState, moveCase } from '#cases'
import { finish, type Handler, holdsLease, type Job } from '#jobs'
import {
  caseOfReport,
  casesOfReport,
  holdReport,
  journalIntent,
  openWay,
  passLine,
  performCall,
  showReport,
  type Way,
} from '#reports'
import { type Filing, writeDown } from './file-result.ts'
import { noteCall, sayOfLine } from './filing-line.ts'
import { logBegun, logDone } from './logged.ts'
import { bearingOfRepairs, repairWords } from './repair-hold.ts'
import { journaled } from './river.ts'
import { heldBack } from './set-aside.ts'

type Cybertip = Extract<Way, { kind: 'client' }>['client']

/** A line may open sooner than it said, in the very moment in which this job goes back to wait for it. */
const lookBackMs = 2 * 60_000

/** Without credentials the report is looked at again this often; a restart with credentials looks at once. */
const lookAgainMs = 10 * 60_000

/** Job `file`, subject: a report. One run goes as far as it can. As many run at once as uploads may. */
export const file =
  (river: Filing): Handler =>
  async (job, signal) => {
    const { database, clock, vault } = river
    const way = openWay(river.reports)
    if (way.kind === 'cannot_report') return hold(river, job, way.missing)
    const ids = { report: job.subject }

    // Whoever has just found the line to be well again need not ask once more before the first step.
    let looked = false
    while (!signal.aborted) {
      const step = await database.transact(async (tx) => {
        if (!(await holdsLease(tx, job))) return { kind: 'lost' as const }
        const caseId = await caseOfReport(tx, job.subject)
        const repair = await bearingOfRepairs(river, tx, job.subject)
        if (repair === 'waits')
          return { kind: 'closed' as const, untilMs: clock.now() + lookBackMs / 4, why: repairWords }
        if (repair === 'withdrawn' || (await heldBack(river, tx, job.subject, caseId))) {
          await finish(tx, job)
          return { kind: 'held_back' as const }
        }
        const gate = looked ? { kind: 'pass' as const } : await passLine(tx, clock, vault, river.reports)
        if (gate.kind !== 'pass') return gate
        const step = await journalIntent(tx, clock, vault, { reportId: job.subject, environment: river.environment })
        if (step.kind === 'over') await finish(tx, job)
        return step
      })
      if (step.kind === 'held_back') journaled(river, 'held back for an entry', ids)
      if (step.kind === 'over' || step.kind === 'held_back') return { kind: 'done' }
      if (step.kind === 'lost') return { kind: 'again', at: clock.now(), why: 'the lease had run out' }
      if (step.kind === 'closed')
        return { kind: 'again', at: Math.min(step.untilMs, clock.now() + lookBackMs), why: step.why }
      if (step.kind === 'probe') {
        if (!(await looksWell(river, way.client)))
          return { kind: 'again', at: clock.now() + lookAgainMs, why: 'filing is stopped for all reports' }
        looked = true
        continue
      }
      if (step.kind === 'wait') {
        if (step.alert) river.log.error({ ...ids, because: step.because }, 'ALERT: filing waits until an operator acts')
        return { kind: 'again', at: step.untilMs, why: step.because }
      }
      looked = false
      journaled(river, `${step.name} begun`, ids)
      await logBegun(river, step)
      const result = await performCall(step, { client: way.client, db: database.read, vault })
      await logDone(river, step, result)
      const written = await writeDown(river, job, step, result)
      // Whoever has the job now goes on from there.
      if (written.kind === 'overtaken') return { kind: 'again', at: clock.now(), why: 'another worker went on' }
      const { standing } = written
      journaled(river, `${step.name} done`, { ...ids, state: standing.state })
      sayOfLine(river, written.line)
      // Between two steps of one report nobody else has anything to do.
      if (standing.state !== 'filing' || written.line !== undefined) river.wake()
      if (standing.state === 'needs_person')
        river.log.error({ ...ids, trouble: standing.trouble }, 'ALERT: this report needs a person')
      if (!written.ours) return { kind: 'again', at: clock.now(), why: 'the lease had run out' }
      if (standing.state === 'finished' || standing.state === 'needs_person') return { kind: 'done' }
    }
    return { kind: 'again', at: clock.now(), why: 'the server is stopping' }
  }

/** Asks /status with the line stopped. Well there says little of rights, so the next step of this one report is the proof. */
async function looksWell(river: Filing, client: Cybertip): Promise<boolean> {
  const answer = await client.status()
  const outcome = answer.kind === 'ok' ? answer : answer.facts()
  if (outcome.kind === 'ok') return true
  await river.database.transact((tx) => noteCall(river, tx, outcome))
  return false
}

/** The credentials were taken away after the report was queued: seen at the case and the report, and said once of each. */
async function hold(river: Filing, job: Job, missing: readonly string[]) {
  const { database, clock } = river
  const became = await database.transact(async (tx) => {
    if (!(await holdsLease(tx, job))) return 'as_before' as const
    const isNews = await holdReport(tx, clock, { reportId: job.subject, missing })
    const { state } = await showReport(tx, job.subject)
    if (state !== 'cannot_report') {
      await finish(tx, job)
      return 'over' as const
    }
    for (const caseId of await casesOfReport(tx, job.subject))
      if ((await caseState(tx, caseId)) === 'reporting') await moveCase(tx, clock, caseId, 'credentials_missing')
    return isNews ? ('held' as const) : ('as_before' as const)
  })
  if (became === 'over') return { kind: 'done' as const }
  river.wake()
  if (became === 'held')
    river.log.error(
      { report: job.subject, missing },
      'ALERT: this report is preserved and cannot be filed until the CyberTipline credentials are configured',
    )
  return { kind: 'again' as const, at: clock.now() + lookAgainMs, why: `missing: ${missing.join(', ')}` }
}
