// The flood breaker: an entry that too many unrelated accounts hit is more likely wrong than they are all guilty. It is set
// aside at once, what rests on it waits, and a person must look at it within a day.
import { type Actor, record } from '#audit'
import { type Clock, Fault, type Id, newId } from '#base'
import type { Connection, Transaction } from '#db'
import type { Vault } from '#vault'
import { disabledAmong } from '../disabled/disabled.ts'
import type { ListClass } from '../entry.ts'
import { type EntryName, entryKey } from '../name.ts'
import {
  type AsideRow,
  asideOfEntry,
  asideRow,
  countHits,
  dropHits,
  insertAside,
  listNames,
  noteHit,
  openCasesOf,
  readAsides,
  standingAsides,
  updateAside,
} from './store.ts'

export { releasedWithCases } from './store.ts'

export interface Breaker {
  /** An entry hit by more unrelated accounts than this within windowMs is set aside. */
  readonly accounts: number
  readonly windowMs: number
}

/** So many times more accounts may hit an entry that two members or more list or affirm: one mistake does not explain it. */
export const AFFIRMED_FACTOR = 10
/** By then a person has looked; kept entries are to be looked at again after as long. */
const REVIEW_WITHIN_MS = 24 * 3_600_000

export interface Hit {
  readonly entries: readonly (EntryName & { readonly class: ListClass; readonly members: number })[]
  /** A keyed digest of whom accounts count as related by: their organisation, else themselves. */
  readonly whoKey: string
}

export interface Tripped {
  readonly id: string
  readonly listId: string
  readonly accounts: number
  readonly reviewDueAt: number
}

/**
 * Counts one account's match, in the transaction that holds it, and answers the entries that this very hit has set aside. An entry
 * that a person released is never set aside again.
 */
export async function countHit(
  tx: Transaction,
  clock: Clock,
  vault: Pick<Vault, 'keyed'>,
  { entries, whoKey }: Hit,
  breaker: Breaker,
): Promise<readonly Tripped[]> {
  const tripped: Tripped[] = []
  const now = clock.now()
  const counted = new Map(entries.map((entry) => [entryKey(vault, entry), entry]))
  for (const [key, entry] of [...counted].sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (await asideOfEntry(tx, key)) continue
    await noteHit(tx, { entry_hmac: key, who_hmac: whoKey, at: now })
    const accounts = await countHits(tx, key, now - breaker.windowMs)
    if (accounts <= breaker.accounts * (entry.members >= 2 ? AFFIRMED_FACTOR : 1)) continue
    tripped.push(await setAside(tx, clock, key, entry, accounts))
  }
  return tripped
}

async function setAside(
  tx: Transaction,
  clock: Clock,
  key: string,
  { listId, class: named }: Hit['entries'][number],
  accounts: number,
): Promise<Tripped> {
  const id: Id<'aside'> = newId('aside', clock)
  const now = clock.now()
  const reviewDueAt = now + REVIEW_WITHIN_MS
  await insertAside(tx, {
    id,
    entry_hmac: key,
    list_id: listId,
    class: named,
    state: 'set_aside',
    accounts,
    set_aside_at: now,
    review_due_at: reviewDueAt,
    decided_by: null,
    decided_at: null,
    reason_sealed: null,
    bulk_sealed: null,
    bulk_says: null,
  })
  await record(tx, clock, {
    actor: 'wardline',
    act: 'set_entry_aside',
    subject: id,
    detail: { list: listId, class: named, accounts, reviewDueAt },
  })
  return { id, listId, accounts, reviewDueAt }
}

/** Over all cases of an entry; the last one counts until the entry is released. */
export type BulkSays = Exclude<AsideRow['bulk_says'], null>

export interface Aside {
  readonly id: string
  readonly since: number
  /** What a person decided over all its cases, if they did. */
  readonly says: BulkSays | null
}

/**
 * When each of these entries that is set aside was; entries that are not are not in it. One that was found to be wrong and is disabled
 * here counts as one whose matches are false: nothing that rests on it is filed.
 */
export async function setAsideAmong(db: Connection, entryKeys: readonly string[]): Promise<ReadonlyMap<string, Aside>> {
  const rows = await standingAsides(db, entryKeys)
  const disabled = [...(await disabledAmong(db, entryKeys))].map(
    ([key, one]) => [key, { ...one, says: 'dismiss_as_false' as const }] as const,
  )
  return new Map([
    ...rows.map((row) => [row.entry_hmac, { id: row.id, since: row.set_aside_at, says: row.bulk_says }] as const),
    ...disabled,
  ])
}

export interface AsideDecision {
  readonly id: string
  readonly by: Actor
  readonly reason: string
}

/** The entry counts again, for good. Answers its key. Faults `not_a_person`, `reason_missing`, `no_such_set_aside`, `not_possible`. */
export async function releaseEntry(
  tx: Transaction,
  clock: Clock,
  vault: Pick<Vault, 'sealJson'>,
  decision: AsideDecision,
): Promise<void> {
  await decide(tx, clock, vault, decision, 'released')
}

/** A person looked, and the entry stays set aside; it is to be looked at again a day later. Faults as `releaseEntry`. */
export async function keepAside(
  tx: Transaction,
  clock: Clock,
  vault: Pick<Vault, 'sealJson'>,
  decision: AsideDecision,
): Promise<void> {
  await decide(tx, clock, vault, decision, 'kept')
}

async function decide(
  tx: Transaction,
  clock: Clock,
  vault: Pick<Vault, 'sealJson'>,
  { id, by, reason }: AsideDecision,
  state: 'released' | 'kept',
): Promise<void> {
  const row = await openRow(tx, { id, by, reason })
  const now = clock.now()
  await updateAside(tx, id, {
    state,
    decided_by: by,
    decided_at: now,
    review_due_at: now + REVIEW_WITHIN_MS,
    reason_sealed: vault.sealJson(`list_set_asides.reason_sealed:${id}`, { reason: reason.trim() }),
  })
  const act = state === 'released' ? 'release_entry' : 'keep_entry_aside'
  await record(tx, clock, { actor: by, act, subject: id, detail: { list: row.list_id, before: row.state } })
}

/**
 * One decision over all the entry's cases, to be carried out case by case. `decision` is the caller's, kept sealed. When somebody
 * has to look again is moved at its end only.
 */
export async function recordBulk(
  tx: Transaction,
  clock: Clock,
  vault: Pick<Vault, 'sealJson'>,
  { decision, says, ...asked }: AsideDecision & { readonly says: BulkSays; readonly decision: unknown },
): Promise<void> {
  const row = await openRow(tx, asked)
  if (row.bulk_sealed !== null)
    throw refusal('not_possible', 'a decision over all cases of this entry is still being carried out')
  const { id, by } = asked
  await updateAside(tx, id, {
    bulk_sealed: vault.sealJson(`list_set_asides.bulk_sealed:${id}`, decision),
    bulk_says: says,
  })
  await record(tx, clock, { actor: by, act: 'decide_entry', subject: id, detail: { list: row.list_id, says } })
}

export async function readBulk(
  db: Connection,
  vault: Pick<Vault, 'unsealJson'>,
  id: string,
): Promise<{ readonly entryKey: string; readonly released: boolean; readonly decision: unknown }> {
  const row = await asideRow(db, id)
  const decision = row.bulk_sealed && vault.unsealJson(`list_set_asides.bulk_sealed:${id}`, row.bulk_sealed)
  return { entryKey: row.entry_hmac, released: row.state === 'released', decision: decision ?? undefined }
}

/** It was carried out. Only one that left no case behind counts as a look at the entry: `left` ones still wait for theirs. */
export async function endBulk(
  tx: Transaction,
  clock: Clock,
  { id, left }: { readonly id: string; readonly left: number },
): Promise<void> {
  await updateAside(tx, id, {
    bulk_sealed: null,
    ...(left === 0 && { review_due_at: clock.now() + REVIEW_WITHIN_MS }),
  })
}

async function openRow(tx: Transaction, { id, by, reason }: AsideDecision): Promise<AsideRow> {
  if (!by.startsWith('person:')) throw refusal('not_a_person', 'only a person decides about an entry')
  if (reason.trim() === '') throw refusal('reason_missing', 'this needs a reason')
  const row = await asideRow(tx, id)
  if (row.state === 'released') throw refusal('not_possible', 'this entry was released already')
  return row
}

export interface AsideView {
  readonly id: string
  readonly listId: string
  /** The list was removed since: nothing new is held for it, and what was held still waits for a person. */
  readonly listGone: boolean
  readonly class: string
  readonly state: AsideRow['state']
  readonly accounts: number
  readonly setAsideAt: number
  /** Null once it is released: then nobody has to look again. */
  readonly reviewDueAt: number | null
  readonly overdue: boolean
  readonly decidedBy: string | null
  readonly decidedAt: number | null
  /** A decision over all of them is being carried out. */
  readonly deciding: boolean
  /** Cases that rest on it and wait, settle or are to be reviewed. */
  readonly openCases: number
}

/** Newest first. Which entry it is stays sealed with its cases. */
export async function listSetAsides(db: Connection, clock: Clock): Promise<readonly AsideView[]> {
  const cases = await openCasesOf(db)
  const lists = await listNames(db)
  return (await readAsides(db)).map((row) => ({
    id: row.id,
    listId: row.list_id,
    listGone: !lists.has(row.list_id),
    class: row.class,
    state: row.state,
    accounts: row.accounts,
    setAsideAt: row.set_aside_at,
    reviewDueAt: row.state === 'released' ? null : row.review_due_at,
    overdue: row.state !== 'released' && row.review_due_at <= clock.now(),
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    deciding: row.bulk_sealed !== null,
    openCases: cases.get(row.id) ?? 0,
  }))
}

/** Hits that no window reaches any more. */
export async function forgetHits(tx: Transaction, clock: Clock, { windowMs }: Breaker): Promise<void> {
  await dropHits(tx, clock.now() - windowMs)
}

const refusal = (code: string, words: string) => new Fault(code, words, { retry: 'never' })
