// The hash lists: how they are read from files, kept sealed, and given to the matcher.
export {
  applyChanges,
  CHANGES_A_BLOCK,
  type ListToOpen,
  openList,
  readEntries,
  type SealedChanges,
  sealChanges,
} from './changes.ts'
export {
  type Algorithm,
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
export { type ImportSummary, type ImportTo, importList } from './import.ts'
export { moveRows } from './move.ts'
export { type ReadList, type ReadOptions, readList } from './read/read.ts'
export { type EntryName, entryKey } from './name.ts'
export { isReportable, type ReportableClass, reporting } from './reporting.ts'
export { type ListSummary, listsVersion, summariseLists } from './store.ts'
