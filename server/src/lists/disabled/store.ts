// The SQL of list_disabled, and the sealing of an entry's name.
import { z } from 'zod'
import type { Connection, Tables, Transaction } from '#db'
import type { Vault } from '#vault'
import type { EntryName } from '../name.ts'

type Row = Tables['list_disabled']

const name = z.strictObject({ listId: z.string(), source: z.string(), entryId: z.string() })
const place = (id: string) => `list_disabled.name_sealed:${id}`

export const sealName = (vault: Pick<Vault, 'sealJson'>, id: string, value: EntryName) =>
  vault.sealJson(place(id), value)
export const readName = (vault: Pick<Vault, 'unsealJson'>, { id, name_sealed }: Row): EntryName =>
  name.parse(vault.unsealJson(place(id), name_sealed))

export async function insertDisabled(tx: Transaction, row: Row): Promise<void> {
  await tx.insertInto('list_disabled').values(row).execute()
}

/** Those in force. */
export function disabledRows(db: Connection): Promise<readonly Row[]> {
  return db.selectFrom('list_disabled').selectAll().where('state', '=', 'disabled').orderBy('id').execute()
}

export async function keysDisabled(db: Connection, entryKeys: readonly string[]): Promise<readonly Row[]> {
  if (entryKeys.length === 0) return []
  return db
    .selectFrom('list_disabled')
    .selectAll()
    .where('entry_hmac', 'in', entryKeys)
    .where('state', '=', 'disabled')
    .orderBy('id')
    .execute()
}

/** Entries, each once, by list. */
export async function countDisabledRows(db: Connection): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('list_disabled')
    .select((eb) => ['list_id', eb.fn.count<number>('entry_hmac').distinct().as('count')])
    .where('state', '=', 'disabled')
    .groupBy('list_id')
    .execute()
  return new Map(rows.map(({ list_id, count }) => [list_id, Number(count)]))
}

/** The ids of those that were in force. */
export async function enableRows(
  tx: Transaction,
  repairId: string,
  set: Pick<Row, 'enabled_by' | 'enabled_at'>,
): Promise<readonly string[]> {
  const rows = await tx
    .updateTable('list_disabled')
    .set({ ...set, state: 'enabled' })
    .where('repair_id', '=', repairId)
    .where('state', '=', 'disabled')
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}
