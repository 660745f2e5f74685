// A repair sets right what an overturned appeal showed to be wrong: its cases gathered and frozen, approved by two people, step by step.
export { approveRepair, peopleWhoDecided, refuseRepair } from './approve.ts'
export { keepLetter, type LetterView, markLetterSent, openLetter } from './letter.ts'
export {
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
export { countRepairs, listRepairs, type RepairView, showRepair, stuckRepairs } from './views.ts'
