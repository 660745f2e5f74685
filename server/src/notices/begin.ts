// A try of a notice begins: written down before anything goes out, so that a crash sends the same notice again, not another.
import { record } from '#audit'
import { type Clock, isProduction } from '#base'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import { readTold } from './address.ts'
import { asKnownNow } from './as-known.ts'
import { keptFromHandingOver, wasCalledBack } from './journal.ts'
import { appealToken, appealUrl } from './link.ts'
import { appealByAt, type NoticePolicy } from './policy.ts'
import { replyAddress } from './reply-address.ts'
import { beginTry, endTry, leave, noticeRow, type Row, triesOf } from './store.ts'
import { type Mail, type NoticeText, noticeText } from './text.ts'
import { ourTexts } from './text-files.ts'
import { type Beginning, type Waits, whyNot } from './why-not.ts'

export type Began =
  | (Begun & { readonly kind: 'mail'; readonly mail: Mail })
  /** To be given to the platform, which delivers it: `webhook` or `pull`. */
  | (Begun & { readonly kind: 'hand_over'; readonly channel: Exclude<Row['channel'], 'smtp'> })
  | Waits

type Begun = { readonly attempts: number; readonly caseId: string; readonly isTest: boolean }

/** A try is begun; the mail it is to be. Found again as begun after a crash, it is the same mail. */
export async function markSending(tx: Transaction, clock: Clock, vault: Vault, of: Beginning): Promise<Began> {
  const { noticeId, policy } = of
  const before = await noticeRow(tx, noticeId)
  const waits = await whyNot(tx, clock, before, of)
  if (waits !== undefined) return waits
  const isUnheard = (await triesOf(tx, noticeId)).every(wasCalledBack)
  const row = await asKnownNow(tx, clock, vault, { row: before, isUnheard, policy })
  if (row === undefined) return { kind: 'over', state: 'not_sent' }
  const { address } = readTold(vault, noticeId, row.to_sealed)
  // At the wire, again: the address was sealed a while ago, and no user is written to for a test.
  if (row.is_test === 1 && isProduction(policy.environment) && address !== policy.operatorEmail)
    return operatorChanged(tx, clock, noticeId)
  const attempts = row.attempts + 1
  const now = clock.now()
  const appealBy = appealByAt(policy, row.appeal_by, now)
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

/** Of `webhook` and `pull`: from now on the platform has it, until it says how it ended; undefined then. What came since it was begun counts. */
export async function markHandedOver(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  of: Beginning,
): Promise<Waits | undefined> {
  const before = await noticeRow(tx, of.noticeId)
  const waits = await whyNot(tx, clock, before, of)
  if (waits !== undefined) {
    if ('untilMs' in waits) await endTry(tx, clock, of.noticeId, keptFromHandingOver)
    return waits
  }
  // But for the last one, which is this.
  const isUnheard = (await triesOf(tx, of.noticeId)).slice(0, -1).every(wasCalledBack)
  const row = await asKnownNow(tx, clock, vault, { row: before, isUnheard, policy: of.policy })
  if (row === undefined) return { kind: 'over', state: 'not_sent' }
  await leave(tx, clock, { noticeId: of.noticeId, from: ['waiting'], to: { state: 'sending', reason: null } })
  return undefined
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

/** The operator has another address by now, or none. Who wants to see a notice tries another card. */
async function operatorChanged(tx: Transaction, clock: Clock, noticeId: string): Promise<Began> {
  const reason = 'operator_address_changed'
  await leave(tx, clock, { noticeId, from: ['sending', 'waiting'], to: { state: 'not_sent', reason } })
  await record(tx, clock, { actor: 'wardline', act: 'give_up_notice', subject: noticeId, detail: { reason } })
  return { kind: 'over', state: 'not_sent' }
}
