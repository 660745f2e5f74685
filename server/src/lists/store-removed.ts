// Lists that were removed and whose blocks are not all gone yet: no other query sees them.
import { type Connection, type Transaction, writeMeta } from '#db'
import { raiseVersion, removedKey } from './store.ts'

/** The version rises, so that every server sees it go. */
export async function hideList(tx: Transaction, now: number, id: string): Promise<void> {
  await tx.updateTable('lists').set({ removed_at: now }).where('id', '=', id).execute()
  await writeMeta(tx, removedKey(id), String(await raiseVersion(tx)))
}

export async function removedLists(db: Connection): Promise<readonly string[]> {
  const rows = await db.selectFrom('lists').select('id').where('removed_at', 'is not', null).orderBy('id').execute()
  return rows.map(({ id }) => id)
}

/** At most so many blocks of a removed list, and with the last of them the list. True when nothing is left. */
export async function dropBlocks(tx: Transaction, id: string, most: number): Promise<boolean> {
  // Somebody else may have ended it meanwhile, and a list of the same name have begun.
  if (!(await removedLists(tx)).includes(id)) return true
  const blocks = await tx.selectFrom('list_blocks').select('id').where('list_id', '=', id).limit(most).execute()
  for (const block of blocks) await tx.deleteFrom('list_blocks').where('id', '=', block.id).execute()
  if (blocks.length === most) return false
  await tx.deleteFrom('lists').where('id', '=', id).where('removed_at', 'is not', null).execute()
  return true
}
