// The log of sealed blocks: appended, folded, counted and read. Nothing of an entry lies in the open.
import { type Environment, Fault } from '#base'
import { type Connection, type Database, readMeta, type Transaction } from '#db'
import type { Vault } from '#vault'
import { allLists, type ListSummary, listsVersion, raiseVersion, removedKey, summaryOf } from './store.ts'

/** What stands in the open beside a sealed block. */
export interface SealedBlock {
  readonly id: string
  readonly listId: string
  readonly puts: number
  readonly removes: number
  readonly sealed: Uint8Array
  /** The fingerprint of the key it is sealed under. */
  readonly sealedUnder: string
}

/** The version of the change, and how many blocks the list has with it. Fault `list_unknown`. */
export async function appendBlock(
  tx: Transaction,
  now: number,
  block: SealedBlock,
): Promise<{ readonly version: number; readonly blocks: number }> {
  const version = await raiseVersion(tx)
  const { listId, puts, removes } = block
  const changed = await tx
    .updateTable('lists')
    .set((eb) => ({
      changed_at: now,
      blocks: eb('blocks', '+', 1),
      entries: eb('entries', '+', puts - removes),
      uncounted: eb('uncounted', '+', puts + removes),
    }))
    .where('id', '=', listId)
    .where('removed_at', 'is', null)
    .returning('blocks')
    .executeTakeFirst()
  if (changed === undefined)
    throw new Fault('list_unknown', 'there is no such list yet: it is made before it is changed', { retry: 'never' })
  await insertBlock(tx, block, { version, part: 0 })
  return { version, blocks: changed.blocks }
}

/**
 * Puts a block, or none, in the place of neighbours that it stands for. dropsUpTo: removals up to this version left with it.
 * Fault `block_gone` when somebody else has folded one of them.
 */
export async function swapBlocks(
  tx: Transaction,
  former: readonly BlockRow[],
  block: SealedBlock | undefined,
  dropsUpTo = 0,
): Promise<void> {
  const last = former.at(-1)
  if (last === undefined) return
  for (const { id } of former) {
    const gone = await tx.deleteFrom('list_blocks').where('id', '=', id).executeTakeFirst()
    if (gone.numDeletedRows === 0n) throw blockGone()
  }
  if (block !== undefined) await insertBlock(tx, block, last)
  const fewer = former.length - (block === undefined ? 0 : 1)
  const set = tx.updateTable('lists').set((eb) => ({ blocks: eb('blocks', '-', fewer) }))
  await set.where('id', '=', last.listId).execute()
  if (dropsUpTo === 0) return
  const fold = tx.updateTable('lists').set({ folded_to: dropsUpTo })
  await fold.where('id', '=', last.listId).where('folded_to', '<', dropsUpTo).execute()
}

/** So many entries there were at a version; what came after it is still taken for new. */
export async function setCount(tx: Transaction, listId: string, counted: number, upTo: number): Promise<void> {
  const since = await blocksAfter(tx, upTo, listId)
  const puts = since.reduce((sum, block) => sum + block.puts, 0)
  const removes = since.reduce((sum, block) => sum + block.removes, 0)
  const counts = { entries: counted + puts - removes, uncounted: puts + removes }
  await tx.updateTable('lists').set(counts).where('id', '=', listId).execute()
}

/** Makes the count as exact as it was before the caller's own blocks: of their puts so many were new. How many entries there are. */
export async function countAdded(
  tx: Transaction,
  listId: string,
  { puts, added }: { readonly puts: number; readonly added: number },
): Promise<number> {
  const { entries } = await tx
    .updateTable('lists')
    .set((eb) => ({ entries: eb('entries', '-', puts - added), uncounted: eb('uncounted', '-', puts) }))
    .where('id', '=', listId)
    .returning('entries')
    .executeTakeFirstOrThrow()
  return entries
}

/** Whether what a list held at a version is not what it holds now: blocks came, or it was removed. */
export async function hasChanged(db: Connection, listId: string, since: number): Promise<boolean> {
  const removedAt = Number((await readMeta(db, removedKey(listId))) ?? 0)
  return removedAt > since || (await blocksAfter(db, since, listId)).length > 0
}

/** Where a block stands in the log: by version, and among blocks that were folded together by part. */
export interface Place {
  readonly version: number
  readonly part: number
}

async function insertBlock(tx: Transaction, block: SealedBlock, { version, part }: Place): Promise<void> {
  const { id, listId, puts, removes, sealed, sealedUnder } = block
  await tx
    .insertInto('list_blocks')
    .values({ id, list_id: listId, version, part, puts, removes, sealed, sealed_under: sealedUnder })
    .execute()
}

export interface BlockRow extends Place {
  readonly id: string
  readonly listId: string
  readonly puts: number
  readonly removes: number
  readonly sealedUnder: string
}

/** The blocks that came after a version, in the order in which they are applied; of one list or of all. */
export async function blocksAfter(db: Connection, version: number, listId?: string): Promise<BlockRow[]> {
  const all = db
    .selectFrom('list_blocks')
    .select(['id', 'list_id', 'version', 'part', 'puts', 'removes', 'sealed_under'])
    .where('version', '>', version)
    .orderBy('version')
    .orderBy('part')
  const rows = await (listId === undefined ? all : all.where('list_id', '=', listId)).execute()
  return rows.map(({ list_id, sealed_under, ...row }) => ({ ...row, listId: list_id, sealedUnder: sealed_under }))
}

/** The lists of an environment and what was appended to them after a version, all as of one moment. */
export interface ListsNow {
  readonly version: number
  readonly lists: readonly (ListSummary & {
    /** Who has not seen this version reads the list anew: removals up to it have left the log. */
    readonly foldedTo: number
  })[]
  readonly blocks: readonly BlockRow[]
}

/** Fault `list_incomplete` when asked from 0 on and a list has fewer blocks than it should have. */
export async function listsSince(database: Database, environment: Environment, since: number): Promise<ListsNow> {
  return database.transact(async (tx) => {
    const version = await listsVersion(tx)
    const rows = (await allLists(tx)).filter((row) => row.environment === environment)
    const ids = new Set(rows.map(({ id }) => id))
    const blocks = (await blocksAfter(tx, since)).filter(({ listId }) => ids.has(listId))
    if (since === 0)
      for (const row of rows)
        if (blocks.filter(({ listId }) => listId === row.id).length !== row.blocks)
          throw new Fault(
            'list_incomplete',
            `a block of the list "${row.id}" is missing from the database: restore the database, or bring the list in anew`,
            { retry: 'ask_a_person' },
          )
    return { version, lists: rows.map((row) => ({ ...summaryOf(row), foldedTo: row.folded_to })), blocks }
  })
}

/** Fault `block_gone` when it was folded into others meanwhile: read what there is anew. Fault `seal_broken` of the vault. */
export async function readBlock(
  db: Connection,
  vault: Pick<Vault, 'unseal'>,
  listId: string,
  id: string,
): Promise<Buffer> {
  const row = await db.selectFrom('list_blocks').select('sealed').where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw blockGone()
  return vault.unseal(blockContext(listId, id), row.sealed)
}

function blockGone(): Fault {
  return new Fault('block_gone', 'a block of a hash list was folded while it was read', { retry: 'now' })
}

/** Where a block is sealed, so that it opens in no other list and under no other id. */
export function blockContext(listId: string, blockId: string): string {
  return `list_blocks.sealed:${listId}/${blockId}`
}
