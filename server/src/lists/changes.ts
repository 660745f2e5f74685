// How a list changes: batches of changes are sealed, appended as one block each, and folded by whoever reads them.
import { setImmediate } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { type Clock, type Environment, Fault, newId } from '#base'
import { type Connection, readMeta, type Transaction } from '#db'
import { enqueue } from '#jobs'
import type { Vault } from '#vault'
import { blockRow, changeAt, encodeBlock, openBlock, rowsOf } from './block.ts'
import { CARDS_LIST } from './cards/cards.ts'
import { type Change, DEFAULT_RADIUS_BITS, type ListClass, type ListPolicy, type Put } from './entry.ts'
import { findList, insertList, listsVersion, policyOf, setPolicy } from './store.ts'
import { appendBlock, blockContext, blocksAfter, readBlock, type SealedBlock } from './store-blocks.ts'
import { removedLists } from './store-removed.ts'

/** So many changes make a block of some 300 kB, which is sealed in a few milliseconds. */
export const CHANGES_A_BLOCK = 4096

/** A batch that nobody can read any more without the vault. */
export type SealedChanges = SealedBlock

/**
 * Seals a batch of at most CHANGES_A_BLOCK changes; of several of one entry the last holds. Outside the transaction, which may
 * run more than once. RangeError for what no block can hold.
 */
export function sealChanges(
  vault: Pick<Vault, 'seal' | 'fingerprint'>,
  clock: Clock,
  listId: string,
  changes: readonly Change[],
): SealedChanges {
  if (changes.length > CHANGES_A_BLOCK) throw new RangeError(`a batch holds at most ${CHANGES_A_BLOCK} changes`)
  const last = new Map<string, Change>()
  for (const change of changes) last.set(keyOf(change), change)
  return sealBlock(vault, clock, listId, [...last.values()])
}

/** As `sealChanges`, of any length, for blocks that take the place of others. */
export function sealBlock(
  vault: Pick<Vault, 'seal' | 'fingerprint'>,
  clock: Clock,
  listId: string,
  changes: readonly Change[],
): SealedChanges {
  const puts = changes.filter(({ kind }) => kind === 'put').length
  const id = newId('block', clock)
  const sealed = vault.seal(blockContext(listId, id), encodeBlock(changes))
  return { id, listId, puts, removes: changes.length - puts, sealed, sealedUnder: vault.fingerprint }
}

/** The version from which on the batch is seen, in the transaction that also writes the checkpoint. An empty batch is none. */
export async function applyChanges(tx: Transaction, clock: Clock, sealed: SealedChanges): Promise<number> {
  if (sealed.puts + sealed.removes === 0) return listsVersion(tx)
  const { version, blocks } = await appendBlock(tx, clock.now(), sealed)
  // Often enough to keep the log short, seldom enough to cost nothing.
  if (blocks % MANY_BLOCKS === 0) await askToCompact(tx, clock, sealed.listId)
  return version
}

/** Once, however often it is asked before it is done. */
export async function askToCompact(tx: Transaction, clock: Clock, listId: string): Promise<void> {
  const uniqueKey = `compact ${listId}`
  await enqueue(tx, clock, { kind: 'compact_list', subject: listId, runAt: clock.now(), uniqueKey })
}

const MANY_BLOCKS = 64

export interface ListToOpen {
  readonly id: string
  readonly class: ListClass
  readonly environment: Environment
  readonly policy: ListPolicy
}

/**
 * Makes the list at its first use; ever after environment and class must agree, and the policy is renewed. Faults, `never`:
 * `list_id_odd`, `radius_odd`, `policy_odd`, `class_refused` (csam in the sandbox), `environment_mixed`, `class_mixed`; and
 * `list_busy`, `later`, while one of this name is being removed.
 */
export async function openList(tx: Transaction, clock: Clock, list: ListToOpen): Promise<void> {
  refuseOdd(list)
  const known = await findList(tx, list.id)
  const stamped = await readMeta(tx, 'environment')
  for (const environment of [stamped, known?.environment])
    if (environment !== undefined && environment !== list.environment)
      refuse('environment_mixed', `this list belongs to the environment "${environment}", not to "${list.environment}"`)
  if (known === undefined) {
    if ((await removedLists(tx)).includes(list.id)) throw stillGoing(list.id)
    return insertList(tx, clock.now(), list)
  }
  if (known.class !== list.class)
    refuse('class_mixed', `this list was imported with the class "${known.class}"; use another name for another class`)
  if (!isDeepStrictEqual(policyOf(known), list.policy)) await setPolicy(tx, list.id, list.policy)
}

function stillGoing(id: string): Fault {
  const words = `a list of this name was removed and is not wholly gone yet; \`wardline lists remove ${id} --yes\` goes on with that`
  return new Fault('list_busy', words, { retry: 'later' })
}

/**
 * The folded state of one list, values and all, for tests, differences and compaction: entries whose last change is oldest come
 * first. What is changed meanwhile may or may not be seen. Holds the list's blocks in memory, and nobody up for long.
 */
export async function* readEntries(db: Connection, vault: Pick<Vault, 'unseal'>, listId: string): AsyncGenerator<Put> {
  const blocks: ReturnType<typeof openBlock>[] = []
  for (const { id } of await blocksAfter(db, 0, listId)) {
    blocks.push(openBlock(await readBlock(db, vault, listId, id)))
    await setImmediate()
  }
  // Where among all rows an entry was changed last.
  const last = new Map<string, number>()
  const keyAt = (block: (typeof blocks)[number], at: number) =>
    keyOf({ source: block.text(blockRow.source(block.bytes, at)), entryId: blockRow.entryId(block.bytes, at) })
  let row = 0
  for (const block of blocks)
    for (const at of rowsOf(block)) {
      row += 1
      last.set(keyAt(block, at), row)
      if (row % ROWS_A_TURN === 0) await setImmediate()
    }
  row = 0
  for (const block of blocks)
    for (const at of rowsOf(block)) {
      row += 1
      if (row % ROWS_A_TURN === 0) await setImmediate()
      if (blockRow.isRemoval(block.bytes, at) || last.get(keyAt(block, at)) !== row) continue
      const change = changeAt(block, at)
      if (change.kind === 'put') yield change
    }
}

/** A few milliseconds of work. */
const ROWS_A_TURN = 1_000

function refuseOdd({ id, class: named, policy, environment }: ListToOpen): void {
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(id) || /[0-9a-f]{32}/.test(id))
    refuse('list_id_odd', 'a list is named with up to 64 of a-z, 0-9, ".", "_" and "-", and not like a hash')
  if (id === CARDS_LIST)
    refuse('list_id_odd', 'this is the name of the test cards that come with Wardline; choose another')
  if (!isWhole(policy.radiusBits, 0, DEFAULT_RADIUS_BITS))
    refuse('radius_odd', `a radius is a whole number of bits from 0 to ${DEFAULT_RADIUS_BITS}`)
  if (!isWhole(policy.leastQuality, 0, 100)) refuse('policy_odd', 'a quality is a whole number from 0 to 100')
  if (!isWhole(policy.leastMembers, 1, 65_535))
    refuse('policy_odd', 'the least number of members is a whole one, 1 or more')
  if (!(policy.share >= 0 && policy.share <= 1)) refuse('policy_odd', 'a share of traffic is a number from 0 to 1')
  // A match would be held, reviewed and "reported" to a mere sandbox, as though it had been dealt with.
  if (named === 'csam' && environment === 'sandbox')
    refuse(
      'class_refused',
      'a list of class csam has no place in the sandbox, where nothing is ever reported: import it into production, ' +
        'or use the class test for lists of harmless pictures',
    )
}

function isWhole(value: number, from: number, to: number): boolean {
  return Number.isInteger(value) && value >= from && value <= to
}

/** Equal for the same entry and for no other. */
export function keyOf({ source, entryId }: { readonly source: string; readonly entryId: string }): string {
  return `${source.length} ${source}${entryId}`
}

function refuse(code: string, words: string): never {
  throw new Fault(code, words, { retry: 'never' })
}
