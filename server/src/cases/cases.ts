// A case is what people work on: one account's finds on one route, from the first match to a report or a dismissal.
export { confirm, type Decision, type Dismissal, dismiss } from './decisions.ts'
export type { CaseContext, FoundFile, FoundGround } from './facts.ts'
export { type Find, type Joined, openOrJoin } from './join.ts'
export { caseReported, moveCase } from './moves.ts'
export { type ScanState, scanState } from './scans.ts'
export { caseState } from './store.ts'
export type { CaseEvent, CaseState } from './transitions.ts'
export { type CaseFile, type CaseRecord, countCases, listCases, readCase, showCase } from './views.ts'
