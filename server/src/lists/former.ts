// Which of some entries a list holds already, and how: its log is read once, block by block, and only what is sought is kept.
import { setImmediate } from 'node:timers/promises'
import { Fault } from '#base'
import type { Connection } from '#db'
import type { Vault } from '#vault'
import { blockRow, changeAt, openBlock, rowsOf } from './block.ts'
import { keyOf } from './changes.ts'
import type { Put } from './entry.ts'
import { findList, listsVersion } from './store.ts'
import { blocksAfter, readBlock } from './store-blocks.ts'

const ROWS_A_SLICE = 1024

/** version: what changes a list after it, this has not seen. Of a list that is removed nothing is held, though its blocks go slowly. */
export async function formerEntries(
  db: Connection,
  vault: Pick<Vault, 'unseal'>,
  listId: string,
  sought: ReadonlyMap<string, unknown>,
): Promise<{ readonly version: number; readonly entries: ReadonlyMap<string, Put> }> {
  const entries = new Map<string, Put>()
  let version = await listsVersion(db)
  if ((await findList(db, listId)) === undefined) return { version, entries }
  try {
    for (const { id, version: its } of await blocksAfter(db, 0, listId)) {
      const block = openBlock(await readBlock(db, vault, listId, id))
      version = Math.max(version, its)
      let rows = 0
      for (const at of rowsOf(block)) {
        if (rows++ % ROWS_A_SLICE === 0) await setImmediate()
        const key = keyOf({
          source: block.text(blockRow.source(block.bytes, at)),
          entryId: blockRow.entryId(block.bytes, at),
        })
        if (!sought.has(key)) continue
        const change = changeAt(block, at)
        if (change.kind === 'put') entries.set(key, change)
        else entries.delete(key)
      }
    }
  } catch (error) {
    if (error instanceof Fault && error.code === 'block_gone') return formerEntries(db, vault, listId, sought)
    throw error
  }
  return { version, entries }
}
