// Brings a read file into a list: checks that the two belong together, seals the entries, counts, leaves an audit line.
import { setImmediate } from 'node:timers/promises'
import { type Actor, record } from '#audit'
import { type Clock, type Environment, Fault } from '#base'
import type { Database, Transaction } from '#db'
import type { Vault } from '#vault'
import { encodeBlock, MOST_VALUES } from './block.ts'
import { applyChanges, CHANGES_A_BLOCK, openList, type SealedChanges, sealChanges } from './changes.ts'
import { DEFAULT_POLICY, DEFAULT_RADIUS_BITS, type Entry, type ListClass, type Put, weightier } from './entry.ts'
import { formerEntries } from './former.ts'
import { distinct, divided, gathered, tooMany } from './gather.ts'
import type { ReadList } from './read/read.ts'
import { findList, isFetched, policyOf } from './store.ts'
import { countAdded, hasChanged } from './store-blocks.ts'

export interface ImportTo {
  /** The operator's name for the list, chosen at the first import. */
  readonly id: string
  readonly class: ListClass
  /** 0..31, fixed at the first import; left out: what it was, at first DEFAULT_RADIUS_BITS. */
  readonly radiusBits?: number | undefined
  readonly environment: Environment
  readonly actor: Actor
}

export interface ImportSummary {
  readonly id: string
  readonly class: ListClass
  readonly radiusBits: number
  /** Entries that the list did not hold before, entries that it held and that were renewed, entries now. */
  readonly added: number
  readonly renewed: number
  readonly entries: number
  readonly version: number
  /** Rows of entries that were too large count as skipped. */
  readonly counts: ReadList['counts']
  readonly troubles: ReadList['troubles']
  /** Entries of more values than one may have, with what the list held of them: left as they were. The first are named. */
  readonly tooLarge: { readonly entries: number; readonly rows: number; readonly named: readonly TooLarge[] }
}

export interface TooLarge {
  readonly source: string
  readonly entryId: string
}

const MOST_NAMED = 1_000

/**
 * Adds what was read, all or nothing, and leaves an audit line with the counts. What the list held stays, an entry's former
 * values too: an import never removes. Faults: `list_id_odd`, `radius_odd`, `class_refused` (csam in the sandbox),
 * `environment_mixed`, `class_mixed`, `radius_mixed`, `list_is_fetched`, `entry_too_large` (no other entry is left), all `never`; `list_busy`, `later`, when
 * others kept changing the list.
 */
export async function importList(
  database: Database,
  vault: Pick<Vault, 'seal' | 'unseal' | 'fingerprint'>,
  clock: Clock,
  to: ImportTo,
  read: ReadList,
): Promise<ImportSummary> {
  const entries = await gathered([read.entries])
  for (let round = 0; round < ROUNDS; round += 1) {
    try {
      return await importOnce(database, vault, clock, to, read, entries)
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error
    }
  }
  throw new Fault('list_busy', 'others kept changing this list, so nothing of the file was taken: try again later', {
    retry: 'later',
  })
}

/** Each reads the whole list, and is lost only to somebody who changed the same one. */
const ROUNDS = 5

/** The list was changed after it was read. Thrown, so that nothing of the transaction stays. */
class Overtaken extends Error {}

async function importOnce(
  database: Database,
  vault: Pick<Vault, 'seal' | 'unseal' | 'fingerprint'>,
  clock: Clock,
  to: ImportTo,
  read: ReadList,
  entries: ReadonlyMap<string, Put>,
): Promise<ImportSummary> {
  const former = await formerEntries(database.read, vault, to.id, entries)
  // Sealed outside, since the transaction may run more than once.
  const keys = [...entries.keys()]
  const sealed: SealedChanges[] = []
  const left: Put[] = []
  let known = 0
  for (let from = 0; from < keys.length; from += CHANGES_A_BLOCK) {
    const puts = keys.slice(from, from + CHANGES_A_BLOCK).flatMap((key) => {
      const put = entries.get(key)
      if (put === undefined) return []
      const before = former.entries.get(key)
      const joined = withFormer(put, before)
      if (tooMany(joined) !== undefined) {
        left.push(put)
        return []
      }
      if (before !== undefined) known += 1
      return [joined]
    })
    sealed.push(sealChanges(vault, clock, to.id, puts))
    await setImmediate()
  }
  if (left.length > 0 && left.length === entries.size) throw allTooLarge()
  const puts = entries.size - left.length
  const added = puts - known
  const rowsLeft = left.reduce((sum, { values }) => sum + values.length, 0)
  const counts = { ...read.counts, taken: read.counts.taken - rowsLeft, skipped: read.counts.skipped + rowsLeft }
  const named = left.slice(0, MOST_NAMED).map(({ source, entryId }) => ({ source, entryId }))
  const tooLarge = { entries: left.length, rows: rowsLeft, named }
  return database.transact(async (tx) => {
    if (await hasChanged(tx, to.id, former.version)) throw new Overtaken()
    const radiusBits = await openFor(tx, clock, to)
    let version = 0
    for (const each of sealed) {
      version = await applyChanges(tx, clock, each)
      // SQLite answers without ever letting go, so the event loop gets its turn here.
      await setImmediate()
    }
    const now = await countAdded(tx, to.id, { puts, added })
    const counted = { class: to.class, radiusBits, added, entries: now, version, ...counts, tooLarge: left.length }
    await record(tx, clock, { actor: to.actor, act: 'import_list', subject: to.id, detail: counted })
    const said = { counts, troubles: read.troubles, tooLarge }
    return { id: to.id, class: to.class, radiusBits, added, renewed: known, entries: now, version, ...said }
  })
}

/** Rows of a list that lies in no database, as blocks for the matcher. */
export async function* heldAsBlocks(rows: readonly Entry[]): AsyncGenerator<Uint8Array> {
  const puts = divided(await gathered([rows]))
  for (let from = 0; from < puts.length; from += CHANGES_A_BLOCK)
    yield encodeBlock(puts.slice(from, from + CHANGES_A_BLOCK))
}

/** The newer words, the values of both. A class is lowered only by whoever names all the values that it is said of. */
function withFormer(put: Put, former: Put | undefined): Put {
  if (former === undefined) return put
  const members = [...new Set([...put.members, ...former.members])]
  const values = distinct([...former.values, ...put.values])
  const named = values.length > put.values.length ? weightier(put.class, former.class) : put.class
  return { ...put, class: named, members, values }
}

function allTooLarge() {
  const words = `an entry may have ${MOST_VALUES} values of one algorithm, and each entry of the file has more: name it as several entries`
  return new Fault('entry_too_large', words, { retry: 'never' })
}

/** The list's radius. Made at the first import; its policy stays as it is ever after. */
async function openFor(tx: Transaction, clock: Clock, to: ImportTo): Promise<number> {
  // Its source would renew and remove what came by hand, and nobody could tell the two apart any more.
  if (await isFetched(tx, to.id))
    throw new Fault(
      'list_is_fetched',
      'this list is fetched from its source: give what you bring in by hand another name',
      {
        retry: 'never',
      },
    )
  const known = await findList(tx, to.id)
  const wanted = to.class === 'never_match' ? 0 : to.radiusBits
  const former = known === undefined ? undefined : policyOf(known)
  const radiusBits = wanted ?? former?.radiusBits ?? DEFAULT_RADIUS_BITS
  const policy = { ...(former ?? DEFAULT_POLICY), radiusBits }
  await openList(tx, clock, { id: to.id, class: to.class, environment: to.environment, policy })
  if (former !== undefined && radiusBits !== former.radiusBits)
    throw new Fault(
      'radius_mixed',
      `this list was imported with the radius ${former.radiusBits}; use another name for another`,
      { retry: 'never' },
    )
  return radiusBits
}
