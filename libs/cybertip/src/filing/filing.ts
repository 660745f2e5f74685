// Filing one report, step by step, so that it can die between any two and go on. Per step:
//   action = next(state, now)            what to do
//   state  = begin(state, action)        write this down, then call
//   state  = after(state, action, outcome, now)   write this down
export { after, type Happened, type Outcome } from './after.ts'
export { tryAgain, withdraw } from './ending.ts'
export { type Action, begin, type Call, next } from './next.ts'
export {
  draft,
  expiresAtMs,
  type FilingFile,
  type FilingState,
  type OpenReport,
  type PastReport,
  type State,
  type Why,
} from './state.ts'
export { type QueueStopping, stopsQueue } from './waiting.ts'
