// SQLite through node:sqlite: WAL, synchronous FULL, transactions that take the write lock at once.
import { DatabaseSync } from 'node:sqlite'
import { type Dialect, SqliteAdapter, SqliteDialect } from 'kysely'

export function openSqlite(file: string): Dialect {
  const dialect = new SqliteDialect({
    database: async () => {
      const db = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: 10_000 })
      db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on')
      // SQLite waits for a lock by blocking the whole process: so wait briefly here, and try again in database.ts.
      db.exec('pragma busy_timeout = 10')
      return adapt(db)
    },
  })
  // Kysely migrates without a transaction on SQLite, which leaves half a migration behind when another writer is in the
  // way or the process dies; SQLite itself takes DDL in transactions.
  const adapter = Object.defineProperty(new SqliteAdapter(), 'supportsTransactionalDdl', { value: true })
  dialect.createAdapter = () => adapter
  return dialect
}

/** A full disk ends the transaction by itself; a second end would fail and hide the error that matters. */
const rollback = (db: DatabaseSync) => (db.isTransaction ? 'rollback' : 'select 0')

/** The face that Kysely's dialect expects (better-sqlite3's). Booleans are bound as 0 and 1. */
function adapt(db: DatabaseSync) {
  return {
    close: () => db.close(),
    prepare: (sql: string) => {
      // A deferred `begin` that upgrades to a write later fails with BUSY when another process wrote in between.
      const statement = db.prepare(sql === 'begin' ? 'begin immediate' : sql === 'rollback' ? rollback(db) : sql)
      type Values = Parameters<typeof statement.all>
      return {
        reader: statement.columns().length > 0,
        all: (values: readonly unknown[]) => statement.all(...(values as Values)),
        run: (values: readonly unknown[]) => statement.run(...(values as Values)),
        iterate: (values: readonly unknown[]) => statement.iterate(...(values as Values)) as IterableIterator<unknown>,
      }
    },
  }
}
