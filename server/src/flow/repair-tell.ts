// Who was restored is told so once for a repair and an account: when the last of its cases is restored, or goes another way.
import type { Transaction } from '#db'
import { planFollowUp } from '#notices'
import { nameNotice, untoldAccounts } from '#repairs'
import { recallNotice } from './recall.ts'
import type { Desk } from './river.ts'

/** caseId: only of this one's account. */
export async function tellRestored(
  { clock, vault, notices: policy }: Pick<Desk, 'clock' | 'vault' | 'notices'>,
  tx: Transaction,
  repairId: string,
  caseId?: string,
): Promise<void> {
  for (const together of await untoldAccounts(tx, repairId, caseId)) {
    const last = together.at(-1)
    if (last === undefined) continue
    const asked = { kind: 'restored', about: repairId, caseId: last, together, policy, recall: recallNotice } as const
    const { noticeId } = await planFollowUp(tx, clock, vault, asked)
    await nameNotice(tx, repairId, together, noticeId)
  }
}
