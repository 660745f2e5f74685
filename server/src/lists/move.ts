// Brings the rows of a deployment of before into blocks, once, when the vault is at hand.
import type { Clock } from '#base'
import type { Database } from '#db'
import type { Vault } from '#vault'
import { applyChanges, CHANGES_A_BLOCK, type SealedChanges, sealChanges } from './changes.ts'
import { divided, gathered } from './gather.ts'
import { findList } from './store.ts'
import { countAdded, hasChanged } from './store-blocks.ts'
import { dropRows, hasRowsToMove, readRows, rowsToMove } from './store-rows.ts'

type Seals = Pick<Vault, 'seal' | 'unseal' | 'fingerprint'>

/** Nothing of the rows is left then. Does nothing in a deployment that never had any. */
export async function moveRows(database: Database, vault: Seals, clock: Clock): Promise<void> {
  try {
    for (const listId of await rowsToMove(database.read)) await moveList(database, vault, clock, listId)
  } catch (error) {
    // Another server, which started with this one, has moved them all and taken the table away.
    if (await hasRowsToMove(database.read)) throw error
  }
}

/** All of it in one transaction. */
async function moveList(database: Database, vault: Seals, clock: Clock, listId: string): Promise<void> {
  // Rows were of one value each, and nothing kept an entry from having very many.
  const entries = divided(await gathered(readRows(database.read, vault, listId)))
  const sealed: SealedChanges[] = []
  for (let from = 0; from < entries.length; from += CHANGES_A_BLOCK)
    sealed.push(sealChanges(vault, clock, listId, entries.slice(from, from + CHANGES_A_BLOCK)))
  await database.transact(async (tx) => {
    if (!(await dropRows(tx, listId)) || (await findList(tx, listId)) === undefined) return
    const isFirst = !(await hasChanged(tx, listId, 0))
    for (const each of sealed) await applyChanges(tx, clock, each)
    if (isFirst) await countAdded(tx, listId, { puts: entries.length, added: entries.length })
  })
}
