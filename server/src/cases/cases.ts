// A case is what people work on: one account's finds on one route, from the first match to a report or a dismissal.

export { samePicture } from './alike.ts'
export { hasDecided, recordDecider } from './deciders.ts'
export { type Confirmation, closeUnreported, confirm, type Dismissal, dismiss } from './decisions.ts'
export type { CaseContext, FoundFile, FoundGround } from './facts.ts'
export { accountKey, type Find, type Joined, openOrJoin } from './join.ts'
export { groundsKept } from './kept.ts'
export { accountWords, lastSaid } from './last-said.ts'
export { addLaterWord, type LaterWord } from './later.ts'
export {
  accountOf,
  beginLookUp,
  endLookUp,
  type LookUp,
  type LookUpEnd,
  noteLookUpTrouble,
} from './look-ups.ts'
export { caseRepaired, caseReported, caseTested, caseWaitsForFacts, moveCase } from './moves.ts'
export { type Reportable, type ReportableGround, reportableFiles } from './reportable.ts'
export { fileOfScan, type ScanState, scanState, scansOfCase } from './scans.ts'
export {
  caseNumber,
  caseState,
  casesOfEntry,
  casesOfFile,
  casesWithoutEntries,
  entryKeysOf,
  numbersOfCases,
  recordEntries,
  standingCasesOfAccount,
} from './store.ts'
export { addSupplement, type CaseSupplement, supplementBytes } from './supplements.ts'
export { countTestCases, isTestCase, removeTestCase, testCases, testsAmong } from './tests.ts'
export type { CaseEvent, CaseState } from './transitions.ts'
export { orUnreadable } from './unreadable.ts'
export { type Displayed, recordView, type ViewEvent, viewedFlags, viewsOf } from './viewing.ts'
export { type CaseFile, type CaseRecord, type Coming, countCases, listCases, readCase, showCase } from './views.ts'
export { countWaiting, type WaitingCase, waitingCases } from './waiting.ts'
