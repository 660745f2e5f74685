// How many entries a list truly holds: what the log adds up to once each entry counts as its last change left it.
import { setImmediate } from 'node:timers/promises'
import { Fault } from '#base'
import type { Connection } from '#db'
import type { Vault } from '#vault'
import { blockRow, openBlock, rowsOf } from './block.ts'
import { keyOf } from './changes.ts'
import { KeySet } from './key-set.ts'
import { blocksAfter, readBlock } from './store-blocks.ts'

/** More changes than these are not gone through for a number: some seconds of work, and 25 bytes for each entry. */
const MOST_COUNTED = 2_000_000

/**
 * Reads the list's blocks, the newest first. undefined when they hold more than `most` changes, or are folded again and again
 * while they are read: then nobody knows the number. Writes nothing.
 */
export async function countEntries(
  db: Connection,
  vault: Pick<Vault, 'unseal'>,
  listId: string,
  most: number = MOST_COUNTED,
): Promise<number | undefined> {
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      return await count(db, vault, listId, most)
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'block_gone') throw error
    }
  }
  return undefined
}

async function count(db: Connection, vault: Pick<Vault, 'unseal'>, listId: string, most: number) {
  const blocks = (await blocksAfter(db, 0, listId)).toReversed()
  if (blocks.reduce((sum, { puts, removes }) => sum + puts + removes, 0) > most) return undefined
  const seen = new KeySet()
  let entries = 0
  let rows = 0
  for (const { id } of blocks) {
    const block = openBlock(await readBlock(db, vault, listId, id))
    for (const at of rowsOf(block)) {
      if (rows++ % ROWS_A_TURN === 0) await setImmediate()
      const source = block.text(blockRow.source(block.bytes, at))
      if (!seen.add(keyOf({ source, entryId: blockRow.entryId(block.bytes, at) }))) continue
      if (!blockRow.isRemoval(block.bytes, at)) entries += 1
    }
  }
  return entries
}

const ROWS_A_TURN = 1_000
