// The tables of the lists. Values lie sealed and are found by keyed digest; only loadLists opens them, for the matcher.
import { setImmediate } from 'node:timers/promises'
import type { Insertable, Selectable } from 'kysely'
import type { Environment } from '#base'
import { type Connection, readMeta, type Tables, type Transaction, writeMeta } from '#db'
import type { Vault } from '#vault'
import { algorithms, type Entry, type HashList, type ListClass, listClasses } from './entry.ts'

/** Every list of the environment with its values, for the matcher alone. The version is that of what was read. */
export async function loadLists(
  db: Connection,
  vault: Pick<Vault, 'unseal'>,
  environment: Environment,
): Promise<{ version: number; lists: HashList[] }> {
  for (;;) {
    const version = await listsVersion(db)
    const lists = await readLists(db, vault, environment)
    // Pages are read one by one: only a version that stayed the same means that no import came between two of them.
    if ((await listsVersion(db)) === version) return { version, lists }
  }
}

async function readLists(
  db: Connection,
  vault: Pick<Vault, 'unseal'>,
  environment: Environment,
): Promise<(HashList & { entries: Entry[] })[]> {
  const rows = await db.selectFrom('lists').selectAll().where('environment', '=', environment).orderBy('id').execute()
  const lists = new Map(rows.map((row) => [row.id, listOf(row)]))
  let page = await readPage(db, '')
  while (page.length > 0) {
    for (const row of page) lists.get(row.list_id)?.entries.push(entryOf(row, vault))
    // SQLite answers without ever letting go, so the event loop gets its turn here: uploads and leases go on meanwhile.
    await setImmediate()
    page = await readPage(db, page.at(-1)?.id ?? '')
  }
  return [...lists.values()]
}

/** Of all lists at once: by the primary key alone, each page is found at once, however many there are. */
function readPage(db: Connection, after: string): Promise<Selectable<Tables['list_entries']>[]> {
  return db.selectFrom('list_entries').selectAll().where('id', '>', after).orderBy('id').limit(ROWS_A_SLICE).execute()
}

const listOf = (row: Selectable<Tables['lists']>): HashList & { entries: Entry[] } => ({
  id: row.id,
  class: oneOf(listClasses, row.class),
  radiusBits: row.radius_bits,
  entries: [],
})

function entryOf(row: Selectable<Tables['list_entries']>, vault: Pick<Vault, 'unseal'>): Entry {
  const value = vault.unseal(valueContext(row.id), row.value_sealed).toString('latin1')
  const entry = {
    listId: row.list_id,
    source: row.source,
    entryId: row.entry_id,
    algorithm: oneOf(algorithms, row.algorithm),
    value,
    class: oneOf(listClasses, row.class),
  }
  return row.label === null ? entry : { ...entry, label: row.label }
}

/** Rises by one with every import; 0 before the first. */
export async function listsVersion(db: Connection): Promise<number> {
  return Number((await readMeta(db, VERSION)) ?? 0)
}

export interface ListSummary {
  readonly id: string
  readonly environment: string
  readonly class: ListClass
  readonly radiusBits: number
  readonly entries: number
  /** Epoch milliseconds. */
  readonly createdAt: number
  readonly changedAt: number
}

/** What may be shown of the lists: how much they hold, never what. */
export async function summariseLists(db: Connection): Promise<ListSummary[]> {
  const rows = await db
    .selectFrom('lists')
    .leftJoin('list_entries', 'list_entries.list_id', 'lists.id')
    .select(['lists.id', 'environment', 'lists.class', 'radius_bits', 'created_at', 'changed_at'])
    .select((eb) => eb.fn.count('list_entries.id').as('entries'))
    .groupBy(['lists.id', 'environment', 'lists.class', 'radius_bits', 'created_at', 'changed_at'])
    .orderBy('lists.id')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    environment: row.environment,
    class: oneOf(listClasses, row.class),
    radiusBits: row.radius_bits,
    entries: Number(row.entries),
    createdAt: row.created_at,
    changedAt: row.changed_at,
  }))
}

export type Row = Insertable<Tables['list_entries']>

export function findList(tx: Transaction, id: string): Promise<Selectable<Tables['lists']> | undefined> {
  return tx.selectFrom('lists').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function insertList(tx: Transaction, row: Insertable<Tables['lists']>): Promise<void> {
  await tx.insertInto('lists').values(row).execute()
}

export async function touchList(tx: Transaction, id: string, changed_at: number): Promise<void> {
  await tx.updateTable('lists').set({ changed_at }).where('id', '=', id).execute()
}

/** A value that the list holds already keeps its row and its seal; who says it and as what is renewed. */
export async function upsertEntries(tx: Transaction, rows: readonly Row[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
    await tx
      .insertInto('list_entries')
      .values(rows.slice(from, from + ROWS_AT_ONCE))
      .onConflict((conflict) =>
        conflict.columns(['list_id', 'algorithm', 'value_hmac']).doUpdateSet((eb) => ({
          source: eb.ref('excluded.source'),
          entry_id: eb.ref('excluded.entry_id'),
          class: eb.ref('excluded.class'),
          label: eb.ref('excluded.label'),
        })),
      )
      .execute()
}

export async function countEntries(tx: Transaction, listId: string): Promise<number> {
  const { count } = await tx
    .selectFrom('list_entries')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('list_id', '=', listId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Where a value is sealed, so that it opens nowhere else. */
export function valueContext(entryId: string): string {
  return `list_entries.value:${entryId}`
}

/** The new version. In the transaction of the change it announces. */
export async function raiseVersion(tx: Transaction): Promise<number> {
  const version = (await listsVersion(tx)) + 1
  await writeMeta(tx, VERSION, String(version))
  return version
}

const VERSION = 'lists.version'

/** Read and unsealed in one go: about 14 µs each (2026-11, one core of a cloud machine). */
const ROWS_A_SLICE = 500

/** 10 columns each: far below what either database takes in one statement. */
const ROWS_AT_ONCE = 500

/** What the database gives back was checked before it went in; anything else is a bug or a foreign hand. */
function oneOf<T extends string>(all: readonly T[], text: string): T {
  const found = all.find((each) => each === text)
  if (found === undefined) throw new Error('a list in the database holds a word that is none of ours')
  return found
}
