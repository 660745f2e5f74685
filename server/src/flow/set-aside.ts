// The flood breaker at work: each match counts towards it, and what rests on an entry that was set aside waits for a person.

import type { CaseRecord } from '#cases'
import { caseState, entryKeysOf, moveCase, readCase } from '#cases'
import type { Connection, Transaction } from '#db'
import { decide } from '#decide'
import type { Arrival } from '#intake'
import { enqueueNow } from '#jobs'
import { type BulkSays, countHit, entryKey, setAsideAmong, type Tripped } from '#lists'
import type { Ground } from '#match'
import { casesOfReport, holdUnsubmitted } from '#reports'
import { alertJob } from './alert-job.ts'
import { machineOf } from './machine.ts'
import type { Desk, River } from './river.ts'

/** In the transaction that holds the match, so that no replica misses another's; answers what this match has set aside. */
export async function countFlood(
  { clock, vault, environment, rules }: Pick<River, 'clock' | 'vault' | 'environment' | 'rules'>,
  tx: Transaction,
  { context, sentBy }: Pick<Arrival, 'context' | 'sentBy'>,
  grounds: readonly Ground[],
): Promise<readonly Tripped[]> {
  // Accounts of one organisation are one: a class of pupils, a company's shared drive. Where no account is known a machine stands for
  // it, and else the key: of strangers nobody can say that they are unrelated.
  const who =
    context.account?.organisation !== undefined
      ? ['organisation', context.account.organisation.id]
      : context.account !== undefined
        ? ['account', context.account.id]
        : context.origin !== undefined
          ? ['machine', machineOf(context.origin.ip)]
          : ['key', sentBy]
  const whoKey = vault.keyed('breaker account', JSON.stringify([environment, ...who]))
  const tripped = await countHit(tx, clock, vault, { entries: grounds, whoKey }, rules.breaker)
  for (const { id } of tripped) await enqueueNow(tx, clock, alertJob(id))
  return tripped
}

/** After the commit. */
export function sayTripped({ log }: Pick<River, 'log'>, tripped: readonly Tripped[]): void {
  for (const { id, listId, accounts, reviewDueAt } of tripped)
    log.warn(
      { entry: id, list: listId, accounts, reviewDue: new Date(reviewDueAt).toISOString() },
      'ALERT: an entry was hit by too many unrelated accounts and is set aside: what rests on it waits for a person ' +
        '(wardline lists set-aside list)',
    )
}

type Looking = Pick<Desk, 'vault' | 'rules'>

/**
 * Whether a case would not go where it goes without entries that are set aside now. A person who decided about it since then has
 * looked, and it goes on.
 */
export async function waitsForEntry({ vault, rules }: Looking, tx: Transaction, found: CaseRecord): Promise<boolean> {
  const written = await entryKeysOf(tx, found.id)
  const asides = await setAsideAmong(tx, [...new Set([...written, ...keysIn(vault, found)])])
  if (asides.size === 0) return false
  const { decision } = found
  const doubted = ({ class: _, ...ground }: CaseRecord['files'][number]['grounds'][number]) => {
    const aside = asides.get(entryKey(vault, ground))
    return aside !== undefined && (decision === null || decision.at < aside.since)
  }
  return !found.files.every((file) => {
    const rest = file.grounds.filter((ground) => !doubted(ground))
    if (rest.length === file.grounds.length) return true
    const without = decide(rest, rules)
    return without.kind === 'held' && (decision !== null || without.route === 'report')
  })
}

/** What a decision over all cases of an entry is to one case of it. */
export type Bearing =
  /** It is the case's own. falseMatch: whoever decided about any of its entries called that one wrong. */
  | { readonly kind: 'its_own'; readonly falseMatch: boolean }
  /** Something else holds it too: other entries that are set aside, by the ids of that, or what nobody set aside. */
  | { readonly kind: 'held'; readonly asides: readonly string[]; readonly otherwise: boolean }

/**
 * Whether every file of a case would be clear without this entry, and without those that are set aside and of which a person decided
 * the same: then the decision is one about the case. Not, when an entry was met that none of the grounds kept here names.
 */
export async function bearingOn(
  { vault, rules }: Looking,
  db: Connection,
  found: CaseRecord,
  { key, says }: { readonly key: string; readonly says: BulkSays },
): Promise<Bearing> {
  const explained = keysIn(vault, found)
  const all = new Set([...(await entryKeysOf(db, found.id)), ...explained])
  all.delete(key)
  const asides = await setAsideAmong(db, [...all])
  const alike = [...asides.values()].filter((aside) => isSame(aside.says, says))
  const decided = (one: string) => one === key || isSame(asides.get(one)?.says, says)

  const holding = new Set([...all].filter((one) => !explained.has(one) && !decided(one)))
  for (const { grounds } of found.files) {
    const rest = grounds.filter((ground) => !decided(entryKey(vault, ground)))
    if (decide(rest, rules).kind === 'clear') continue
    for (const ground of rest) if (ground.class !== 'never_match') holding.add(entryKey(vault, ground))
  }
  if (holding.size === 0)
    return { kind: 'its_own', falseMatch: [{ says }, ...alike].every((one) => one.says === 'dismiss_as_false') }
  return {
    kind: 'held',
    asides: [...holding].flatMap((one) => asides.get(one)?.id ?? []).sort(),
    otherwise: [...holding].some((one) => !asides.has(one)),
  }
}

/** A dismissal is one, whether or not the entry was called wrong as well. */
const isSame = (one: BulkSays | null | undefined, other: BulkSays) =>
  (one === 'confirm') === (other === 'confirm') && one !== null && one !== undefined

/** By what the files themselves say; of a case of before nothing else is written down. */
const keysIn = (vault: Looking['vault'], { files }: CaseRecord): ReadonlySet<string> =>
  new Set(files.flatMap(({ grounds }) => grounds.map((ground) => entryKey(vault, ground))))

/**
 * Before a report's next step: true when its case waits for an entry. A report of which nothing was submitted yet is held back,
 * and its case waits with it.
 */
export async function heldBack(
  river: Looking & Pick<Desk, 'clock'>,
  tx: Transaction,
  reportId: string,
  caseId: string,
) {
  const { clock, vault } = river
  // A person compared the cases of a batch with each other, and called the picture what it is: that stands. A correction is of no case.
  if ((await casesOfReport(tx, reportId)).length !== 1) return false
  const state = await caseState(tx, caseId)
  if (state === 'set_aside') return true
  if (state !== 'reporting' && state !== 'cannot_report') return false
  const written = await entryKeysOf(tx, caseId)
  if (written.length > 0 && (await setAsideAmong(tx, written)).size === 0) return false
  if (!(await waitsForEntry(river, tx, await readCase(tx, vault, caseId)))) return false
  if (!(await holdUnsubmitted(tx, clock, vault, reportId))) return false
  if (state === 'cannot_report') await moveCase(tx, clock, caseId, 'credentials_found')
  await moveCase(tx, clock, caseId, 'entry_set_aside')
  return true
}
