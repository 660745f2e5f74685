// The river, one page: what comes in is scanned; what is found is settled, reported, told and, when dismissed, destroyed.
import type { Handler } from '#jobs'
import { compact } from './compact.ts'
import { destroy } from './destroy.ts'
import { entryCases } from './entry-cases.ts'
import { eventTaken } from './event-taken.ts'
import { feedback } from './feedback.ts'
import { file } from './file.ts'
import { hear } from './hear.ts'
import { factsDue } from './more-facts.ts'
import { notify } from './notify.ts'
import { unlessPaused } from './paused.ts'
import { repair } from './repair-steps.ts'
import { settle } from './report.ts'
import { reseal } from './reseal.ts'
import type { River } from './river.ts'
import { validate } from './validate.ts'

export { actionability, lacksOf } from './actionable.ts'
export { alertHandlers } from './alert.ts'
export { type BatchBy, type BatchForeseen, batchCases, foreseeBatch } from './batch.ts'
export { openCards } from './cards.ts'
export { cleanTests } from './clean.ts'
export { proposeForCase } from './correct.ts'
export { decideEntry, keepEntryAside, releaseEntry } from './decide-entry.ts'
export { closeCase, confirmCase, dismissCase } from './decided.ts'
export { approveAndSend, askForReasons } from './feedback.ts'
export { agesOf, beginFetching, type FetchGround, fetchHandlers, keepWatch } from './fetch.ts'
export { resumeFiling } from './filing-line.ts'
export type { Foresight } from './foresee.ts'
export { type Guards, openGuards } from './guards.ts'
export { decideOnAppeal, handBackAppeal, nextAppeal, seatAll } from './hear.ts'
export { lookUpHandlers } from './look-up.ts'
export { type Matching, openMatching } from './matching.ts'
export { addContext, type ContextTaken } from './more-facts.ts'
export { retryNotice } from './notify.ts'
export { noticeDelivered, noticeUndeliverable } from './notify-taken.ts'
export { decideAll, decideCase, decideNotice, decideReport, noteUnknown } from './pause-decisions.ts'
export { compareLogbook } from './paused.ts'
export { beginReading, letterHandlers } from './read-mail.ts'
export { readEvents, recallNotice, sendEventAgain } from './recall.ts'
export { approveRepair, type Beginning, beginRepair, refuseRepair } from './repair.ts'
export { type WrongGround, wrongGrounds } from './repair-grounds.ts'
export { laterCases } from './repair-later.ts'
export { type Reported, reportAnew } from './repair-report.ts'
export { markRestored } from './repair-restored.ts'
export { gatherAgain } from './repair-round.ts'
export { closeReport, retryReport } from './report.ts'
export type { Desk, FlowRules, River } from './river.ts'
export { type Scanner, scan } from './scan.ts'
export { letStand, repairAfterLook } from './second-look.ts'
export { resume, tidy } from './start.ts'
export { attachLetter } from './tray.ts'
export { listUncertain } from './uncertain.ts'
export { longReviewMs, openWatch, reviewMs } from './watch.ts'
export { longFailingMs, webhookHandlers } from './webhooks.ts'

/**
 * held ──settle──► report ──file──► receipt ──notify──► notice      (each arrow a job, queued in the transaction before)
 *   └─ review ─ confirm ─► report   └─ dismiss, or close what is never reported ──destroy──► tombstone
 * Urgent: a case that settles may be confirmed, and its report goes at once
 * It says too little: settle and confirm ──► waiting_facts ──more is said, or facts_due──► report
 * An entry is set aside: settle and file ──► set aside ── entry_cases ──► report or dismissed      a case teaches: feedback
 * A case opens ──look_up──► what the platform knows of the account, in its report      (asked once; a report waits a little)
 * Words about a notice ──hear──► an appeal, seated by chance ── decided ──► notice of the outcome, and of an overturned one its repair
 * An appeal was right: repair ──two people──► cases dismissed or repaired, reports taken back or corrected ──the platform took it──► notice
 * A test card in production: report ──validate──► validated, not sent ──notify──► notice to the operator
 */
export const handlers = (
  river: River,
): Readonly<
  Record<
    | 'compact_list'
    | 'reseal'
    | 'settle'
    | 'facts_due'
    | 'validate'
    | 'notify'
    | 'hear'
    | 'destroy'
    | 'entry_cases'
    | 'feedback'
    | 'event_taken'
    | 'repair',
    Handler
  >
> => ({
  compact_list: compact(river),
  reseal: reseal(river),
  settle: unlessPaused(river, settle(river)),
  facts_due: unlessPaused(river, factsDue(river)),
  validate: validate(river),
  notify: unlessPaused(river, notify(river)),
  hear: hear(river),
  destroy: unlessPaused(river, destroy(river)),
  entry_cases: unlessPaused(river, entryCases(river)),
  feedback: unlessPaused(river, feedback(river)),
  repair: unlessPaused(river, repair(river)),
  event_taken: eventTaken(river),
})

/** For a worker of its own, with as many hands as there may be uploads at a time. */
export const filingHandlers = (river: River): Readonly<Record<'file', Handler>> => ({
  file: unlessPaused(river, file(river)),
})
