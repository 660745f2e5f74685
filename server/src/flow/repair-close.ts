// One case of an approved repair: closed and given back, or handed to a person, or left until its report under way has ended.
import { type CaseRecord, caseRepaired, caseState, moveCase, readCase, standingCasesOfAccount } from '#cases'
import type { Transaction } from '#db'
import { dropJobs, enqueueNow } from '#jobs'
import { areToRepair, moveRepairCase, type RepairCase, type RepairRecord, sendToReview, type Why } from '#repairs'
import { casesOfReport, holdUnsubmitted, type ReportView, reportOfCase, stopReport, takeApart } from '#reports'
import { raiseEvent } from '#webhooks'
import { destroyLater, dismissIn } from './decided.ts'
import { endAppeals } from './hear-outcome.ts'
import { orUnreadable, standing } from './repair-gather.ts'
import { type Heard, weigh } from './repair-weigh.ts'
import type { River } from './river.ts'
import { aboutCase } from './tell-platform.ts'

type One = { readonly repair: RepairRecord; readonly heard: Heard; readonly row: RepairCase }

/** waits: its report is under way, and has to end first. */
export async function repairOne(river: River, tx: Transaction, one: One): Promise<'done' | 'waits'> {
  const { clock, vault } = river
  const { repair, row } = one
  const state = await caseState(tx, row.case_id)
  if (state === 'dismissed' || state === 'repaired' || state === 'tested') {
    await moveRepairCase(tx, clock, row, { state: 'left', why: 'over' })
    return 'done'
  }
  if (row.does === 'review') return review(river, tx, one, { id: row.case_id, state })
  const found = await orUnreadable(readCase(tx, vault, row.case_id))
  if (found === undefined) {
    await sendToReview(tx, repair.id, [row.case_id], 'unreadable')
    return review(river, tx, one, { id: row.case_id, state })
  }
  const doubt = await doubtOf(river, tx, one, found)
  if (doubt === undefined) return undo(river, tx, one, found)
  // What was approved is repaired, and what has come to stand on something else meanwhile is not.
  await sendToReview(tx, repair.id, [row.case_id], doubt)
  return review(river, tx, one, found)
}

async function doubtOf(
  river: River,
  tx: Transaction,
  { repair, heard }: Omit<One, 'row'>,
  found: CaseRecord,
): Promise<Why | undefined> {
  const weighed = await weigh(river, tx, found, { repair, heard })
  if (weighed.kind !== 'repair') return (weighed.kind === 'review' ? weighed.why : null) ?? 'another_ground'
  if (repair.outcome === 'context') return undefined
  return (await standsElsewhere(river, tx, found.id, { repair, heard })) ? 'account' : undefined
}

/** Another case of the same account stands: weighed as it is now, for much may have come since the list was frozen. */
async function standsElsewhere(
  river: River,
  tx: Transaction,
  caseId: string,
  { repair, heard }: Omit<One, 'row'>,
): Promise<boolean> {
  const others = await standingCasesOfAccount(tx, caseId, standing)
  if (!(await areToRepair(tx, repair.id, others))) return true
  for (const id of others) {
    const other = await orUnreadable(readCase(tx, river.vault, id))
    if (other === undefined || (await weigh(river, tx, other, { repair, heard })).kind !== 'repair') return true
  }
  return false
}

/** A person looks at it (again). Of a case whose report is finished that look files nothing. */
async function review(
  river: River,
  tx: Transaction,
  { repair, row }: One,
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
        const why = await tookApart(river, tx, report, repair.begunBy)
        if (why === 'apart') return inReview()
        await moveRepairCase(tx, clock, row, { state: 'stopping', ...(why === 'unknown' && { why: 'report_unknown' }) })
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
      await moveRepairCase(tx, clock, row, { state: 'stopping' })
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
  by: RepairRecord['begunBy'],
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

async function goOnFiling({ clock }: River, tx: Transaction, { id }: Pick<ReportView, 'id'>): Promise<void> {
  await enqueueNow(tx, clock, { kind: 'file', subject: id, uniqueKey: `file ${id}` })
}

/** Ended as an error, and the platform is asked to undo what it did. */
async function undo(river: River, tx: Transaction, one: One, found: CaseRecord): Promise<'done' | 'waits'> {
  const { clock, vault, rules } = river
  const { repair, row } = one
  const report = await reportOfCase(tx, found.id)
  switch (found.state) {
    case 'settling':
    case 'set_aside':
    case 'waiting_review':
    case 'waiting_facts':
      await dismissIn(river, tx, found.id, {
        by: repair.begunBy,
        reason: `repair ${repair.number}: ${repair.facts.reason}`,
        falseMatch: repair.outcome !== 'context' || undefined,
        teaches: false,
      })
      break
    case 'reporting':
    case 'cannot_report': {
      if (report !== undefined && !(await isTakenBack(river, tx, one, report))) return 'waits'
      // Nothing of it stands at NCMEC, so no duty keeps its evidence: the short window of a dismissed case.
      await caseRepaired(tx, clock, vault, { caseId: found.id, windowMs: rules.dismissedKeepMs })
      await destroyLater(river, tx, found)
      break
    }
    case 'reported':
    case 'closed':
    case 'reviewed_again':
      // 18 U.S.C. 2258A(h)(1): what was provided in a finished report is kept for its year, error or not (decision 18).
      await caseRepaired(tx, clock, vault, { caseId: found.id, windowMs: null })
      break
    case 'dismissed':
    case 'repaired':
    case 'tested':
      throw new Error('a case that is over is not repaired')
  }
  const finished = report?.state === 'finished' || report?.state === 'filed_by_hand'
  await endAppeals(river, tx, { caseId: found.id, repairId: repair.id, error: repair.outcome })
  const eventId = await restore(river, tx, one, found)
  await moveRepairCase(tx, clock, row, {
    state: 'closed',
    event_id: eventId,
    ...(finished && { report_id: report.id }),
  })
  return 'done'
}

/** Only when nobody is at work on it; else its own job sees what is wanted before its next step. */
async function isTakenBack(river: River, tx: Transaction, one: One, report: ReportView): Promise<boolean> {
  const { clock, vault } = river
  const { repair, row } = one
  const waits = async (why: Why | null = null) => {
    await moveRepairCase(tx, clock, row, { state: 'stopping', why })
    return false
  }
  const isOurs = await areToRepair(tx, repair.id, await casesOfReport(tx, report.id))
  if (!isOurs || !(await dropJobs(tx, [report.id]))) return waits()
  switch (await stopReport(tx, clock, vault, { reportId: report.id, by: repair.begunBy })) {
    case 'withdrawn':
      return true
    case 'stopping':
      await goOnFiling(river, tx, report)
      return waits()
    case 'stands':
      return waits()
    case 'unknown':
      return waits('report_unknown')
  }
}

async function restore(river: River, tx: Transaction, { repair, heard }: One, found: CaseRecord): Promise<string> {
  const { clock, vault } = river
  const about = await aboutCase(tx, found)
  const isWhole = about.account !== null && !(await standsElsewhere(river, tx, found.id, { repair, heard }))
  return raiseEvent(tx, clock, vault, {
    type: 'repair.restore',
    onceKey: `repair.restore ${repair.id} ${found.id}`,
    isTest: found.isTest,
    data: {
      ...about,
      repair: repair.id,
      asks: isWhole ? ['restore_content', 'restore_account'] : ['restore_content'],
      decidedAt: clock.now(),
    },
  })
}
