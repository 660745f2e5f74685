// The vault's SQL.
import type { Connection, Tables, Transaction } from '#db'

export type ObjectRow = Tables['vault_objects']

export async function insertObject(
  tx: Transaction,
  object: { id: string; sizeBytes: number; wrappedKey: Uint8Array; storedAt: number },
): Promise<void> {
  const { id, sizeBytes, wrappedKey, storedAt } = object
  await tx
    .insertInto('vault_objects')
    .values({ id, size_bytes: sizeBytes, wrapped_key: wrappedKey, state: 'stored', stored_at: storedAt })
    .execute()
}

export async function findObject(db: Connection, id: string): Promise<ObjectRow | undefined> {
  return db.selectFrom('vault_objects').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function setKeepUntil(tx: Transaction, id: string, at: number): Promise<void> {
  await tx.updateTable('vault_objects').set({ keep_until: at }).where('id', '=', id).execute()
}

export async function setDestroyAfter(tx: Transaction, id: string, at: number | null): Promise<void> {
  await tx.updateTable('vault_objects').set({ destroy_after: at }).where('id', '=', id).execute()
}

/** Erases the data key; what is left of the row is the tombstone. */
export async function eraseKey(tx: Transaction, id: string, at: number, why: string): Promise<void> {
  await tx
    .updateTable('vault_objects')
    .set({ wrapped_key: null, state: 'destroyed', destroyed_at: at, destroyed_why: why })
    .where('id', '=', id)
    .execute()
}

/** Both databases limit the values of one query: SQLite to 32766. */
const atOnce = 1000

export async function statesOf(
  db: Connection,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ObjectRow['state']>> {
  const states = new Map<string, ObjectRow['state']>()
  for (let from = 0; from < ids.length; from += atOnce) {
    const some = ids.slice(from, from + atOnce)
    const rows = await db.selectFrom('vault_objects').select(['id', 'state']).where('id', 'in', some).execute()
    for (const { id, state } of rows) states.set(id, state)
  }
  return states
}

/** Whether this database knows of any evidence that must be in the folder. */
export async function anyStored(db: Connection): Promise<boolean> {
  const query = db.selectFrom('vault_objects').select('id').where('state', '=', 'stored').limit(1)
  return (await query.executeTakeFirst()) !== undefined
}

/**
 * Whether no row has this id and no transaction under way will bring one. The insert waits for such a transaction:
 * when a connection broke during its commit, only that tells whether the commit happened.
 */
export async function isForsaken(tx: Transaction, id: string): Promise<boolean> {
  const inserted = await tx
    .insertInto('vault_objects')
    .values({ id, size_bytes: 0, state: 'destroyed', stored_at: 0 })
    .onConflict((on) => on.column('id').doNothing())
    .executeTakeFirst()
  if (Number(inserted.numInsertedOrUpdatedRows ?? 0) === 0) return false
  await tx.deleteFrom('vault_objects').where('id', '=', id).execute()
  return true
}
