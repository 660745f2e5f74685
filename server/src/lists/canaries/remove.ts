// Canaries leave their list again: on demand, or when a real entry took the name of one. What is real stays where it is.
import { type Actor, record } from '#audit'
import { type Clock, Fault } from '#base'
import { type Connection, type Database, readMeta, writeMeta } from '#db'
import type { Vault } from '#vault'
import { blockRow, changeAt, openBlock, rowsOf } from '../block.ts'
import { applyChanges, keyOf, sealChanges } from '../changes.ts'
import type { Change, Value } from '../entry.ts'
import { raiseGuardsVersion } from '../guards.ts'
import { findList, listsVersion } from '../store.ts'
import { blocksAfter, readBlock } from '../store-blocks.ts'
import { type CanaryFacts, type CanaryRow, canaryRows, dropRemoved, markRemoved, readCanary } from './store.ts'

/** Longer than any matcher lags behind the watch: until then what is like a removed canary counts for nothing, and rings no bell. */
const removedKeptMs = 24 * 3_600_000

/**
 * Takes all of a list's canaries out again, and out of the watch; of a list that was removed only the watch is left to take them
 * out of. Answers how many there were. Fault `list_unknown`: there is no such list, and no canary of one.
 */
export async function removeCanaries(
  database: Database,
  vault: Pick<Vault, 'seal' | 'unseal' | 'unsealJson' | 'fingerprint'>,
  clock: Clock,
  { listId, actor }: { readonly listId: string; readonly actor: Actor },
): Promise<number> {
  const standing = await standingIn(database.read, vault, listId)
  if (standing.length === 0) {
    if (await findList(database.read, listId)) return 0
    throw new Fault('list_unknown', 'there is no list of this name, and no canary of one', { retry: 'never' })
  }
  const seen = await seenChanges(database, vault, listId, standing, 0)
  return database.transact(async (tx) => {
    // What came while the list was read.
    const last = new Map([...seen.last, ...(await lastChanges(tx, vault, listId, standing, seen.version))])
    const removals = standing.flatMap(({ facts }): Change[] => {
      const change = last.get(keyOf(facts))
      return change !== undefined && isSame(change, facts)
        ? [{ kind: 'remove', source: facts.source, entryId: facts.entryId }]
        : []
    })
    // The list itself may be gone by now; then only the watch is left.
    if (await findList(tx, listId)) await applyChanges(tx, clock, sealChanges(vault, clock, listId, removals))
    const rows = standing.map(({ row }) => row)
    await markRemoved(tx, rows, clock.now())
    await raiseGuardsVersion(tx)
    await record(tx, clock, { actor, act: 'remove_canaries', subject: listId, detail: { removed: rows.length } })
    return rows.length
  })
}

/**
 * Once an hour: a canary whose name a real entry took is none any more, and one that was removed a day ago is forgotten. Looks at
 * what came to the lists since it last looked.
 */
export async function tidyCanaries(
  database: Database,
  vault: Pick<Vault, 'unseal' | 'unsealJson'>,
  clock: Clock,
): Promise<void> {
  for (const listId of new Set((await canaryRows(database.read)).map((row) => row.list_id)))
    await dropTaken(database, vault, clock, listId)
  await database.transact(async (tx) => {
    if ((await dropRemoved(tx, clock.now() - removedKeptMs)) > 0) await raiseGuardsVersion(tx)
  })
}

async function dropTaken(
  database: Database,
  vault: Pick<Vault, 'unseal' | 'unsealJson'>,
  clock: Clock,
  listId: string,
): Promise<void> {
  const standing = await standingIn(database.read, vault, listId)
  const looked = `lists.canaries_looked:${listId}`
  const since = Number((await readMeta(database.read, looked)) ?? 0)
  if (standing.length === 0 || (await blocksAfter(database.read, since, listId)).length === 0) return
  const { version, last } = await seenChanges(database, vault, listId, standing, since)
  const taken = standing.filter(({ facts }) => {
    const change = last.get(keyOf(facts))
    return change?.kind === 'put' && !isSame(change, facts)
  })
  await database.transact(async (tx) => {
    await writeMeta(tx, looked, String(version))
    if (taken.length === 0) return
    const rows = taken.map(({ row }) => row)
    await markRemoved(tx, rows, clock.now())
    await raiseGuardsVersion(tx)
    const detail = { removed: rows.length, taken: true }
    await record(tx, clock, { actor: 'wardline', act: 'remove_canaries', subject: listId, detail })
  })
}

interface Standing {
  readonly row: CanaryRow
  readonly facts: CanaryFacts
}

async function standingIn(
  db: Connection,
  vault: Pick<Vault, 'unsealJson'>,
  listId: string,
): Promise<readonly Standing[]> {
  return (await canaryRows(db))
    .filter((row) => row.list_id === listId && row.removed_at === null)
    .map((row) => ({ row, facts: readCanary(vault, row) }))
}

/** Outside a transaction, since a list of ten million takes a while; `version`: what came later was perhaps not seen. */
async function seenChanges(
  database: Database,
  vault: Pick<Vault, 'unseal'>,
  listId: string,
  standing: readonly Standing[],
  since: number,
) {
  for (;;) {
    const version = await listsVersion(database.read)
    try {
      return { version, last: await lastChanges(database.read, vault, listId, standing, since) }
    } catch (error) {
      // Folded meanwhile: what it held stands in another one.
      if (!(error instanceof Fault && error.code === 'block_gone')) throw error
    }
  }
}

/** By name, what last became of each, as far as it stands in blocks that came after a version. */
async function lastChanges(
  db: Connection,
  vault: Pick<Vault, 'unseal'>,
  listId: string,
  standing: readonly Standing[],
  since: number,
): Promise<ReadonlyMap<string, Change>> {
  const names = new Set(standing.map(({ facts }) => keyOf(facts)))
  const last = new Map<string, Change>()
  for (const { id } of await blocksAfter(db, since, listId)) {
    const block = openBlock(await readBlock(db, vault, listId, id))
    for (const at of rowsOf(block)) {
      const source = block.text(blockRow.source(block.bytes, at))
      const name = keyOf({ source, entryId: blockRow.entryId(block.bytes, at) })
      if (names.has(name)) last.set(name, changeAt(block, at))
    }
  }
  return last
}

function isSame(change: Change, { values }: CanaryFacts): boolean {
  return change.kind === 'put' && textOf(change.values) === textOf(values)
}

const textOf = (values: readonly Value[]) =>
  values
    .map(({ algorithm, value }) => `${algorithm} ${value}`)
    .sort()
    .join()
