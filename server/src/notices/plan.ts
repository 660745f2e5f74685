// Decides, when a report is finished, whether an addressee is told, and when. What is not sent is written down with its reason.
import { record } from '#audit'
import { type Clock, chance, type Id, newId } from '#base'
import { accountKey, type CaseRecord } from '#cases'
import type { Transaction } from '#db'
import { enqueue } from '#jobs'
import { tellingMarks } from '#reports'
import type { Vault } from '#vault'
import { type Addressed, type Addressee, addresseesOf, isMinor, sealTold, type Told, toldOf } from './address.ts'
import { type NoticePolicy, type NoticeRule, ruleFor } from './policy.ts'
import { insertNotice, type Row, standingNotice } from './store.ts'

export type Planned = {
  readonly noticeId: string
  readonly addressee: Addressee
  /** waiting: to be sent at `dueAt`, or once a person released it; its job is asked for. Any other state needs nothing more. */
  readonly state: Row['state']
  /** `policy_off`, `no_address`, `address_unverified`, `no_operator_address`, later others; null: to be sent. */
  readonly reason: string | null
  readonly dueAt: number
}

type Finished = {
  readonly reportId: string
  readonly record: CaseRecord
  readonly finishedAt: number
  readonly policy: NoticePolicy
}

/** The notice of the account's holder: one for a report and an account, which a batched one has several of. A second call gives the first one's. */
export async function planNotice(tx: Transaction, clock: Clock, vault: Vault, of: Finished): Promise<Planned> {
  const [first] = await planNotices(tx, clock, vault, of)
  if (first === undefined) throw new Error('a report without anybody who could be told')
  return first
}

/** Of everybody who is to be told by the rule of the case's jurisdiction: the holder first. */
export async function planNotices(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { reportId, record: kase, finishedAt, policy }: Finished,
): Promise<readonly Planned[]> {
  const rule = ruleFor(policy, kase.jurisdiction)
  const marks = await tellingMarks(tx, vault, reportId)
  // Who tries a test waits for it, and no investigation is outrun.
  const dueAt = kase.isTest ? finishedAt : finishedAt + rule.delayMs + chance(rule.jitterMs)
  const mayBeChild = marks.mayBeChild || isMinor(kase, clock)
  const planned: Planned[] = []
  for (const addressed of addresseesOf(kase, policy, rule.addressees))
    planned.push(
      await plan(tx, clock, vault, {
        kind: 'reported',
        about: reportId,
        told: accountKey(vault, kase.environment, kase.context) ?? kase.id,
        reportId,
        record: kase,
        addressed,
        rule,
        release: kase.isTest ? null : marks.release,
        words: toldOf(kase, addressed, {
          variant: mayBeChild && addressed.addressee === 'user' ? 'may_be_child' : 'ordinary',
          because: rule.because ?? null,
        }),
        dueAt,
      }),
    )
  return planned
}

export type Wanted = Pick<Row, 'kind' | 'about' | 'told' | 'release'> & {
  readonly reportId: string | null
  readonly record: Pick<CaseRecord, 'id' | 'isTest'>
  readonly addressed: Addressed
  readonly rule: Pick<NoticeRule, 'jurisdiction' | 'notice'>
  readonly words: Told
  readonly dueAt: number
}

/** With its job, in the caller's transaction. */
export async function plan(tx: Transaction, clock: Clock, vault: Vault, wanted: Wanted): Promise<Planned> {
  const { kind, about, told, record: kase, addressed, rule, dueAt } = wanted
  const { addressee, channel } = addressed
  const standing = await standingNotice(tx, { kind, about, told, case_id: kase.id, addressee })
  if (standing) return plannedOf(standing)
  const noticeId: Id<'notice'> = newId('notice', clock)
  const reason = rule.notice === 'off' ? 'policy_off' : 'reason' in addressed ? addressed.reason : null
  const state = reason === null ? 'waiting' : 'not_sent'
  const release = state === 'waiting' ? wanted.release : null
  const row = {
    id: noticeId,
    report_id: wanted.reportId,
    case_id: kase.id,
    kind,
    about,
    told,
    addressee,
    channel,
    is_test: kase.isTest ? 1 : 0,
    state,
    reason,
    rule: rule.jurisdiction,
    to_sealed: sealTold(vault, noticeId, wanted.words),
    due_at: dueAt,
    release,
    created_at: clock.now(),
    changed_at: clock.now(),
  } as const
  await insertNotice(tx, row)
  // One that a person has to release has its job from that person.
  if (state === 'waiting' && release === null) await queueNotice(tx, clock, { noticeId, dueAt })
  await record(tx, clock, {
    actor: 'wardline',
    act: 'plan_notice',
    subject: noticeId,
    detail: {
      ...(kind !== 'reported' && { kind, about }),
      report: wanted.reportId,
      case: kase.id,
      addressee,
      state,
      reason,
      rule: rule.jurisdiction,
      ...(release && { release }),
    },
  })
  return { noticeId, addressee, state, reason, dueAt }
}

const plannedOf = ({ id, addressee, state, reason, due_at }: Row): Planned => ({
  noticeId: id,
  addressee,
  state,
  reason,
  dueAt: due_at,
})

export const queueNotice = (tx: Transaction, clock: Clock, of: { noticeId: string; dueAt: number }): Promise<void> =>
  enqueue(tx, clock, {
    kind: 'notify',
    subject: of.noticeId,
    runAt: of.dueAt,
    uniqueKey: `notify ${of.noticeId}`,
  })
