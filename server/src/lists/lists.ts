// The hash lists: how they are read from files, kept sealed, and given to the matcher.
export {
  type Algorithm,
  DEFAULT_RADIUS_BITS,
  type Entry,
  type HashList,
  type ListClass,
  listClasses,
} from './entry.ts'
export { type ImportSummary, type ImportTo, importList } from './import.ts'
export { type ReadList, type ReadOptions, readList } from './read/read.ts'
export { type ListSummary, listsVersion, loadLists, summariseLists } from './store.ts'
