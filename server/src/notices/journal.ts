// A notice's way to its mail server, written down before and after, so that a crash sends the same mail again, not another.
import { type Actor, record } from '#audit'
import { type Clock, Fault, isProduction } from '#base'
import type { Tables, Transaction } from '#db'
import type { Vault } from '#vault'
import { readTold } from './address.ts'
import { appealToken, appealUrl } from './link.ts'
import type { NoticePolicy } from './policy.ts'
import { replyAddress } from './reply-address.ts'
import { type Mail, noticeText } from './text.ts'

export type Began =
  | {
      readonly kind: 'mail'
      readonly mail: Mail
      readonly attempts: number
      readonly caseId: string
      readonly isTest: boolean
    }
  /** Somebody began to send it a moment ago and has not said how it ended: look again at this time. */
  | { readonly kind: 'under_way'; readonly untilMs: number }
  /** Sent, dead or never to be sent: nothing to do. */
  | { readonly kind: 'over'; readonly state: 'sent' | 'not_sent' | 'dead' }

/**
 * A mail that is being sent is left alone for so long: no lease can call a mail back, so whoever takes its job over waits
 * until its sender has most likely said how it ended. A sender that died costs the notice this time; one that takes
 * longer may send the mail a second time, under the same Message-ID.
 */
const underWayMs = 30_000

/** The notice is `sending`; the mail it is to be. Found again as `sending` after a crash, it is the same mail. */
export async function markSending(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  {
    noticeId,
    policy,
    aloneSinceMs = 0,
  }: {
    readonly noticeId: string
    readonly policy: NoticePolicy
    /** Who sent before this moment is dead, where it is known that no other server runs. Epoch milliseconds. */
    readonly aloneSinceMs?: number | undefined
  },
): Promise<Began> {
  const row = await noticeRow(tx, noticeId)
  if (row.state !== 'waiting' && row.state !== 'sending') return { kind: 'over', state: row.state }
  const begunAt = row.begun_at ?? 0
  // A clock of another server may be ahead of ours, by less than this.
  const lately = begunAt >= aloneSinceMs && Math.abs(clock.now() - begunAt) < underWayMs
  if (row.state === 'sending' && lately) return { kind: 'under_way', untilMs: begunAt + underWayMs }
  const { address, disabled } = readTold(vault, noticeId, row.to_sealed)
  if (address === null) throw new Error('a notice without an address is never due')
  // At the wire, again: the address was sealed a while ago, and no user is written to for a test.
  if (row.is_test === 1 && isProduction(policy.environment) && address !== policy.operatorEmail)
    return notSent(tx, clock, noticeId)
  const attempts = row.attempts + 1
  const set = { state: 'sending', attempts, begun_at: clock.now() } as const
  await tx.updateTable('notices').set(set).where('id', '=', noticeId).execute()
  const link = appealUrl(policy.publicUrl, appealToken(vault, noticeId))
  const { appealsAddress } = policy
  const mail = {
    noticeId,
    to: address,
    replyTo: appealsAddress && replyAddress(vault, appealsAddress, noticeId),
    ...noticeText(policy, { addressee: row.addressee, isTest: row.is_test === 1, disabled, link }),
  }
  return { kind: 'mail', mail, attempts, caseId: row.case_id, isTest: row.is_test === 1 }
}

/** The operator has another address by now, or none. Who wants to see a notice tries another card. */
async function notSent(tx: Transaction, clock: Clock, noticeId: string): Promise<Began> {
  const reason = 'operator_address_changed'
  await leave(tx, noticeId, ['sending', 'waiting'], { state: 'not_sent', reason })
  await record(tx, clock, { actor: 'wardline', act: 'give_up_notice', subject: noticeId, detail: { reason } })
  return { kind: 'over', state: 'not_sent' }
}

/** The mail server has taken it. That is so whoever works on the notice by now, and it is written down once. */
export async function markSent(tx: Transaction, clock: Clock, noticeId: string): Promise<void> {
  if (!(await leave(tx, noticeId, ['sending', 'waiting'], { state: 'sent', reason: null, sent_at: clock.now() })))
    return
  await record(tx, clock, { actor: 'wardline', act: 'send_notice', subject: noticeId })
}

/**
 * Not taken this time; `reason` is from the outcome and names no address. The caller tries again later. False: another
 * worker has sent it meanwhile, and there is nothing left to do.
 */
export function markFailed(tx: Transaction, noticeId: string, reason: string): Promise<boolean> {
  return leave(tx, noticeId, ['sending'], { state: 'waiting', reason })
}

/** Not sent, for a reason that a person gave: nothing more happens. */
export async function withholdNotice(
  tx: Transaction,
  clock: Clock,
  { noticeId, by, reason }: { readonly noticeId: string; readonly by: Actor; readonly reason: string },
): Promise<void> {
  if (!(await leave(tx, noticeId, ['sending', 'waiting'], { state: 'not_sent', reason }))) return
  await record(tx, clock, { actor: by, act: 'withhold_notice', subject: noticeId, detail: { reason } })
}

/** Never to be taken. Nothing more happens by itself: a person can mend what is wrong and have it sent again. */
export async function markDead(tx: Transaction, clock: Clock, noticeId: string, reason: string): Promise<void> {
  if (!(await leave(tx, noticeId, ['sending'], { state: 'dead', reason }))) return
  await record(tx, clock, { actor: 'wardline', act: 'give_up_notice', subject: noticeId, detail: { reason } })
}

/** A person has mended what was in the way of a dead notice. Faults `no_such_notice`, `not_possible`. */
export async function reviveNotice(
  tx: Transaction,
  clock: Clock,
  { noticeId, by }: { readonly noticeId: string; readonly by: Actor },
): Promise<void> {
  const { state, reason } = await noticeRow(tx, noticeId)
  if (!(await leave(tx, noticeId, ['dead'], { state: 'waiting', reason })))
    throw new Fault('not_possible', `this notice is "${state}"; only a dead one can be tried again`, { retry: 'never' })
  await record(tx, clock, { actor: by, act: 'retry_notice', subject: noticeId })
}

async function noticeRow(tx: Transaction, noticeId: string): Promise<Tables['notices']> {
  const row = await tx.selectFrom('notices').selectAll().where('id', '=', noticeId).executeTakeFirst()
  if (row === undefined) throw new Fault('no_such_notice', 'there is no such notice', { retry: 'never' })
  return row
}

/** Of a test card's case. */
export async function removeNotices(tx: Transaction, caseId: string): Promise<void> {
  await tx.deleteFrom('notices').where('case_id', '=', caseId).where('is_test', '=', 1).execute()
}

type State = Tables['notices']['state']
type Leaving =
  | { readonly state: 'sent'; readonly reason: null; readonly sent_at: number }
  | { readonly state: 'waiting' | 'dead' | 'not_sent'; readonly reason: string | null }

/** Only out of these states; false when it has left them already. */
async function leave(tx: Transaction, noticeId: string, from: readonly State[], to: Leaving): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('notices')
    .set(to)
    .where('id', '=', noticeId)
    .where('state', 'in', from)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
