// What the platform hears of a case, in the transaction that makes it so: ids, states and dates, and what it is asked to do.
import type { CaseContext } from '@wardline/api'
import { type CaseRecord, readCase, scansOfCase } from '#cases'
import type { Transaction } from '#db'
import { noticesOfCase } from '#notices'
import { raiseEvent } from '#webhooks'
import type { Desk } from './river.ts'

type Teller = Pick<Desk, 'clock' | 'vault'>
type Told = Pick<CaseRecord, 'id' | 'isTest' | 'context'>

/** What every event about a case says of it. */
export async function aboutCase(tx: Transaction, { id, context }: Pick<Told, 'id' | 'context'>) {
  return { case: id, ...(await scansOfCase(tx, id)), account: accountOf(context) }
}

/** The platform's own ids, and nothing else that is known of the account. */
export function accountOf({ account }: CaseContext) {
  if (account === undefined) return null
  const { id, organisation } = account
  return organisation === undefined ? { id } : { id, organisation: organisation.id }
}

/** One request's scans in one case. */
export async function tellHeld(
  { clock, vault }: Teller,
  tx: Transaction,
  { id, isTest, context, scans }: Told & { readonly scans: readonly string[] },
): Promise<void> {
  const data = { case: id, scans: [...scans], furtherScans: 0, account: accountOf(context), heldAt: clock.now() }
  await raiseEvent(tx, clock, vault, { type: 'case.held', onceKey: `case.held ${id} ${scans[0] ?? ''}`, isTest, data })
}

/** Nothing speaks against its files any more. */
export async function tellReleased({ clock, vault }: Teller, tx: Transaction, found: Told): Promise<void> {
  const data = { ...(await aboutCase(tx, found)), releasedAt: clock.now() }
  const { id, isTest } = found
  await raiseEvent(tx, clock, vault, { type: 'case.released', onceKey: `case.released ${id}`, isTest, data })
}

/** Once for each case: when a person has confirmed it, or its report is finished, whichever comes first. */
export async function tellAction({ clock, vault }: Teller, tx: Transaction, found: Told): Promise<void> {
  const about = await aboutCase(tx, found)
  const asks = ['keep_content_down' as const, ...(about.account === null ? [] : ['review_account' as const])]
  const { id, isTest } = found
  await raiseEvent(tx, clock, vault, {
    type: 'account.action_requested',
    onceKey: `account.action_requested ${id}`,
    isTest,
    data: { ...about, asks, requestedAt: clock.now() },
  })
}

/** The report stands at NCMEC, or a test's would have. */
export async function tellReported(
  teller: Teller,
  tx: Transaction,
  found: Told,
  how: { readonly finishedAt: number; readonly filed: 'by_wardline' | 'by_hand' | 'not_sent' },
): Promise<void> {
  const { clock, vault } = teller
  await tellAction(teller, tx, found)
  const data = { ...(await aboutCase(tx, found)), ...how }
  const { id, isTest } = found
  await raiseEvent(tx, clock, vault, { type: 'report.finished', onceKey: `report.finished ${id}`, isTest, data })
}

/** Not of a test in production, whose notice is the operator's. */
export async function tellNoticeSent(
  { clock, vault }: Teller,
  tx: Transaction,
  { caseId, noticeId }: { readonly caseId: string; readonly noticeId: string },
): Promise<void> {
  const notice = (await noticesOfCase(tx, caseId)).find(({ id }) => id === noticeId)
  if (notice === undefined || notice.sentAt === null || notice.addressee === 'operator') return
  const { kind, addressee, isTest, sentAt } = notice
  const { context } = await readCase(tx, vault, caseId)
  await raiseEvent(tx, clock, vault, {
    type: 'notice.sent',
    onceKey: `notice.sent ${noticeId}`,
    isTest,
    data: { notice: noticeId, case: caseId, account: accountOf(context), kind, addressee, sentAt },
  })
}
