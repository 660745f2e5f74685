// A report is what NCMEC is told about a case: drafted once, filed step by step, each step journaled, the receipt kept.
export { type Created, createReport, createUnsentReport } from './create.ts'
export { missingCredentials, openWay, type Way } from './credentials.ts'
export { type FilingCall, type FilingStep, type Journaled, journalIntent, journalResult } from './journal.ts'
export { noteLookUp } from './look-up.ts'
export { type Closing, closeByHand, holdReport, holdUnsubmitted, retryReport, withdrawReport } from './mend.ts'
export { performCall } from './perform.ts'
export { type Fileable, isFileable } from './purpose.ts'
export type { ReportSettings } from './settings.ts'
export { removeReport } from './store.ts'
export { type Validated, validateReport } from './validate.ts'
export {
  countReports,
  listReports,
  type ReportView,
  readByHand,
  readReceipt,
  reportOfCase,
  showReport,
} from './views.ts'
