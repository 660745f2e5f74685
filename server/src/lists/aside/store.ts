// The SQL of list_hits and list_set_asides. Entries and accounts are keyed digests here; nothing is unsealed.
import type { Selectable } from 'kysely'
import { Fault } from '#base'
import type { Connection, Tables, Transaction } from '#db'

export type AsideRow = Selectable<Tables['list_set_asides']>

/** One account hits an entry: the latest time counts. */
export async function noteHit(tx: Transaction, hit: Tables['list_hits']): Promise<void> {
  await tx
    .insertInto('list_hits')
    .values(hit)
    .onConflict((on) => on.columns(['entry_hmac', 'who_hmac']).doUpdateSet({ at: hit.at }))
    .execute()
}

/** How many have hit it since. */
export async function countHits(tx: Transaction, entryKey: string, since: number): Promise<number> {
  const { count } = await tx
    .selectFrom('list_hits')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('entry_hmac', '=', entryKey)
    .where('at', '>', since)
    .executeTakeFirstOrThrow()
  return Number(count)
}

export async function dropHits(tx: Transaction, before: number): Promise<void> {
  await tx.deleteFrom('list_hits').where('at', '<=', before).execute()
}

export function asideOfEntry(tx: Transaction, entryKey: string): Promise<AsideRow | undefined> {
  return tx.selectFrom('list_set_asides').selectAll().where('entry_hmac', '=', entryKey).executeTakeFirst()
}

export async function insertAside(tx: Transaction, row: AsideRow): Promise<void> {
  await tx.insertInto('list_set_asides').values(row).execute()
}

export async function updateAside(tx: Transaction, id: string, change: Partial<AsideRow>): Promise<void> {
  await tx.updateTable('list_set_asides').set(change).where('id', '=', id).execute()
}

export async function asideRow(db: Connection, id: string): Promise<AsideRow> {
  const row = await db.selectFrom('list_set_asides').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined)
    throw new Fault('no_such_set_aside', 'no entry was set aside under this id', { retry: 'never' })
  return row
}

/** Those of these entries that are set aside now. */
export async function standingAsides(db: Connection, entryKeys: readonly string[]): Promise<readonly AsideRow[]> {
  if (entryKeys.length === 0) return []
  return db
    .selectFrom('list_set_asides')
    .selectAll()
    .where('entry_hmac', 'in', entryKeys)
    .where('state', '<>', 'released')
    .execute()
}

/** Newest first. */
export function readAsides(db: Connection): Promise<readonly AsideRow[]> {
  return db.selectFrom('list_set_asides').selectAll().orderBy('set_aside_at', 'desc').orderBy('id', 'desc').execute()
}

export async function listNames(db: Connection): Promise<ReadonlySet<string>> {
  return new Set(
    (await db.selectFrom('lists').select('id').where('removed_at', 'is', null).execute()).map(({ id }) => id),
  )
}

/** Released entries with cases that still wait for them. */
export async function releasedWithCases(db: Connection): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('list_set_asides')
    .innerJoin('case_entries', 'case_entries.entry_hmac', 'list_set_asides.entry_hmac')
    .innerJoin('cases', 'cases.id', 'case_entries.case_id')
    .select('list_set_asides.id')
    .distinct()
    .where('list_set_asides.state', '=', 'released')
    .where('cases.state', '=', 'set_aside')
    .execute()
  return rows.map(({ id }) => id)
}

/** Cases that rest on an entry and are not over. */
export async function openCasesOf(db: Connection): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('list_set_asides')
    .innerJoin('case_entries', 'case_entries.entry_hmac', 'list_set_asides.entry_hmac')
    .innerJoin('cases', 'cases.id', 'case_entries.case_id')
    .select((eb) => ['list_set_asides.id', eb.fn.countAll().as('count')])
    .where('cases.state', 'in', ['settling', 'set_aside', 'waiting_review'])
    .groupBy('list_set_asides.id')
    .execute()
  return new Map(rows.map(({ id, count }) => [id, Number(count)]))
}
