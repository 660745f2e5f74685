// The river, one page: what comes in is scanned; what is found is settled, reported, told and, when dismissed, destroyed.
import type { Handler } from '#jobs'
import { compact } from './compact.ts'
import { destroy } from './destroy.ts'
import { entryCases } from './entry-cases.ts'
import { feedback } from './feedback.ts'
import { file } from './file.ts'
import { notify } from './notify.ts'
import { settle } from './report.ts'
import type { River } from './river.ts'
import { validate } from './validate.ts'

export { alertHandlers } from './alert.ts'
export { openCards } from './cards.ts'
export { cleanTests } from './clean.ts'
export { proposeForCase } from './correct.ts'
export { decideEntry, keepEntryAside, releaseEntry } from './entry-cases.ts'
export { approveAndSend, askForReasons } from './feedback.ts'
export { agesOf, beginFetching, type FetchGround, fetchHandlers, keepWatch } from './fetch.ts'
export type { Foresight } from './foresee.ts'
export { type Guards, openGuards } from './guards.ts'
export { lookUpHandlers } from './look-up.ts'
export { type Matching, openMatching } from './matching.ts'
export { retryNotice } from './notify.ts'
export { closeReport, confirmCase, dismissCase, retryReport } from './report.ts'
export type { Desk, FlowRules, River } from './river.ts'
export { type Scanner, scan } from './scan.ts'
export { resume, tidy } from './start.ts'

/**
 * held ──settle──► report ──file──► receipt ──notify──► notice      (each arrow a job, queued in the transaction before)
 *   └─ review ─ confirm ─► report   └─ dismiss ──destroy──► tombstone
 * An entry is set aside: settle and file ──► set aside ── entry_cases ──► report or dismissed      a case teaches: feedback
 * A case opens ──look_up──► what the platform knows of the account, in its report      (asked once; a report waits a little)
 * A test card in production: report ──validate──► validated, not sent ──notify──► notice to the operator
 */
export const handlers = (
  river: River,
): Readonly<
  Record<'compact_list' | 'settle' | 'file' | 'validate' | 'notify' | 'destroy' | 'entry_cases' | 'feedback', Handler>
> => ({
  compact_list: compact(river),
  settle: settle(river),
  file: file(river),
  validate: validate(river),
  notify: notify(river),
  destroy: destroy(river),
  entry_cases: entryCases(river),
  feedback: feedback(river),
})
