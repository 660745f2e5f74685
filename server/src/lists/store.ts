// The tables of the lists: each change is a sealed block, and the version rises with it. Nothing of an entry lies in the open.
import type { Selectable } from 'kysely'
import { type Environment, Fault } from '#base'
import { type Connection, type Database, readMeta, type Tables, type Transaction, writeMeta } from '#db'
import type { Vault } from '#vault'
import { type ListClass, type ListPolicy, listClasses } from './entry.ts'

/** Rises by one with every change of any list; 0 before the first. */
export async function listsVersion(db: Connection): Promise<number> {
  return Number((await readMeta(db, VERSION)) ?? 0)
}

/** What may be shown of a list: how much it holds, never what. */
export interface ListSummary {
  readonly id: string
  readonly environment: string
  readonly class: ListClass
  readonly policy: ListPolicy
  readonly radiusBits: number
  readonly entries: number
  /** Entries are counted when blocks are folded; what has come since is taken for new unless this is true. */
  readonly counted: boolean
  /** Epoch milliseconds. */
  readonly createdAt: number
  readonly changedAt: number
}

export async function summariseLists(db: Connection): Promise<ListSummary[]> {
  return (await allLists(db)).map(summaryOf)
}

function summaryOf(row: ListRow): ListSummary {
  return {
    id: row.id,
    environment: row.environment,
    class: oneOf(listClasses, row.class),
    policy: policyOf(row),
    radiusBits: row.radius_bits,
    entries: row.entries,
    counted: row.uncounted === 0,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  }
}

export type ListRow = Selectable<Tables['lists']>

export function findList(db: Connection, id: string): Promise<ListRow | undefined> {
  return db.selectFrom('lists').selectAll().where('id', '=', id).where('removed_at', 'is', null).executeTakeFirst()
}

/** Whether it has a source that is asked for its changes. */
export async function isFetched(db: Connection, id: string): Promise<boolean> {
  const row = await db.selectFrom('list_syncs').select('list_id').where('list_id', '=', id).executeTakeFirst()
  return row !== undefined
}

export function allLists(db: Connection): Promise<ListRow[]> {
  return db.selectFrom('lists').selectAll().where('removed_at', 'is', null).orderBy('id').execute()
}

export function policyOf(row: ListRow): ListPolicy {
  return {
    radiusBits: row.radius_bits,
    leastQuality: row.least_quality,
    leastMembers: row.least_members,
    share: row.share_ppm / MILLION,
    enabled: row.enabled === 1,
  }
}

export async function insertList(
  tx: Transaction,
  now: number,
  list: {
    readonly id: string
    readonly environment: Environment
    readonly class: ListClass
    readonly policy: ListPolicy
  },
): Promise<void> {
  const { id, environment } = list
  // A list of this name was removed once: who still holds its entries must not take them for those of this one.
  const folded_to = Number((await readMeta(tx, removedKey(id))) ?? 0)
  const counts = { entries: 0, uncounted: 0, blocks: 0, folded_to }
  const times = { created_at: now, changed_at: now }
  await tx
    .insertInto('lists')
    .values({ id, environment, class: list.class, ...columnsOf(list.policy), ...counts, ...times })
    .execute()
}

/** Where it is noted at which version a list of this name was removed. */
export const removedKey = (id: string): string => `lists.removed:${id}`

/** The version rises, so that whoever serves the list hears of it. */
export async function setPolicy(tx: Transaction, id: string, policy: ListPolicy): Promise<void> {
  await tx.updateTable('lists').set(columnsOf(policy)).where('id', '=', id).execute()
  await raiseVersion(tx)
}

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

export async function raiseVersion(tx: Transaction): Promise<number> {
  const version = (await listsVersion(tx)) + 1
  await writeMeta(tx, VERSION, String(version))
  return version
}

function columnsOf(policy: ListPolicy) {
  return {
    radius_bits: policy.radiusBits,
    least_quality: policy.leastQuality,
    least_members: policy.leastMembers,
    share_ppm: Math.round(policy.share * MILLION),
    enabled: policy.enabled ? 1 : 0,
  }
}

const VERSION = 'lists.version'
const MILLION = 1_000_000

/** What the database gives back was checked before it went in; anything else is a bug or a foreign hand. */
export function oneOf<T extends string>(all: readonly T[], text: string): T {
  const found = all.find((each) => each === text)
  if (found === undefined) throw new Error('a list in the database holds a word that is none of ours')
  return found
}
