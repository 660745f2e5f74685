// All rows of all tables as they stood at one moment, while others write on; and the way back into an empty database.
import { type Kysely, sql } from 'kysely'
import { Fault } from '#base'
import type { Connection, Database, Transaction } from './database.ts'
import { appliedMigrations, migrateTo } from './migrate.ts'
import type { Tables } from './tables.ts'

/** A value as either database keeps it: text, a whole number, bytes, or nothing. */
export type Cell = string | number | Uint8Array | null

export interface TableRows {
  readonly table: string
  readonly columns: readonly string[]
  /** Some hundred rows at a time, each in the order of `columns`. */
  readonly rows: AsyncIterable<readonly (readonly Cell[])[]>
}

export interface Snapshot {
  /** In the order in which they were applied. */
  readonly migrations: readonly string[]
  /** For small questions about the same moment. */
  readonly db: Connection
  /** A table comes after those it refers to. Each one's rows are read to their end before the next table is asked for. */
  tables(): AsyncIterable<TableRows>
}

/** Rows held in memory at a time; a list's block may be some megabytes. */
const atOnce = 200
const bytesAtOnce = 16 * 1024 * 1024

/** Nobody waits for it: SQLite goes on writing its WAL, PostgreSQL keeps the rows of the moment. */
export function readSnapshot<T>(database: Database, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  return database.read.connection().execute(async (db) => {
    await begin(database.kind, db)
    try {
      const migrations = await appliedMigrations(db)
      return await work({ migrations, db, tables: () => tablesOf(database.kind, db) })
    } finally {
      await sql`rollback`.execute(db)
    }
  })
}

async function begin(kind: Database['kind'], db: Kysely<Tables>): Promise<void> {
  if (kind === 'sqlite') {
    await sql.raw('begin deferred').execute(db)
    // The moment is that of the first read.
    await sql`select count(*) from meta`.execute(db)
    return
  }
  await sql.raw('begin isolation level repeatable read read only').execute(db)
  // The limits of everyday work: here the disk we write to may take its time between two pages.
  await sql.raw('set local idle_in_transaction_session_timeout = 0').execute(db)
  await sql.raw('set local statement_timeout = 0').execute(db)
}

async function* tablesOf(kind: Database['kind'], db: Kysely<Tables>): AsyncGenerator<TableRows> {
  const tables = (await db.introspection.getTables()).filter((one) => !one.isView && !isSystem(one.name))
  const columnsOf = new Map(tables.map((one) => [one.name, one.columns.map((column) => column.name)]))
  for (const table of inOrder([...columnsOf.keys()].sort(), await references(kind, db))) {
    const columns = columnsOf.get(table) ?? []
    yield { table, columns, rows: rowsOf(kind, db, table, columns) }
  }
}

const isSystem = (name: string) => name.startsWith('kysely_') || name.startsWith('sqlite_')

async function* rowsOf(
  kind: Database['kind'],
  db: Kysely<Tables>,
  table: string,
  columns: readonly string[],
): AsyncGenerator<readonly (readonly Cell[])[]> {
  const names = sql.join(columns.map((column) => sql.ref(column)))
  let limit = 1
  if (kind === 'postgres')
    await sql`declare backup no scroll cursor for select ${names} from ${sql.table(table)}`.execute(db)
  for (let after = 0; ; ) {
    const page =
      kind === 'postgres'
        ? await sql<Record<string, Cell>>`fetch ${sql.raw(String(limit))} from backup`.execute(db)
        : await sql<Record<string, Cell>>`select rowid as "_row", ${names} from ${sql.table(table)}
            where rowid > ${after} order by rowid limit ${limit}`.execute(db)
    if (page.rows.length > 0) yield page.rows.map((row) => columns.map((column) => row[column] ?? null))
    if (page.rows.length < limit) break
    after = Number(page.rows.at(-1)?.['_row'] ?? 0)
    limit = nextLimit(page.rows, columns)
  }
  if (kind === 'postgres') await sql`close backup`.execute(db)
}

/** As many rows as fit, by the size of the last ones. */
function nextLimit(rows: readonly Record<string, Cell>[], columns: readonly string[]): number {
  const sizes = rows.map((row) => columns.reduce((sum, column) => sum + sizeOf(row[column] ?? null), 64))
  return Math.max(1, Math.min(atOnce, Math.floor(bytesAtOnce / Math.max(...sizes))))
}

const sizeOf = (cell: Cell) => (cell === null || typeof cell === 'number' ? 8 : cell.length)

/** Which table refers to which. */
async function references(
  kind: Database['kind'],
  db: Kysely<Tables>,
): Promise<readonly { readonly from: string; readonly to: string }[]> {
  const asked =
    kind === 'sqlite'
      ? sql<{ from: string; to: string }>`select m.name as "from", f."table" as "to"
          from sqlite_master m, pragma_foreign_key_list(m.name) f where m.type = 'table'`
      : sql<{ from: string; to: string }>`select c.relname as "from", t.relname as "to" from pg_constraint k
          join pg_class c on c.oid = k.conrelid join pg_class t on t.oid = k.confrelid where k.contype = 'f'`
  return (await asked.execute(db)).rows
}

function inOrder(
  tables: readonly string[],
  refers: readonly { readonly from: string; readonly to: string }[],
): readonly string[] {
  const ordered: string[] = []
  const put = (table: string, above: readonly string[]) => {
    if (ordered.includes(table)) return
    if (above.includes(table)) throw new Error(`tables refer to each other in a circle: ${[...above, table].join(' ')}`)
    for (const { from, to } of refers) if (from === table && to !== table) put(to, [...above, table])
    ordered.push(table)
  }
  for (const table of tables) put(table, [])
  return ordered
}

/** Whether nothing was ever kept here: no tables, or tables without a word in them. */
export async function isEmpty(database: Database): Promise<boolean> {
  const tables = await database.read.introspection.getTables()
  if (!tables.some((one) => one.name === 'meta')) return true
  return (await database.read.selectFrom('meta').select('key').limit(1).executeTakeFirst()) === undefined
}

/**
 * Fills an empty database in one transaction, so that half of it is never there; `end` belongs to the same one. The tables are those of the
 * snapshot's own migrations; newer ones are for the next start. Faults `database_not_empty`, `newer_version`.
 */
export async function fillDatabase(
  database: Database,
  migrations: readonly string[],
  tables: AsyncIterable<TableRows>,
  end: (tx: Transaction) => Promise<void>,
): Promise<void> {
  if (!(await isEmpty(database)))
    throw new Fault('database_not_empty', 'the database holds something already: name an empty one', { retry: 'never' })
  await migrateTo(database, migrations)
  // Not `transact`: what is read once from a file cannot be run again.
  await database.read.transaction().execute(async (tx) => {
    if (database.kind === 'postgres')
      await sql.raw('set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0').execute(tx)
    for await (const { table, columns, rows } of tables) {
      const names = sql.join(columns.map((column) => sql.ref(column)))
      for await (const page of rows)
        for (const some of slices(page, columns.length))
          await sql`insert into ${sql.table(table)} (${names}) values ${sql.join(
            some.map((row) => sql`(${sql.join(row)})`),
          )}`.execute(tx)
    }
    await end(tx)
  })
}

/** Both databases limit the values of one statement: SQLite to 32766. */
function* slices<T>(rows: readonly T[], width: number): Generator<readonly T[]> {
  const size = Math.max(1, Math.floor(8_000 / width))
  for (let from = 0; from < rows.length; from += size) yield rows.slice(from, from + size)
}
