// A person has mended what was in the way of a dead notice: it goes again, to the address as it is known by now.
import { type Actor, record } from '#audit'
import { type Clock, Fault } from '#base'
import type { CaseRecord } from '#cases'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import { addresseesOf, isMinor, readTold, sealTold } from './address.ts'
import { withTogether } from './as-known.ts'
import { type Undone, undoneAmong } from './covered.ts'
import { withholdNotice } from './journal.ts'
import type { NoticePolicy } from './policy.ts'
import { leave, noticeRow } from './store.ts'

/** Its tries count from now on anew. What it would say of nothing that stands any more is withheld instead. Faults `no_such_notice`, `not_possible`. */
export async function reviveNotice(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  of: { readonly noticeId: string; readonly by: Actor; readonly record: CaseRecord; readonly policy: NoticePolicy },
): Promise<'revived' | Undone> {
  const { noticeId, by } = of
  const row = await noticeRow(tx, noticeId)
  const undone = row.state === 'dead' ? (await undoneAmong(tx, [row])).get(noticeId) : undefined
  if (undone !== undefined) {
    await withholdNotice(tx, clock, { noticeId, by, reason: undone })
    return undone
  }
  const told = readTold(vault, noticeId, row.to_sealed)
  const kase = await withTogether(tx, vault, row, of.record)
  // What the platform said since is nearer to the truth; of a test it stays the operator's.
  const known = addresseesOf(kase, { ...of.policy, channel: row.channel }, 'both').find(
    (one) => one.addressee === row.addressee,
  )
  // A stranger must not hear of this: an address that was not proven after all is mailed by no retry either.
  const reason = known !== undefined && 'reason' in known ? known.reason : undefined
  if (row.state === 'dead' && (reason === 'address_unverified' || (reason !== undefined && told.address === null)))
    throw new Fault('not_possible', `this notice cannot be tried again (${reason}): ${mend[reason]}`, {
      retry: 'never',
    })
  const address = known !== undefined && 'address' in known ? known.address : told.address
  const isChild = row.is_test === 0 && row.addressee === 'user' && isMinor(kase, clock)
  const variant = isChild ? 'may_be_child' : told.variant
  const to = {
    state: 'waiting',
    reason: row.reason,
    tried_since: null,
    // Named anew by the next try: meanwhile the page names no day that may be over.
    appeal_by: null,
    to_sealed: sealTold(vault, noticeId, { ...told, address, variant }),
  } as const
  if (!(await leave(tx, clock, { noticeId, from: ['dead'], to })))
    throw new Fault('not_possible', `this notice is "${row.state}"; only a dead one can be tried again`, {
      retry: 'never',
    })
  const detail = { addressChanged: address !== told.address }
  await record(tx, clock, { actor: by, act: 'retry_notice', subject: noticeId, detail })
  return 'revived'
}

const mend = {
  address_unverified: 'the platform says by now that the address is unproven, and it may be a stranger’s',
  no_address: 'the platform has given no address',
  no_operator_address: 'set selftest.operatorEmail',
} as const
