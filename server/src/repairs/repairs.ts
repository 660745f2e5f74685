// A repair sets right what an overturned appeal showed to be wrong: its cases gathered and frozen, approved by two people, step by step.
export { approveRepair, refuseRepair } from './approve.ts'
export { areToRepair, isGathered } from './gathered.ts'
export { becauseOf, keepLetter, type LetterView, markLetterSent, openLetter } from './letter.ts'
export { casesOfRepair, type Does, type RepairCase, repairCaseOfEvent, toRestore, type Why } from './listed.ts'
export { nameNotice, untoldAccounts } from './of-account.ts'
export { keepReason } from './reasons.ts'
export {
  casesUndecided,
  heldByRepair,
  isAnyStopping,
  type Outcome,
  openMatches,
  openRepair,
  type RepairFacts,
  type RepairRecord,
  readRepair,
} from './records.ts'
export { addGathered, freeze, moveRepair, moveRepairCase, sendToReview } from './rows.ts'
export { listRepairs, type RepairView, showRepair, stuckRepairs } from './views.ts'
