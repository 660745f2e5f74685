// How a try of a notice ended, written down once: taken, to be tried again, given up, come back, or kept from going.
import { type Actor, record } from '#audit'
import type { Clock } from '#base'
import type { Transaction } from '#db'
import { giveUpMsOf, type NoticePolicy } from './policy.ts'
import { endTry, isOnItsWay, leave, noticeRow, type Row, type Try } from './store.ts'

/** Not why: that there is an instrument only some may know. */
const calledBack = { outcome: 'later', why: 'called back before the platform took it' } as const
export const keptFromHandingOver = { outcome: 'later', why: 'kept back before it was handed over' } as const

/** Nobody can have heard of the notice by this try. */
export const wasCalledBack = ({ outcome, why }: Pick<Try, 'outcome' | 'why'>): boolean =>
  outcome === 'later' && (why === calledBack.why || why === keptFromHandingOver.why)

/** It was handed over, and is not any more. Its days of trying begin anew. False: it was not, or is over. */
export async function markRecalled(tx: Transaction, clock: Clock, noticeId: string): Promise<boolean> {
  const to = { state: 'waiting', reason: null, tried_since: null } as const
  if (!(await leave(tx, clock, { noticeId, from: ['sending'], to }))) return false
  await endTry(tx, clock, noticeId, calledBack)
  return true
}

/**
 * The mail server has taken it. That is so whoever works on the notice by now, also when it was withheld while it was on its way, and it
 * is written down once: true then.
 */
export function markSent(tx: Transaction, clock: Clock, noticeId: string): Promise<boolean> {
  return sent(tx, clock, { noticeId, from: ['sending', 'waiting'], by: 'wardline' })
}

/** The platform has taken it, or told the reader: perhaps after it was given up here, or kept back. */
export function markDelivered(tx: Transaction, clock: Clock, noticeId: string, by: Actor): Promise<boolean> {
  return sent(tx, clock, { noticeId, from: ['sending', 'dead'], by })
}

/** The platform's webhook took it: that is so also where it was called back, or withheld, in the same moment. */
export async function markTaken(tx: Transaction, clock: Clock, noticeId: string): Promise<boolean> {
  return sent(tx, clock, { noticeId, from: ['sending', 'dead', 'waiting', 'not_sent'], by: 'wardline' })
}

async function sent(
  tx: Transaction,
  clock: Clock,
  { noticeId, from, by }: { readonly noticeId: string; readonly from: readonly Row['state'][]; readonly by: Actor },
): Promise<boolean> {
  const to = { state: 'sent', reason: null, sent_at: clock.now() } as const
  const all = (await isOnItsWay(tx, noticeId)) ? ([...from, 'not_sent', 'waiting'] as const) : from
  if (!(await leave(tx, clock, { noticeId, from: all, to }))) return false
  await endTry(tx, clock, noticeId, { outcome: 'taken', why: null })
  await record(tx, clock, { actor: by, act: 'send_notice', subject: noticeId })
  return true
}

export type Failed =
  /** The caller tries again then. */
  | { readonly kind: 'again' }
  /** For too long now: it is dead, and a person looks. */
  | { readonly kind: 'given_up' }
  /** Another worker has sent it meanwhile, and there is nothing left to do. */
  | { readonly kind: 'over' }

/** Not taken this time; `why` is from the outcome and names no address. */
export async function markFailed(
  tx: Transaction,
  clock: Clock,
  { noticeId, why, policy }: { readonly noticeId: string; readonly why: string; readonly policy: NoticePolicy },
): Promise<Failed> {
  const row = await noticeRow(tx, noticeId)
  if (row.state === 'not_sent' && (await isOnItsWay(tx, noticeId)))
    await endTry(tx, clock, noticeId, { outcome: 'later', why })
  if (row.state !== 'sending' && row.state !== 'waiting') return { kind: 'over' }
  await endTry(tx, clock, noticeId, { outcome: 'later', why })
  if (clock.now() - (row.tried_since ?? clock.now()) >= giveUpMsOf(policy)) {
    const days = Math.round(giveUpMsOf(policy) / 86_400_000)
    await giveUp(tx, clock, { noticeId, from: ['sending', 'waiting'], reason: `no success in ${days} days: ${why}` })
    return { kind: 'given_up' }
  }
  await leave(tx, clock, { noticeId, from: ['sending'], to: { state: 'waiting', reason: why } })
  return { kind: 'again' }
}

/** Not sent, for a reason that a person gave or an outcome made: nothing more happens. Nor is one that was given up tried again then. */
export async function withholdNotice(
  tx: Transaction,
  clock: Clock,
  { noticeId, by, reason }: { readonly noticeId: string; readonly by: Actor; readonly reason: string },
): Promise<void> {
  const from = ['sending', 'waiting', 'dead'] as const
  if (!(await leave(tx, clock, { noticeId, from, to: { state: 'not_sent', reason } }))) return
  await record(tx, clock, { actor: by, act: 'withhold_notice', subject: noticeId, detail: { reason } })
}

/** Never to be taken. Nothing more happens by itself: a person can mend what is wrong and have it sent again. */
export async function markDead(
  tx: Transaction,
  clock: Clock,
  noticeId: string,
  reason: string,
  by: Actor = 'wardline',
): Promise<boolean> {
  const died = await giveUp(tx, clock, { noticeId, from: ['sending', 'waiting'], reason, by })
  if (died) await endTry(tx, clock, noticeId, { outcome: 'refused', why: reason })
  return died
}

/**
 * It came back: who took it could not deliver it. `why` is a status code (RFC 3463) or words of ours, and names no address. False: it
 * never was sent, or is dead already.
 */
export async function markBounced(tx: Transaction, clock: Clock, noticeId: string, why: string): Promise<boolean> {
  const from = ['sent', 'sending'] as const
  const died = await giveUp(tx, clock, { noticeId, from, reason: `bounced: ${why}`, act: 'bounce_notice' })
  if (died) await endTry(tx, clock, noticeId, { outcome: 'bounced', why })
  return died
}

async function giveUp(
  tx: Transaction,
  clock: Clock,
  of: {
    readonly noticeId: string
    readonly from: readonly Row['state'][]
    readonly reason: string
    readonly by?: Actor
    readonly act?: string
  },
): Promise<boolean> {
  const { noticeId, from, reason, by = 'wardline', act = 'give_up_notice' } = of
  if (!(await leave(tx, clock, { noticeId, from, to: { state: 'dead', reason } }))) return false
  await record(tx, clock, { actor: by, act, subject: noticeId, detail: { reason } })
  return true
}
