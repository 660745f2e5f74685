// A try of a notice begins: written down before anything goes out, so that a crash sends the same notice again, not another.
import { record } from '#audit'
import { type Clock, isProduction } from '#base'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import { readTold } from './address.ts'
import { heldUntil } from './hold.ts'
import { appealToken, appealUrl } from './link.ts'
import { appealMsOf, giveUpMsOf, type NoticePolicy } from './policy.ts'
import { replyAddress } from './reply-address.ts'
import { beginTry, leave, noticeRow, type Row } from './store.ts'
import { type Mail, type NoticeText, noticeText } from './text.ts'
import { ourTexts } from './text-files.ts'

export type Began =
  | (Begun & { readonly kind: 'mail'; readonly mail: Mail })
  /** To be given to the platform, which delivers it: `webhook` or `pull`. */
  | (Begun & { readonly kind: 'hand_over'; readonly channel: Exclude<Row['channel'], 'smtp'> })
  /** Somebody began to send it a moment ago and has not said how it ended: look again at this time. */
  | { readonly kind: 'under_way'; readonly untilMs: number }
  /** Not before this time: its delay, or a legal instrument. */
  | { readonly kind: 'too_early'; readonly untilMs: number }
  /** A person has to release it, and asks for its job then. */
  | { readonly kind: 'unreleased' }
  /** The platform has it (webhook, pull) and says how it ended, or this time does. */
  | { readonly kind: 'handed_over'; readonly channel: Row['channel']; readonly giveUpAt: number }
  /** Sent, dead or never to be sent: nothing to do. */
  | { readonly kind: 'over'; readonly state: 'sent' | 'not_sent' | 'dead' }

type Begun = { readonly attempts: number; readonly caseId: string; readonly isTest: boolean }

/**
 * A mail that is being sent is left alone for so long: no lease can call a mail back, so whoever takes its job over waits
 * until its sender has most likely said how it ended. A sender that died costs the notice this time; one that takes
 * longer may send the mail a second time, under the same Message-ID.
 */
const underWayMs = 30_000

type Beginning = {
  readonly noticeId: string
  readonly policy: NoticePolicy
  /** Who sent before this moment is dead, where it is known that no other server runs. Epoch milliseconds. */
  readonly aloneSinceMs?: number | undefined
}

/** A try is begun; the mail it is to be. Found again as begun after a crash, it is the same mail. */
export async function markSending(tx: Transaction, clock: Clock, vault: Vault, of: Beginning): Promise<Began> {
  const { noticeId, policy } = of
  const row = await noticeRow(tx, noticeId)
  const waits = await whyNot(tx, clock, row, of)
  if (waits !== undefined) return waits
  const { address } = readTold(vault, noticeId, row.to_sealed)
  // At the wire, again: the address was sealed a while ago, and no user is written to for a test.
  if (row.is_test === 1 && isProduction(policy.environment) && address !== policy.operatorEmail)
    return operatorChanged(tx, clock, noticeId)
  const attempts = row.attempts + 1
  const now = clock.now()
  const appealBy = row.appeal_by ?? now + appealMsOf(policy)
  await tx
    .updateTable('notices')
    .set({
      // Handed over with the next step: see `markHandedOver`.
      ...(row.channel === 'smtp' && { state: 'sending' as const }),
      attempts,
      begun_at: now,
      tried_since: row.tried_since ?? now,
      appeal_by: appealBy,
      changed_at: now,
    })
    .where('id', '=', noticeId)
    .execute()
  await beginTry(tx, clock, noticeId, attempts)
  const begun = { attempts, caseId: row.case_id, isTest: row.is_test === 1 }
  if (row.channel !== 'smtp') return { kind: 'hand_over', channel: row.channel, ...begun }
  if (address === null) throw new Error('a notice without an address is never due')
  return {
    kind: 'mail',
    mail: {
      noticeId,
      to: address,
      replyTo: answerTo(vault, noticeId, policy),
      ...wordsOf(vault, { ...row, appeal_by: appealBy }, policy),
    },
    ...begun,
  }
}

/** What the reader reads: the same at every try. Of an outcome there is nothing to object to by its own link. */
export function wordsOf(vault: Vault, row: Row, policy: NoticePolicy): NoticeText {
  const { kind, addressee } = row
  const { locale, country, variant, disabled, decidedBy } = readTold(vault, row.id, row.to_sealed)
  const isFirst = kind === 'reported'
  return noticeText(policy.texts ?? ourTexts(), policy, {
    kind,
    addressee,
    isTest: row.is_test === 1,
    variant,
    locale,
    country,
    disabled,
    link: isFirst ? appealUrl(policy.publicUrl, appealToken(vault, row.id)) : null,
    appealBy: isFirst ? row.appeal_by : null,
    replyAddress: (isFirst && answerTo(vault, row.id, policy)) || null,
    decidedBy,
  })
}

function answerTo(vault: Vault, noticeId: string, { appealsAddress }: NoticePolicy): string | undefined {
  return appealsAddress === undefined ? undefined : replyAddress(vault, appealsAddress, noticeId)
}

async function whyNot(
  tx: Transaction,
  clock: Clock,
  row: Row,
  { policy, aloneSinceMs = 0 }: Beginning,
): Promise<Exclude<Began, Begun> | undefined> {
  const { state, channel } = row
  if (state !== 'waiting' && state !== 'sending') return { kind: 'over', state }
  const now = clock.now()
  const begunAt = row.begun_at ?? 0
  if (state === 'sending' && channel !== 'smtp')
    return { kind: 'handed_over', channel, giveUpAt: (row.tried_since ?? begunAt) + giveUpMsOf(policy) }
  // A clock of another server may be ahead of ours, by less than this.
  const lately = begunAt >= aloneSinceMs && Math.abs(now - begunAt) < underWayMs
  if (state === 'sending' && lately) return { kind: 'under_way', untilMs: begunAt + underWayMs }
  if (row.release !== null) return { kind: 'unreleased' }
  const held = await heldUntil(tx, clock, row)
  if (held !== undefined) return { kind: 'too_early', untilMs: held }
  return row.due_at > now ? { kind: 'too_early', untilMs: row.due_at } : undefined
}

/** The operator has another address by now, or none. Who wants to see a notice tries another card. */
async function operatorChanged(tx: Transaction, clock: Clock, noticeId: string): Promise<Began> {
  const reason = 'operator_address_changed'
  await leave(tx, clock, { noticeId, from: ['sending', 'waiting'], to: { state: 'not_sent', reason } })
  await record(tx, clock, { actor: 'wardline', act: 'give_up_notice', subject: noticeId, detail: { reason } })
  return { kind: 'over', state: 'not_sent' }
}
