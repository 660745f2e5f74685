// A repair sets right what an overturned appeal showed to be wrong: its cases gathered and frozen, approved by two people, step by step.
export { approveRepair, refuseRepair } from './approve.ts'
export { keepLetter, type LetterView, markLetterSent, openLetter } from './letter.ts'
export { nameNotice, untoldAccounts } from './of-account.ts'
export {
  casesUndecided,
  heldByRepair,
  isToBeStopped,
  type Outcome,
  openRepair,
  type RepairFacts,
  type RepairRecord,
  readRepair,
} from './records.ts'
export {
  addGathered,
  areToRepair,
  casesOfRepair,
  type Does,
  freeze,
  isGathered,
  type Left,
  moveRepair,
  moveRepairCase,
  type RepairCase,
  repairCaseOfEvent,
  sendToReview,
  type Why,
} from './rows.ts'
export { listRepairs, type RepairView, showRepair, stuckRepairs } from './views.ts'
