// Why a notice does not go out now: asked before every try, and again when it is handed over.
import type { Clock } from '#base'
import type { Transaction } from '#db'
import type { Undecided } from './covered.ts'
import { keptBack } from './hold.ts'
import { withholdNotice } from './journal.ts'
import { appealByAt, giveUpMsOf, type NoticePolicy } from './policy.ts'
import { leave, type Row } from './store.ts'

/** Why it does not go out now. */
export type Waits =
  /** Somebody began to send it a moment ago and has not said how it ended: look again at this time. */
  | { readonly kind: 'under_way'; readonly untilMs: number }
  /** Not before this time: its delay, a legal instrument, or a repair that is not decided yet: then it is to be looked at again. */
  | { readonly kind: 'too_early'; readonly untilMs: number }
  /** A person has to release it, and asks for its job then. */
  | { readonly kind: 'unreleased' }
  /** The platform has it (webhook, pull) and says how it ended, or this time does. */
  | { readonly kind: 'handed_over'; readonly channel: Row['channel']; readonly giveUpAt: number }
  /** Sent, dead or never to be sent: nothing to do. */
  | { readonly kind: 'over'; readonly state: 'sent' | 'not_sent' | 'dead' }

export type Beginning = {
  readonly noticeId: string
  readonly policy: NoticePolicy
  /** Who sent before this moment is dead, where it is known that no other server runs. Epoch milliseconds. */
  readonly aloneSinceMs?: number | undefined
  readonly undecided?: Undecided | undefined
}

/**
 * A mail that is being sent is left alone for so long: no lease can call a mail back, so whoever takes its job over waits
 * until its sender has most likely said how it ended. A sender that died costs the notice this time; one that takes
 * longer may send the mail a second time, under the same Message-ID.
 */
const underWayMs = 30_000

/** Nobody says when people decide, and a hold may be ended before its date just when its end was read. */
const lookAgainMs = 3_600_000

/** undefined: it goes. What it says of nothing that stands any more is withheld for good. */
export async function whyNot(
  tx: Transaction,
  clock: Clock,
  row: Row,
  { policy, aloneSinceMs = 0, undecided }: Beginning,
): Promise<Waits | undefined> {
  const { state, channel } = row
  if (state !== 'waiting' && state !== 'sending') return { kind: 'over', state }
  const kept = await keptBack(tx, clock, [row], undecided)
  const undone = kept.undone.get(row.id)
  if (undone !== undefined) {
    await withholdNotice(tx, clock, { noticeId: row.id, by: 'wardline', reason: undone })
    return { kind: 'over', state: 'not_sent' }
  }
  const now = clock.now()
  const begunAt = row.begun_at ?? 0
  // A clock of another server may be ahead of ours, by less than this.
  const lately = begunAt >= aloneSinceMs && Math.abs(now - begunAt) < underWayMs
  if (state === 'sending' && channel === 'smtp' && lately) return { kind: 'under_way', untilMs: begunAt + underWayMs }
  if (row.release !== null) return { kind: 'unreleased' }
  const keptUntil = kept.open.has(row.id) ? Number.POSITIVE_INFINITY : kept.held.get(row.id)
  if (keptUntil !== undefined) {
    await keepBack(tx, clock, row)
    return { kind: 'too_early', untilMs: Math.min(keptUntil, now + lookAgainMs) }
  }
  if (state === 'sending' && channel !== 'smtp') {
    // What is fetched is in the words of the day on which it is fetched.
    const appealBy = appealByAt(policy, row.appeal_by, now)
    if (channel === 'pull' && appealBy !== row.appeal_by)
      await leave(tx, clock, { noticeId: row.id, from: ['sending'], to: { appeal_by: appealBy } })
    return { kind: 'handed_over', channel, giveUpAt: (row.tried_since ?? begunAt) + giveUpMsOf(policy) }
  }
  return row.due_at > now ? { kind: 'too_early', untilMs: row.due_at } : undefined
}

/**
 * It begins anew afterwards: nobody could take it meanwhile, so that counts against nobody. What a webhook carries already ends by the
 * word of that webhook.
 */
async function keepBack(tx: Transaction, clock: Clock, { id, state, channel, tried_since }: Row): Promise<void> {
  if (channel === 'webhook' || (state === 'waiting' && tried_since === null)) return
  const to = { state: 'waiting', tried_since: null } as const
  await leave(tx, clock, { noticeId: id, from: ['sending', 'waiting'], to })
}
