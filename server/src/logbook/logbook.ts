// The evidence folder's own record of what went outward, written before and after: a database that is older than it (one that was
// restored from yesterday, a replica promoted too late) is noticed, and does not send again what was sent. Its format: docs/formats/logbook.md.
export { compareWithDatabase, type Told, toldOf } from './compare.ts'
export type { Line, Milestone } from './line.ts'
export { type Logbook, openLogbook } from './write.ts'
