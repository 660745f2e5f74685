// The lists themselves, and the version that rises with every change of any of them. What they hold lies in blocks (store-blocks.ts).
import type { Selectable } from 'kysely'
import type { Environment } from '#base'
import { type Connection, readMeta, type Tables, type Transaction, writeMeta } from '#db'
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

export function summaryOf(row: ListRow): ListSummary {
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
