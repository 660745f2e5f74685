// Keeps the log of a list short: small blocks become larger ones, and what was replaced leaves. Each
// step is one transaction that leaves the same entries, so it may end between any two of them.
import { setImmediate } from 'node:timers/promises'
import type { Clock } from '#base'
import type { Connection, Database, Transaction } from '#db'
import type { Vault } from '#vault'
import { type Block, blockRow, changeAt, openBlock, rowsOf } from './block.ts'
import { keyOf, sealBlock } from './changes.ts'
import type { Change } from './entry.ts'
import { KeySet } from './key-set.ts'
import { allLists, findList, type ListRow } from './store.ts'
import { type BlockRow, blocksAfter, readBlock, setCount, swapBlocks } from './store-blocks.ts'

/** A block of fewer changes is put together with its neighbours, up to so many in all: some 15 ms of work at a time. */
const SMALL_ROWS = 4096
const FOLDED_ROWS = 8192
/** More make it worth while to put some together. */
const MANY_SMALL = 64
const ROWS_A_SLICE = 1024

export interface Compacting {
  readonly database: Database
  readonly vault: Pick<Vault, 'seal' | 'unseal' | 'fingerprint'>
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Throws if the work is somebody else's by now; called at the beginning of each transaction. */
  readonly hold: (tx: Transaction) => Promise<void>
}

/** Memory: two blocks, and when what was replaced leaves some 25 bytes for each entry. Ends early, between two steps, when told to. */
export async function compactList(work: Compacting, listId: string): Promise<void> {
  await foldSmall(work, listId)
  const list = await findList(work.database.read, listId)
  const blocks = await blocksAfter(work.database.read, 0, listId)
  if (list !== undefined && isMuchReplaced(list, blocks)) await dropReplaced(work, listId)
}

/** The lists that `compactList` would do something for. */
export async function listsToCompact(db: Connection): Promise<string[]> {
  const blocks = await blocksAfter(db, 0)
  return (await allLists(db))
    .filter((list) => {
      const own = blocks.filter(({ listId }) => listId === list.id)
      const isLong = own.filter(isSmall).length > MANY_SMALL
      return isLong || isMuchReplaced(list, own)
    })
    .map(({ id }) => id)
}

/** A third of the log is known to be replaced, or half of it may be and nobody has counted. */
function isMuchReplaced({ entries, uncounted }: ListRow, blocks: readonly BlockRow[]): boolean {
  const rows = blocks.reduce((sum, { puts, removes }) => sum + puts + removes, 0)
  return rows > SMALL_ROWS && (rows - entries > rows / 3 || uncounted > rows / 2)
}

const isSmall = ({ puts, removes }: BlockRow) => puts + removes < SMALL_ROWS

/** Neighbours only: in a block that stands for several, the last change of each entry is what all of them came to. */
async function foldSmall(work: Compacting, listId: string): Promise<void> {
  let run: BlockRow[] = []
  let rows = 0
  const fold = async () => {
    if (run.length > 1) await swap(work, run, [...(await changesOf(work, run)).values()])
    run = []
    rows = 0
  }
  for (const block of await blocksAfter(work.database.read, 0, listId)) {
    if (work.signal.aborted) return
    if (!isSmall(block)) {
      await fold()
      continue
    }
    if (rows + block.puts + block.removes > FOLDED_ROWS) await fold()
    run.push(block)
    rows += block.puts + block.removes
  }
  await fold()
}

async function changesOf({ database, vault }: Compacting, run: readonly BlockRow[]): Promise<Map<string, Change>> {
  const changes = new Map<string, Change>()
  for (const { listId, id } of run) {
    const block = openBlock(await readBlock(database.read, vault, listId, id))
    for (const at of rowsOf(block)) {
      const change = changeAt(block, at)
      const key = keyOf(change)
      // Deleted first, so that it stands where its last change stood.
      changes.delete(key)
      changes.set(key, change)
    }
    await setImmediate()
  }
  return changes
}

/**
 * From the newest block to the oldest: what a later one replaced leaves. Then no older block knows the entries that were
 * removed, and the removals leave too. What is left is counted.
 */
async function dropReplaced(work: Compacting, listId: string): Promise<void> {
  const { database } = work
  const blocks = (await blocksAfter(database.read, 0, listId)).toReversed()
  const upTo = blocks[0]?.version ?? 0
  const seen = new KeySet()
  let entries = 0
  for (const block of blocks) {
    if (work.signal.aborted) return
    const { kept, puts, rows } = await newOf(work, block, seen)
    entries += puts
    if (kept.length < rows) await swap(work, [block], kept)
  }
  for (const block of await blocksAfter(database.read, 0, listId)) {
    if (work.signal.aborted) return
    if (block.removes === 0 || block.version > upTo) continue
    const puts = [...(await changesOf(work, [block])).values()].filter(({ kind }) => kind === 'put')
    await swap(work, [block], puts, upTo)
  }
  await database.transact(async (tx) => {
    await work.hold(tx)
    await setCount(tx, listId, entries, upTo)
  })
}

/** The changes of entries that no later block has changed, as they are in this one. */
async function newOf({ database, vault }: Compacting, { listId, id }: BlockRow, seen: KeySet) {
  const block = openBlock(await readBlock(database.read, vault, listId, id))
  const kept: number[] = []
  let puts = 0
  let rows = 0
  for (const at of rowsOf(block)) {
    if (rows++ % ROWS_A_SLICE === 0) await setImmediate()
    if (!seen.add(keyAt(block, at))) continue
    kept.push(at)
    if (!blockRow.isRemoval(block.bytes, at)) puts += 1
  }
  return { kept: kept.length < rows ? kept.map((at) => changeAt(block, at)) : kept.map(() => noChange), puts, rows }
}

/** Stands for a change in a block that stays as it is. */
const noChange: Change = { kind: 'remove', source: '', entryId: '' }

/** dropsUpTo: removals up to this version left with it. */
async function swap(
  { database, vault, clock, hold }: Compacting,
  former: readonly BlockRow[],
  changes: readonly Change[],
  dropsUpTo = 0,
): Promise<void> {
  const [first] = former
  if (first === undefined) return
  const sealed = changes.length === 0 ? undefined : sealBlock(vault, clock, first.listId, changes)
  await database.transact(async (tx) => {
    await hold(tx)
    await swapBlocks(tx, former, sealed, dropsUpTo)
  })
  await setImmediate()
}

function keyAt(block: Block, at: number): string {
  return keyOf({ source: block.text(blockRow.source(block.bytes, at)), entryId: blockRow.entryId(block.bytes, at) })
}
