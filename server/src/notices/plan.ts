// Decides, when a report is finished, whether somebody is told, and when. What is not sent is written down with its reason.
import { record } from '#audit'
import { type Clock, chance, type Id, newId } from '#base'
import type { CaseRecord } from '#cases'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import { type Addressee, addressOf, sealTold, toldOf } from './address.ts'
import type { NoticePolicy } from './policy.ts'

export type Planned = {
  readonly noticeId: string
  readonly addressee: Addressee
  /** waiting: to be sent at `dueAt`. Any other state needs nothing more. */
  readonly state: 'waiting' | 'sending' | 'sent' | 'not_sent' | 'dead'
  /** `policy_off`, `no_address`, `address_unverified`, `no_operator_address`, later `operator_address_changed`; null: to be sent. */
  readonly reason: string | null
  readonly dueAt: number
}

/** One notice for a report and each of its cases, of which a batched one has several: a second call gives the first one's. */
export async function planNotice(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  {
    reportId,
    record: kase,
    finishedAt,
    policy,
  }: {
    readonly reportId: string
    readonly record: CaseRecord
    readonly finishedAt: number
    readonly policy: NoticePolicy
  },
): Promise<Planned> {
  const standing = await tx
    .selectFrom('notices')
    .selectAll()
    .where('report_id', '=', reportId)
    .where('case_id', '=', kase.id)
    .executeTakeFirst()
  if (standing) {
    const { id, addressee, state, reason, due_at } = standing
    return { noticeId: id, addressee, state, reason, dueAt: due_at }
  }
  const noticeId: Id<'notice'> = newId('notice', clock)
  const addressed = addressOf(kase, policy)
  const reason = policy.enabled ? ('reason' in addressed ? addressed.reason : null) : 'policy_off'
  const state = reason === null ? 'waiting' : 'not_sent'
  // Who tries it waits for it, and no investigation is outrun.
  const dueAt = kase.isTest ? finishedAt : finishedAt + policy.delayMs + chance(policy.jitterMs)
  await tx
    .insertInto('notices')
    .values({
      id: noticeId,
      report_id: reportId,
      case_id: kase.id,
      addressee: addressed.addressee,
      is_test: kase.isTest ? 1 : 0,
      state,
      reason,
      to_sealed: sealTold(vault, noticeId, toldOf(kase, addressed)),
      due_at: dueAt,
      attempts: 0,
      created_at: clock.now(),
    })
    .execute()
  await record(tx, clock, {
    actor: 'wardline',
    act: 'plan_notice',
    subject: noticeId,
    detail: { report: reportId, case: kase.id, addressee: addressed.addressee, state, reason },
  })
  return { noticeId, addressee: addressed.addressee, state, reason, dueAt }
}
