// A report is what NCMEC is told about a case: drafted once, filed step by step, each step journaled, the receipt kept.
export { type Created, createReport } from './create.ts'
export { openWay, type Way } from './credentials.ts'
export { type FilingCall, type FilingStep, type Journaled, journalIntent, journalResult } from './journal.ts'
export { type Closing, closeByHand, holdReport, retryReport } from './mend.ts'
export { performCall } from './perform.ts'
export type { ReportSettings } from './settings.ts'
export {
  countReports,
  listReports,
  type ReportView,
  readByHand,
  readReceipt,
  reportOfCase,
  showReport,
} from './views.ts'
