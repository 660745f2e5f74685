// The SQL of the keys, of the digests' keys, and of who is running and has which key.
import { type Connection, databaseNow, readMeta, type Tables, type Transaction, writeMeta } from '#db'

const inUseKey = 'vault.fingerprint'

export type KeyRow = Tables['vault_keys']

/** The fingerprint of the key that values are sealed under; undefined before the first start. */
export const keyInUse = (db: Connection): Promise<string | undefined> => readMeta(db, inUseKey)

/** All that there ever were, the oldest first. */
export function keyRows(db: Connection): Promise<KeyRow[]> {
  return db.selectFrom('vault_keys').selectAll().orderBy('made_at').orderBy('fingerprint').execute()
}

export async function insertKey(tx: Transaction, key: Pick<KeyRow, 'fingerprint' | 'made_at'>): Promise<void> {
  await tx
    .insertInto('vault_keys')
    .values(key)
    .onConflict((on) => on.column('fingerprint').doNothing())
    .execute()
}

export async function deleteKey(tx: Transaction, fingerprint: string): Promise<void> {
  await tx.deleteFrom('vault_keys').where('fingerprint', '=', fingerprint).execute()
}

export async function takeIntoUse(tx: Transaction, fingerprint: string, at: number): Promise<void> {
  await writeMeta(tx, inUseKey, fingerprint)
  await changeKey(tx, fingerprint, { in_use_at: at })
}

export async function changeKey(
  tx: Transaction,
  fingerprint: string,
  change: Partial<Omit<KeyRow, 'fingerprint'>>,
): Promise<void> {
  await tx.updateTable('vault_keys').set(change).where('fingerprint', '=', fingerprint).execute()
}

/** So many values fewer are under other keys than this one. */
export async function countDown(tx: Transaction, fingerprint: string, by: number): Promise<void> {
  await tx
    .updateTable('vault_keys')
    .set((eb) => ({ left_under: eb('left_under', '-', by) }))
    .where('fingerprint', '=', fingerprint)
    .where('left_under', '>=', by)
    .execute()
}

export async function readDigests(db: Connection): Promise<Uint8Array | undefined> {
  return (await db.selectFrom('vault_digests').select('sealed').executeTakeFirst())?.sealed
}

export async function writeDigests(tx: Transaction, sealed: Uint8Array): Promise<void> {
  await tx
    .insertInto('vault_digests')
    .values({ one: 1, sealed })
    .onConflict((on) => on.column('one').doUpdateSet({ sealed }))
    .execute()
}

/** Notes that a process lives, for `forMs`, and what it can open. */
export async function writeHolder(
  tx: Transaction,
  { id, opens, sealsUnder, forMs }: { id: string; opens: readonly string[]; sealsUnder: string; forMs: number },
): Promise<void> {
  // Whoever died is forgotten by whoever lives.
  await tx.deleteFrom('vault_holders').where('held_until', '<', databaseNow(tx)).execute()
  const said = { opens: JSON.stringify(opens), seals_under: sealsUnder }
  await tx
    .insertInto('vault_holders')
    .values((eb) => ({ id, ...said, held_until: eb(databaseNow(tx), '+', forMs) }))
    .onConflict((on) => on.column('id').doUpdateSet((eb) => ({ ...said, held_until: eb(databaseNow(tx), '+', forMs) })))
    .execute()
}

export async function deleteHolder(tx: Transaction, id: string): Promise<void> {
  await tx.deleteFrom('vault_holders').where('id', '=', id).execute()
}

/** The processes that live, with what they have. */
export async function holders(
  db: Connection,
): Promise<readonly { readonly id: string; readonly opens: readonly string[]; readonly sealsUnder: string }[]> {
  const rows = await db
    .selectFrom('vault_holders')
    .select(['id', 'opens', 'seals_under'])
    .where('held_until', '>=', databaseNow(db))
    .execute()
  return rows.map((row) => ({ id: row.id, opens: JSON.parse(row.opens) as string[], sealsUnder: row.seals_under }))
}
