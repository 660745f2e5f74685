// A first notice goes to the address, and in the words, that fit what its platform has said by its first try: a day after the report, or months.
import { record } from '#audit'
import type { Clock } from '#base'
import { type CaseRecord, orUnreadable, readCase } from '#cases'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import { addresseesOf, isMinor, isUnproven, readTold, sealTold } from './address.ts'
import { casesCovered } from './covered.ts'
import { withholdNotice } from './journal.ts'
import type { NoticePolicy } from './policy.ts'
import { leave, type Row } from './store.ts'

/**
 * The notice as it is to be sent now. What may have been heard before is said again as it was: neither its address nor its words change.
 * But nothing goes to an address that is unproven by now. Undefined: it is not sent, and that is written down.
 */
export async function asKnownNow(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { row, isUnheard, policy }: { readonly row: Row; readonly isUnheard: boolean; readonly policy: NoticePolicy },
): Promise<Row | undefined> {
  const { id: noticeId, addressee, channel } = row
  // Of a test it stays the operator's.
  if (row.is_test === 1) return row
  const told = readTold(vault, noticeId, row.to_sealed)
  const kase = await withTogether(tx, vault, row, await readCase(tx, vault, row.case_id))
  // What follows goes to whoever was told first.
  const isOpen = isUnheard && row.kind === 'reported'
  const known = isOpen
    ? addresseesOf(kase, { ...policy, channel }, 'both').find((one) => one.addressee === addressee)
    : undefined
  const address = known !== undefined && 'address' in known ? known.address : told.address
  const isWithdrawn = known !== undefined && 'reason' in known && known.reason === 'address_unverified'
  if (isWithdrawn || isUnproven(kase, row, address)) {
    await withholdNotice(tx, clock, { noticeId, by: 'wardline', reason: 'address_unverified' })
    return undefined
  }
  // Never back: what was said before may be true.
  const variant = isUnheard && addressee === 'user' && isMinor(kase, clock) ? 'may_be_child' : told.variant
  if (address === told.address && variant === told.variant) return row
  const to = { to_sealed: sealTold(vault, noticeId, { ...told, address, variant }) }
  await leave(tx, clock, { noticeId, from: ['waiting', 'sending'], to })
  const detail = { addressChanged: address !== told.address, variant }
  await record(tx, clock, { actor: 'wardline', act: 'change_notice', subject: noticeId, detail })
  return { ...row, ...to }
}

/** Of an account with more cases than this its newest ones speak. */
const mostOthers = 24

/**
 * The case with what was said by the scans of all cases that its notice speaks for, and of those that its account has had since: a word
 * about one of them is about all. What of the others cannot be read keeps nobody from being told.
 */
export async function withTogether(tx: Transaction, vault: Vault, row: Row, record: CaseRecord): Promise<CaseRecord> {
  const covered = (await casesCovered(tx, [row])).get(row.id) ?? []
  const others = new Set([...covered.map(({ id }) => id), ...(await newestOf(tx, row.told))])
  others.delete(record.id)
  const files = [...record.files]
  for (const id of others) files.push(...((await orUnreadable(readCase(tx, vault, id)))?.files ?? []))
  return { ...record, files }
}

/** told: the account; where nobody knows whose it is, the case's id, which is no account's. */
async function newestOf(tx: Transaction, told: string): Promise<readonly string[]> {
  const rows = await tx
    .selectFrom('cases')
    .select('id')
    .where('account_hmac', '=', told)
    .where('is_test', '=', 0)
    .orderBy('number', 'desc')
    .limit(mostOthers)
    .execute()
  return rows.map(({ id }) => id)
}
