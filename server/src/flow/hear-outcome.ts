// The outcome of an appeal is told: the platform hears it, and whoever objected. Also where a repair answered it before its hearing did.
import { type AppealOutcome, settleAppeals } from '#appeals'
import { readCase } from '#cases'
import type { Transaction } from '#db'
import { planFollowUp } from '#notices'
import { raiseEvent } from '#webhooks'
import { recallNotice } from './recall.ts'
import type { Desk } from './river.ts'
import { accountOf } from './tell-platform.ts'

/** In the transaction that makes it final. */
export async function tellOutcome(
  { clock, vault, notices: policy }: Pick<Desk, 'clock' | 'vault' | 'notices'>,
  tx: Transaction,
  of: {
    readonly appealId: string
    readonly caseId: string
    readonly noticeId: string
    readonly outcome: AppealOutcome
  },
): Promise<void> {
  const { appealId, caseId } = of
  const { isTest, context } = await readCase(tx, vault, caseId)
  const outcome = of.outcome === 'upheld' ? 'upheld' : 'overturned'
  await raiseEvent(tx, clock, vault, {
    type: 'appeal.decided',
    onceKey: `appeal.decided ${appealId}`,
    isTest,
    data: { appeal: appealId, case: caseId, account: accountOf(context), outcome, decidedAt: clock.now() },
  })
  const kind = `appeal_${outcome}` as const
  await planFollowUp(tx, clock, vault, {
    kind,
    about: appealId,
    caseId,
    earlierNotice: of.noticeId,
    policy,
    recall: recallNotice,
  })
}

/** In the transaction that undoes a case: nobody has to hear any more whether it was an error. */
export async function endAppeals(
  desk: Pick<Desk, 'clock' | 'vault' | 'notices'>,
  tx: Transaction,
  {
    caseId,
    repairId,
    error,
  }: { readonly caseId: string; readonly repairId: string; readonly error: 'entry' | 'match' | 'context' },
): Promise<void> {
  const outcome = `overturned_${error}` as const
  const settled = await settleAppeals(tx, desk.clock, { caseId, repairId, outcome })
  for (const appeal of settled) await tellOutcome(desk, tx, { ...appeal, caseId, outcome })
}
