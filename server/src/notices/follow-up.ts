// What became of an appeal or a repair, told to whoever was told of the report: by the same channel, held by the same instruments.
import { type Clock, chance } from '#base'
import { accountKey, type CaseRecord, readCase } from '#cases'
import type { Transaction } from '#db'
import { tellingMarks } from '#reports'
import type { Vault } from '#vault'
import { type Addressed, addresseesOf, isUnproven, readTold, toldOf } from './address.ts'
import { withTogether } from './as-known.ts'
import { casesCovered, isUndone } from './covered.ts'
import type { Recall } from './hold.ts'
import { withholdNotice } from './journal.ts'
import { type Planned, plan } from './plan.ts'
import { type NoticePolicy, ruleFor } from './policy.ts'
import { noticeRow, type Row } from './store.ts'

export type FollowUp = {
  readonly kind: Exclude<Row['kind'], 'reported'>
  /** The appeal or the repair: one notice for it, its kind, the case and each addressee. */
  readonly about: string
  readonly caseId: string
  /** Whose addressee is told again; unset: everybody who was to be told of this case's report. */
  readonly earlierNotice?: string | undefined
  /** Of `restored`: all cases of the account that this one notice tells of. */
  readonly together?: readonly string[] | undefined
  readonly policy: NoticePolicy
  readonly recall: Recall
}

/** Nobody can tell by the moment what was decided when. */
const mostJitterMs = 10 * 60_000
const betweenMs = 60_000

/**
 * Due at once, within some minutes, and its job is asked for. Who appealed hears of the outcome even where policy kept the first notice
 * back, and that it was put right; a repair nobody asked for follows the policy. A first notice that was not taken when its case is restored
 * is not sent any more, whoever it was for: what follows tells both. When it is overturned it is called back, and waits for the repair. Fault
 * `no_such_notice`. Answers the first addressee's.
 */
export async function planFollowUp(tx: Transaction, clock: Clock, vault: Vault, of: FollowUp): Promise<Planned> {
  const { kind, about, caseId, policy } = of
  const record = await readCase(tx, vault, caseId)
  const earlier = await earlierNotices(tx, vault, record, of)
  const rule = ruleFor(policy, record.jurisdiction)
  const soon = clock.now() + (record.isTest ? 0 : chance(Math.min(mostJitterMs, policy.jitterMs)))
  const dueAt = Math.max(soon, await behindOutcome(tx, of))
  // Of a repair an account hears once, however many of its cases were restored.
  const told = (kind === 'restored' ? accountKey(vault, record.environment, record.context) : null) ?? caseId
  const heard = await addresseesTold(tx, of)
  const planned: Planned[] = []
  for (const { row, addressed } of await toldAgain(tx, vault, record, earlier, of)) {
    const isHeard = row?.state === 'sent' || heard.has(addressed.addressee) || (await isObjected(tx, row))
    const isOn = kind !== 'restored' || rule.notice === 'on' || isHeard
    const sealed = row && readTold(vault, row.id, row.to_sealed)
    planned.push(
      await plan(tx, clock, vault, {
        kind,
        about,
        told,
        reportId: row?.report_id ?? (await reportOf(tx, caseId)),
        record,
        addressed,
        rule: { jurisdiction: rule.jurisdiction, notice: isOn ? 'on' : 'off' },
        release: await releaseOf(tx, vault, { row, kind }),
        words: toldOf(record, addressed, { ...(sealed && { variant: sealed.variant, locale: sealed.locale }) }),
        dueAt,
      }),
    )
  }
  if (kind !== 'appeal_upheld')
    for (const noticeId of await nowEmpty(tx, vault, record)) {
      await of.recall(tx, clock, noticeId)
      // One person said so: two others may refuse it, and then its reader must be told. Until then it waits. No repair follows a test's.
      if (kind === 'restored' || record.isTest)
        await withholdNotice(tx, clock, { noticeId, by: 'wardline', reason: kind })
    }
  const [first] = planned
  if (first === undefined) throw new Error('an outcome without anybody who could be told')
  return first
}

/** What was promised in an appeal's outcome comes behind it: a moment after the last that still waits; 0 where none does. */
async function behindOutcome(tx: Transaction, { kind, caseId, together = [caseId] }: FollowUp): Promise<number> {
  if (kind !== 'restored') return 0
  const last = await tx
    .selectFrom('notices')
    .select((eb) => eb.fn.max('due_at').as('due'))
    .where('kind', '=', 'appeal_overturned')
    .where('state', 'in', ['waiting', 'sending'])
    .where('case_id', 'in', together)
    .executeTakeFirst()
  return last?.due == null ? 0 : Number(last.due) + betweenMs
}

async function earlierNotices(
  tx: Transaction,
  vault: Vault,
  record: CaseRecord,
  { earlierNotice }: FollowUp,
): Promise<readonly Row[]> {
  return earlierNotice === undefined ? firstNotices(tx, vault, record) : [await noticeRow(tx, earlierNotice)]
}

/** Who was told of one of these reports must hear that it was an error. */
async function addresseesTold(tx: Transaction, { caseId, together = [caseId], earlierNotice }: FollowUp) {
  const rows = await tx
    .selectFrom('notices')
    .select('addressee')
    .where('kind', '=', 'reported')
    .where('state', '=', 'sent')
    .where((eb) => eb.or([eb('case_id', 'in', together), eb('id', '=', earlierNotice ?? '')]))
    .execute()
  return new Set(rows.map(({ addressee }) => addressee))
}

/** What is said of this case's report, to each addressee. */
async function firstNotices(tx: Transaction, vault: Vault, record: CaseRecord): Promise<readonly Row[]> {
  const all = tx.selectFrom('notices').selectAll().where('kind', '=', 'reported').orderBy('id')
  const own = await all.where('case_id', '=', record.id).execute()
  if (own.length > 0) return own
  // Of several cases in one report an account hears once.
  const account = accountKey(vault, record.environment, record.context)
  const reportId = await reportOf(tx, record.id)
  if (account === null || reportId === null) return []
  return all.where('report_id', '=', reportId).where('told', '=', account).execute()
}

/** First notices, of every addressee, also of who did not appeal, that nobody has taken and that say of no other case that it stands. */
async function nowEmpty(tx: Transaction, vault: Vault, record: CaseRecord): Promise<readonly string[]> {
  const first = await firstNotices(tx, vault, record)
  const open = first.filter(({ state }) => state !== 'sent' && state !== 'not_sent')
  const covered = await casesCovered(tx, open)
  const isEmpty = ({ id }: Row) => covered.get(id)?.every((one) => one.id === record.id || isUndone(one)) === true
  return open.filter(isEmpty).map(({ id }) => id)
}

/** Whoever objected was promised word of what comes of it. */
async function isObjected(tx: Transaction, row: Row | undefined): Promise<boolean> {
  if (row === undefined) return false
  const appeal = await tx.selectFrom('appeals').select('id').where('notice_id', '=', row.id).executeTakeFirst()
  return appeal !== undefined
}

type Again = { readonly row: Row | undefined; readonly addressed: Addressed }

/** The address at which it was told, unless that one is unproven by now. Where nobody was told, or it came back: as it is known now. */
async function toldAgain(
  tx: Transaction,
  vault: Vault,
  record: CaseRecord,
  earlier: readonly Row[],
  { policy }: FollowUp,
): Promise<readonly Again[]> {
  if (earlier.length === 0) {
    const { addressees } = ruleFor(policy, record.jurisdiction)
    return addresseesOf(record, policy, addressees).map((addressed) => ({ row: undefined, addressed }))
  }
  const again: Again[] = []
  for (const row of earlier) {
    const { addressee, channel } = row
    const kase = await withTogether(tx, vault, row, record)
    const { address } = readTold(vault, row.id, row.to_sealed)
    const now = addresseesOf(kase, { ...policy, channel }, 'both').find((one) => one.addressee === addressee)
    const isGood = row.state === 'sent' && address !== null && !isUnproven(kase, row, address)
    const addressed = isGood ? { addressee, channel, address } : (now ?? { addressee, channel, reason: 'no_address' })
    again.push({ row, addressed })
  }
  return again
}

/**
 * Who was not told of an escalated report, or of one with a victim, hears of it by this for the first time: nobody has looked at whether they
 * may. That it was an error may be said.
 */
async function releaseOf(
  tx: Transaction,
  vault: Vault,
  { row, kind }: { readonly row: Row | undefined; readonly kind: FollowUp['kind'] },
): Promise<Row['release']> {
  if (row === undefined || row.release !== null) return row?.release ?? null
  const isDue = kind !== 'restored' && row.is_test === 0 && row.released_at === null && row.state !== 'sent'
  return isDue && row.report_id !== null ? (await tellingMarks(tx, vault, row.report_id)).release : null
}

async function reportOf(tx: Transaction, caseId: string): Promise<string | null> {
  const row = await tx.selectFrom('report_cases').select('report_id').where('case_id', '=', caseId).executeTakeFirst()
  return row?.report_id ?? null
}
