// The database, one of two kinds behind one query layer. A transaction is all or nothing and may be run again.
export { type Connection, type Database, type DatabaseSettings, openDatabase, type Transaction } from './database.ts'
export { lockFolder } from './lock.ts'
export { readMeta, stampEnvironment, writeMeta } from './meta.ts'
export { migrate, pendingMigrations } from './migrate.ts'
export { databaseNow } from './now.ts'
export { type Cell, fillDatabase, isEmpty, readSnapshot, type Snapshot, type TableRows } from './snapshot.ts'
export type { Tables } from './tables.ts'
