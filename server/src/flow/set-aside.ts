// The flood breaker at work: each match counts towards it, and what rests on an entry that was set aside waits for a person.

import type { CaseRecord } from '#cases'
import { caseState, entryKeysOf, moveCase, readCase } from '#cases'
import type { Transaction } from '#db'
import { decide } from '#decide'
import type { Arrival } from '#intake'
import { enqueueNow } from '#jobs'
import { countHit, entryKey, setAsideAmong, type Tripped } from '#lists'
import type { Ground } from '#match'
import { holdUnsubmitted } from '#reports'
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

/**
 * Whether every file of a case would be clear without this entry: then a decision about the entry is one about the case. Not, when
 * an entry was met that none of the grounds kept here names.
 */
export async function restsOn(
  { vault, rules }: Looking,
  tx: Transaction,
  found: CaseRecord,
  key: string,
): Promise<boolean> {
  const explained = keysIn(vault, found)
  if ((await entryKeysOf(tx, found.id)).some((one) => !explained.has(one))) return false
  return found.files.every(
    (file) =>
      decide(
        file.grounds.filter((ground) => entryKey(vault, ground) !== key),
        rules,
      ).kind === 'clear',
  )
}

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
  const state = await caseState(tx, caseId)
  if (state === 'set_aside') return true
  if (state !== 'reporting') return false
  const written = await entryKeysOf(tx, caseId)
  if (written.length > 0 && (await setAsideAmong(tx, written)).size === 0) return false
  if (!(await waitsForEntry(river, tx, await readCase(tx, vault, caseId)))) return false
  if (!(await holdUnsubmitted(tx, clock, vault, reportId))) return false
  await moveCase(tx, clock, caseId, 'entry_set_aside')
  return true
}
