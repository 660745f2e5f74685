// A report is what NCMEC is told about a case: drafted once, filed step by step, each step journaled, the receipt kept.
export { correctionsOf, createCorrection, takenBackBy, unfiledCorrections } from './correct.ts'
export { type Created, createBatchedReport, createReport, createUnsentReport } from './create.ts'
export { missingCredentials, openWay, type Way } from './credentials.ts'
export { openDocuments, type ReportDocument } from './documents.ts'
export type { BatchFacts } from './draft-batch.ts'
export { draftMore } from './draft-more.ts'
export { casesOfReport, draftOfCase } from './drafting.ts'
export { type Explanation, explainReport } from './explain.ts'
export { type FilingCall, type FilingStep, type Journaled, journalIntent, journalResult } from './journal.ts'
export { countLate, type Unfiled, unfiledReports } from './late.ts'
export { keepLateReceipt } from './late-receipt.ts'
export { type Gate, hastenLine, type Line, type LineNews, noteOnLine, passLine, readLine } from './line.ts'
export { noteLookUp } from './look-up.ts'
export { type Closing, closeByHand, holdReport, holdUnsubmitted, retryReport, withdrawReport } from './mend.ts'
export { explainNoReport, type NoReport } from './no-report.ts'
export { performCall } from './perform.ts'
export { type Fileable, isFileable } from './purpose.ts'
export { codeWords } from './refusal.ts'
export { type TellingMarks, tellingMarks } from './release.ts'
export { diffSchema, type SchemaDiff } from './schema-diff.ts'
export { type Lack, lackOf, type Score, score } from './score.ts'
export { type Credentials, credentialsOf, type ReportSettings, reportSettings } from './settings.ts'
export { type Stopped, stopReport, takeApart } from './stop.ts'
export { removeReport } from './store.ts'
export { type Validated, validateReport } from './validate.ts'
export {
  caseOfReport,
  countReports,
  findReport,
  listReports,
  type ReportView,
  readByHand,
  readOpenId,
  readReceipt,
  reportOfCase,
  showReport,
} from './views.ts'
