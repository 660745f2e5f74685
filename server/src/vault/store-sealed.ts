// The SQL that goes over every sealed value of every table, a page at a time.
import { sql } from 'kysely'
import type { Connection, SealedColumn, Transaction } from '#db'
import { HEADER_BYTES, sealedUnder, TELLING_BYTES } from './seal.ts'

/** A row's name: the values of its primary key's columns. */
export type RowName = readonly (string | number)[]

export interface SealedRow {
  readonly name: RowName
  /** `table.column:id` of the value. */
  readonly context: string
  /** The fingerprint that the value names; undefined for a value of before there were several keys. */
  readonly under: string | undefined
}

const rowsAPage = 200
/** Of blocks of hash lists, some 300 kB each. */
const largeRowsAPage = 8

/** Pages of rows that hold a sealed value in this column, by primary key. What is written meanwhile may or may not be seen. */
export async function* sealedRows(db: Connection, at: SealedColumn): AsyncGenerator<readonly SealedRow[]> {
  const limit = at.isLarge ? largeRowsAPage : rowsAPage
  const column = sql.ref(at.column)
  const order = sql.join(at.row.map((one) => sql.ref(one)))
  const wanted = sql.join([...new Set([...at.row, ...at.place])].map((one) => sql.ref(one)))
  for (let last: RowName | undefined; ; ) {
    const after = last === undefined ? sql`` : sql`and (${order}) > (${sql.join(last.map((one) => sql.val(one)))})`
    const { rows } = await sql<Record<string, string | number> & { header: Uint8Array }>`
      select ${wanted}, substr(${column}, 1, ${sql.lit(HEADER_BYTES)}) as header from ${sql.table(at.table)}
      where ${column} is not null ${after} order by ${order} limit ${sql.lit(limit)}`.execute(db)
    const page = rows.map((row) => ({
      name: at.row.map((one) => partOf(row, one)),
      context: `${at.sealedAs ?? `${at.table}.${at.column}`}:${at.place.map((one) => partOf(row, one)).join('/')}`,
      under: sealedUnder(row.header),
    }))
    if (page.length > 0) yield page
    if (page.length < limit) return
    last = page.at(-1)?.name
  }
}

export async function readSealed(db: Connection, at: SealedColumn, name: RowName): Promise<Uint8Array | undefined> {
  const { rows } = await sql<{ sealed: Uint8Array | null }>`
    select ${sql.ref(at.column)} as sealed from ${sql.table(at.table)} where ${isRow(at, name)}`.execute(db)
  return rows[0]?.sealed ?? undefined
}

/** Puts `next` in the place of `former`; false when somebody has written another value, or none, meanwhile. */
export async function replaceSealed(
  tx: Transaction,
  at: SealedColumn,
  name: RowName,
  { former, next }: { readonly former: Uint8Array; readonly next: Uint8Array },
): Promise<boolean> {
  const column = sql.ref(at.column)
  const under = at.namedIn === undefined ? sql`` : sql`, ${sql.ref(at.namedIn)} = ${sealedUnder(next) ?? ''}`
  // Its random nonce tells a value from every other.
  const telling = Buffer.from(former.subarray(0, TELLING_BYTES))
  const done = await sql`update ${sql.table(at.table)} set ${column} = ${next}${under}
    where ${isRow(at, name)} and substr(${column}, 1, ${sql.lit(TELLING_BYTES)}) = ${telling}`.execute(tx)
  return (done.numAffectedRows ?? 0n) > 0n
}

const isRow = (at: SealedColumn, name: RowName) =>
  sql.join(
    at.row.map((one, place) => sql`${sql.ref(one)} = ${sql.val(name[place] ?? null)}`),
    sql` and `,
  )

function partOf(row: Readonly<Record<string, string | number | Uint8Array>>, column: string): string | number {
  const value = row[column]
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new Error('a sealed row is named by texts and numbers')
  return value
}
