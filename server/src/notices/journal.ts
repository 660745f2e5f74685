// A notice's way to its mail server, written down before and after, so that a crash sends the same mail again, not another.
import { record } from '#audit'
import { type Clock, Fault } from '#base'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import { readTold } from './address.ts'
import { appealToken, appealUrl } from './link.ts'
import type { NoticePolicy } from './policy.ts'
import { type Mail, noticeText } from './text.ts'

export type Began =
  | { readonly kind: 'mail'; readonly mail: Mail; readonly attempts: number }
  /** Sent, dead or never to be sent: nothing to do. */
  | { readonly kind: 'over'; readonly state: 'sent' | 'not_sent' | 'dead' }

/** The notice is `sending`; the mail it is to be. Found again as `sending` after a crash, it is the same mail. */
export async function markSending(
  tx: Transaction,
  vault: Vault,
  { noticeId, policy }: { readonly noticeId: string; readonly policy: NoticePolicy },
): Promise<Began> {
  const row = await tx.selectFrom('notices').selectAll().where('id', '=', noticeId).executeTakeFirst()
  if (row === undefined) throw new Fault('no_such_notice', 'there is no such notice', { retry: 'never' })
  if (row.state !== 'waiting' && row.state !== 'sending') return { kind: 'over', state: row.state }
  const { address, disabled } = readTold(vault, noticeId, row.to_sealed)
  if (address === null) throw new Error('a notice without an address is never due')
  const attempts = row.attempts + 1
  await tx.updateTable('notices').set({ state: 'sending', attempts }).where('id', '=', noticeId).execute()
  const link = appealUrl(policy.publicUrl, appealToken(vault, noticeId))
  const mail = { noticeId, to: address, ...noticeText(policy, { addressee: row.addressee, disabled, link }) }
  return { kind: 'mail', mail, attempts }
}

export async function markSent(tx: Transaction, clock: Clock, noticeId: string): Promise<void> {
  await leave(tx, noticeId, { state: 'sent', reason: null, sent_at: clock.now() })
  await record(tx, clock, { actor: 'wardline', act: 'send_notice', subject: noticeId })
}

/** Not taken this time; `reason` is from the outcome and names no address. The caller tries again later. */
export async function markFailed(tx: Transaction, noticeId: string, reason: string): Promise<void> {
  await leave(tx, noticeId, { state: 'waiting', reason })
}

/** Never to be taken. Nothing more happens by itself. */
export async function markDead(tx: Transaction, clock: Clock, noticeId: string, reason: string): Promise<void> {
  await leave(tx, noticeId, { state: 'dead', reason })
  await record(tx, clock, { actor: 'wardline', act: 'give_up_notice', subject: noticeId, detail: { reason } })
}

type Leaving =
  | { readonly state: 'sent'; readonly reason: null; readonly sent_at: number }
  | { readonly state: 'waiting' | 'dead'; readonly reason: string }

/** Only out of `sending`: a mail that was sent meanwhile by another worker stays sent. */
async function leave(tx: Transaction, noticeId: string, to: Leaving): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('notices')
    .set(to)
    .where('id', '=', noticeId)
    .where('state', '=', 'sending')
    .executeTakeFirst()
  if (Number(numUpdatedRows) !== 1) throw new Fault('not_sending', 'this notice is not being sent', { retry: 'never' })
}
