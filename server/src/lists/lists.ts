// The hash lists: how they are read from files, kept sealed, and given to the matcher.

export {
  type AsideView,
  type Breaker,
  type BulkSays,
  countHit,
  endBulk,
  forgetHits,
  keepAside,
  listSetAsides,
  readBulk,
  recordBulk,
  releasedWithCases,
  releaseEntry,
  setAsideAmong,
  type Tripped,
} from './aside/aside.ts'
export { type Block, blockRow, digestBytes, encodeBlock, MOST_VALUES, openBlock, putAt } from './block.ts'
export {
  countCanaries,
  loadCanaries,
  makeCanaries,
  openCanaryWatch,
  removeCanaries,
  tidyCanaries,
} from './canaries/canaries.ts'
export {
  CARDS_LIST,
  CARDS_SOURCE,
  type Drawing,
  readDrawing,
  readTestCards,
  type TestCard,
  type TestCards,
} from './cards/cards.ts'
export {
  applyChanges,
  askToCompact,
  CHANGES_A_BLOCK,
  type ListToOpen,
  openList,
  readEntries,
  type SealedChanges,
  sealChanges,
} from './changes.ts'
export { compactList, listsToCompact } from './compact.ts'
export {
  approveCorrection,
  type CorrectionView,
  countCorrections,
  declareCorrection,
  listCorrections,
  loadCorrections,
  openSilencer,
  proposeCorrection,
  refuseCorrection,
  removeCorrections,
  withdrawCorrection,
} from './corrections/corrections.ts'
export { countEntries } from './count.ts'
export {
  type DisabledEntries,
  disabledAmong,
  disableEntries,
  enableEntries,
  loadDisabled,
} from './disabled/disabled.ts'
export { countDisabledRows as countDisabled } from './disabled/store.ts'
export {
  type Algorithm,
  algorithms,
  type Change,
  DEFAULT_POLICY,
  DEFAULT_RADIUS_BITS,
  type Entry,
  type HashList,
  type ListClass,
  type ListPolicy,
  listClasses,
  type Put,
} from './entry.ts'
export {
  approveFeedback,
  beginFeedback,
  countFeedback,
  endFeedback,
  type FeedbackView,
  listFeedback,
  prepareFeedback,
  reasonsOf,
  refuseFeedback,
} from './feedback/feedback.ts'
export { removeFeedback } from './feedback/store.ts'
export { guardsVersion } from './guards.ts'
export { heldAsBlocks, type ImportSummary, type ImportTo, importList } from './import.ts'
export { moveRows } from './move.ts'
export { type EntryName, entryKey, nameText } from './name.ts'
export { distanceBits, NEVER_MATCH_LIST, type NeverMatch, sealNeverMatch } from './never-match.ts'
export { type ReadList, type ReadOptions, readList } from './read/read.ts'
export { isReportable, type ReportableClass, reporting } from './reporting.ts'
export { type NcmecFeed, ncmecFeedNames, ncmecFeeds } from './sources/address.ts'
export { type Alert, type AlertSettings, sendAlert } from './sources/alert.ts'
export { formats as fileFormats } from './sources/file-rows.ts'
export { type FeedbackAlgorithm, type FeedbackWay, feedbackReasons, sendFeedback } from './sources/ncmec-feedback.ts'
export { type ListSummary, listsVersion, summariseLists } from './store.ts'
export { type ListsNow, listsSince, readBlock } from './store-blocks.ts'
export { removedLists } from './store-removed.ts'
export { finishRemovals, removeList } from './sync/remove.ts'
export type { Progress, SyncGround } from './sync/run.ts'
export type { ConfiguredList, ListOrigin } from './sync/settings.ts'
export { beginSync } from './sync/store.ts'
export { listRejected, type RejectedRow } from './sync/store-rejected.ts'
export { markStale, noteTrouble, type SyncStanding, summariseSyncs } from './sync/store-standing.ts'
export { type SyncOptions, type SyncOutcome, syncList } from './sync/sync.ts'
