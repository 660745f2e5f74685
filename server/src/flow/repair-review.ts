// A case of a repair that something else holds, or that is in doubt: handed to a person, and its unfinished report held or taken back.
import { type CaseRecord, caseState, moveCase } from '#cases'
import type { Transaction } from '#db'
import { dropJobs, enqueueNow } from '#jobs'
import { moveRepairCase, type RepairCase, type RepairRecord, waitForReport } from '#repairs'
import { holdUnsubmitted, type ReportView, reportOfCase, stopReport, takeApart } from '#reports'
import type { River } from './river.ts'

/** A person looks at it (again). Of a case whose report is finished that look files nothing. */
export async function review(
  river: River,
  tx: Transaction,
  { repair, row }: { readonly repair: RepairRecord; readonly row: RepairCase },
  found: Pick<CaseRecord, 'id' | 'state'>,
): Promise<'done' | 'waits'> {
  const { clock, vault } = river
  const inReview = async () => {
    await moveRepairCase(tx, clock, row, { state: 'in_review' })
    return 'done' as const
  }
  switch (found.state) {
    case 'settling':
    case 'set_aside':
    case 'waiting_facts':
    case 'closed':
      await moveCase(tx, clock, found.id, 'doubted')
      return inReview()
    case 'reported':
      await moveCase(tx, clock, found.id, 'to_look_again')
      return inReview()
    case 'reporting':
    case 'cannot_report': {
      const report = await reportOfCase(tx, found.id)
      if (report?.isBatched) {
        const why = await tookApart(river, tx, report, repair.begun_by)
        if (why === 'apart') return inReview()
        await waitForReport(tx, clock, row, why === 'unknown' ? 'report_unknown' : undefined)
        return 'waits'
      }
      // It waits for a person already, who hears that something it rests on was wrong.
      if (report?.state === 'needs_person') return inReview()
      const isHeld =
        report === undefined ||
        report.state === 'withdrawn' ||
        ((await dropJobs(tx, [report.id])) && (await holdUnsubmitted(tx, clock, vault, report.id, heldWords)))
      if (isHeld) {
        await moveCase(tx, clock, found.id, 'doubted')
        return inReview()
      }
      // It is submitted: it goes to its end, and then a person looks.
      await goOnFiling(river, tx, report)
      await waitForReport(tx, clock, row)
      return 'waits'
    }
    case 'waiting_review':
    case 'reviewed_again':
    case 'dismissed':
    case 'repaired':
    case 'tested':
      return inReview()
  }
}

/**
 * A report of several cases, of which one is in doubt, is filed for none of them: it is withdrawn, or retracted, and a person decides about
 * each of its cases, which are then told one by one.
 */
async function tookApart(
  river: River,
  tx: Transaction,
  report: ReportView,
  by: RepairRecord['begun_by'],
): Promise<'apart' | 'waits' | 'unknown'> {
  const { clock, vault } = river
  if (report.state !== 'withdrawn') {
    if (!(await dropJobs(tx, [report.id]))) return 'waits'
    const stopped = await stopReport(tx, clock, vault, { reportId: report.id, by })
    if (stopped === 'stopping') await goOnFiling(river, tx, report)
    if (stopped !== 'withdrawn') return stopped === 'unknown' ? 'unknown' : 'waits'
  }
  for (const caseId of await takeApart(tx, clock, report.id)) {
    const state = await caseState(tx, caseId)
    if (state === 'reporting' || state === 'cannot_report') await moveCase(tx, clock, caseId, 'doubted')
  }
  return 'apart'
}

const heldWords = 'waits: something its case rests on was found to be wrong, and a person has to look at the case first'

export async function goOnFiling({ clock }: River, tx: Transaction, { id }: Pick<ReportView, 'id'>): Promise<void> {
  await enqueueNow(tx, clock, { kind: 'file', subject: id, uniqueKey: `file ${id}` })
}
