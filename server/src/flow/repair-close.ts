// One case of an approved repair: closed and given back, or handed to a person, or left until its report under way has ended.
import { type CaseRecord, caseRepaired, caseState, orUnreadable, readCase, standingCasesOfAccount } from '#cases'
import type { Transaction } from '#db'
import { dropJobs } from '#jobs'
import {
  areToRepair,
  moveRepairCase,
  type RepairCase,
  type RepairRecord,
  sendToReview,
  type Why,
  waitForReport,
} from '#repairs'
import { casesOfReport, type ReportView, reportOfCase, stopReport } from '#reports'
import { raiseEvent } from '#webhooks'
import { destroyLater, dismissIn } from './decided.ts'
import { endAppeals } from './hear-outcome.ts'
import { standing } from './repair-gather.ts'
import { goOnFiling, review } from './repair-review.ts'
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
    await sendToReview(tx, repair.id, row.case_id, 'unreadable')
    return review(river, tx, one, { id: row.case_id, state })
  }
  const doubt = await doubtOf(river, tx, one, found)
  if (doubt === undefined) return undo(river, tx, one, found)
  // What was approved is repaired, and what has come to stand on something else meanwhile is not.
  await sendToReview(tx, repair.id, row.case_id, doubt)
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
        by: repair.begun_by,
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
    await waitForReport(tx, clock, row, why)
    return false
  }
  const isOurs = await areToRepair(tx, repair.id, await casesOfReport(tx, report.id))
  if (!isOurs || !(await dropJobs(tx, [report.id]))) return waits()
  switch (await stopReport(tx, clock, vault, { reportId: report.id, by: repair.begun_by })) {
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
  // Else it was asked a moment ago, and this case would not be here.
  const isAlone = repair.outcome !== 'context' || !(await standsElsewhere(river, tx, found.id, { repair, heard }))
  const isWhole = about.account !== null && isAlone
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
