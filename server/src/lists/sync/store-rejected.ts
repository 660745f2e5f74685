// The table of rejected fingerprints: named by their entries under the seal, counted in the open, never by value.
import type { Clock } from '#base'
import type { Connection, Transaction } from '#db'
import type { Vault } from '#vault'
import type { Rejected } from '../sources/source.ts'

/** So many are shown by name; the others are counted. */
export const MOST_NAMED = 1_000
/** So many are known one by one, so that the count falls when they are mended. */
const MOST_KNOWN = 100_000

export interface SealedRejected {
  readonly keyed: string
  readonly what: string
  readonly why: string
  readonly named: Uint8Array
}

export function sealRejected(
  vault: Pick<Vault, 'sealJson' | 'keyed'>,
  listId: string,
  { source, entryId, what, why }: Rejected,
): SealedRejected {
  const keyed = rejectedKey(vault, listId, { source, entryId })
  return { keyed, what, why, named: vault.sealJson(rejectedContext(listId, keyed), [source, entryId]) }
}

export const rejectedKey = (
  vault: Pick<Vault, 'keyed'>,
  listId: string,
  { source, entryId }: { readonly source: string; readonly entryId: string },
): string => vault.keyed('list_rejected.entry', `${listId}\n${source}\n${entryId}`)

const rejectedContext = (listId: string, keyed: string) => `list_rejected.named_sealed:${listId}/${keyed}`

export async function countRejected(db: Connection, listId: string): Promise<number> {
  const { count } = await db
    .selectFrom('list_rejected')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('list_id', '=', listId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** What was said of these entries before is over: they were met anew. */
export async function forgetRejected(tx: Transaction, listId: string, keyed: readonly string[]): Promise<void> {
  for (let from = 0; from < keyed.length; from += 500)
    await tx
      .deleteFrom('list_rejected')
      .where('list_id', '=', listId)
      .where('entry_keyed', 'in', keyed.slice(from, from + 500))
      .execute()
}

export async function forgetAllRejected(tx: Transaction, listId: string): Promise<void> {
  await tx.deleteFrom('list_rejected').where('list_id', '=', listId).execute()
  await tx.updateTable('list_syncs').set({ unnamed: 0 }).where('list_id', '=', listId).execute()
}

export async function insertRejected(
  tx: Transaction,
  clock: Clock,
  listId: string,
  rejected: readonly SealedRejected[],
  unnamed = 0,
): Promise<void> {
  if (rejected.length + unnamed === 0) return
  const room = Math.max(0, MOST_KNOWN - (await countRejected(tx, listId)))
  const rows = rejected.slice(0, room).map(({ keyed, what, why, named }) => ({
    list_id: listId,
    entry_keyed: keyed,
    what,
    why,
    named_sealed: named,
    at: clock.now(),
  }))
  for (let from = 0; from < rows.length; from += 500)
    await tx
      .insertInto('list_rejected')
      .values(rows.slice(from, from + 500))
      .onConflict((on) => on.columns(['list_id', 'entry_keyed', 'what']).doNothing())
      .execute()
  const over = rejected.length - rows.length + unnamed
  if (over === 0) return
  await tx
    .updateTable('list_syncs')
    .set((eb) => ({ unnamed: eb('unnamed', '+', over) }))
    .where('list_id', '=', listId)
    .execute()
}

export interface RejectedRow extends Rejected {
  /** Epoch ms. */
  readonly at: number
}

/** The oldest thousand, named by their entries. A name that looks like a hash may be one, and is not shown. */
export async function listRejected(
  db: Connection,
  vault: Pick<Vault, 'unsealJson'>,
  listId: string,
): Promise<RejectedRow[]> {
  const rows = await db
    .selectFrom('list_rejected')
    .selectAll()
    .where('list_id', '=', listId)
    .orderBy('at')
    .orderBy('entry_keyed')
    .limit(MOST_NAMED)
    .execute()
  return rows.map(({ entry_keyed, named_sealed, what, why, at }) => {
    const [source, entryId] = vault.unsealJson(rejectedContext(listId, entry_keyed), named_sealed) as [string, string]
    return { source, entryId: /[0-9a-f]{32}/i.test(entryId) ? '(named like a hash)' : entryId, what, why, at }
  })
}
