// The outcome of an appeal is told: the platform hears it, and whoever objected. Where a repair answered it before its hearing did, nobody
// has read the words, and no letter says that anybody has: the platform hears it, and the letter is the one that says it is put right.
import { type AppealOutcome, overturnedInVain, type Reopening, reopen, settleAppeals } from '#appeals'
import { readCase } from '#cases'
import type { Transaction } from '#db'
import { planFollowUp } from '#notices'
import { raiseEvent } from '#webhooks'
import { recallNotice } from './recall.ts'
import type { Desk } from './river.ts'
import { accountOf } from './tell-platform.ts'

type Told = {
  readonly appealId: string
  readonly caseId: string
  readonly noticeId: string
  readonly outcome: AppealOutcome
}

/** Of a person's decision, in the transaction that makes it final. */
export async function tellOutcome(
  desk: Pick<Desk, 'clock' | 'vault' | 'notices'>,
  tx: Transaction,
  told: Told,
): Promise<void> {
  const { clock, vault, notices: policy } = desk
  const { appealId, caseId, noticeId: earlierNotice } = told
  await sayOutcome(desk, tx, told)
  const kind = told.outcome === 'upheld' ? 'appeal_upheld' : 'appeal_overturned'
  await planFollowUp(tx, clock, vault, { kind, about: appealId, caseId, earlierNotice, policy, recall: recallNotice })
}

async function sayOutcome(
  { clock, vault }: Pick<Desk, 'clock' | 'vault'>,
  tx: Transaction,
  { appealId, caseId, outcome }: Omit<Told, 'noticeId'>,
): Promise<void> {
  const { isTest, context } = await readCase(tx, vault, caseId)
  await raiseEvent(tx, clock, vault, {
    type: 'appeal.decided',
    // Heard anew, or its case stands after all: it is another decision.
    onceKey: `appeal.decided ${appealId} ${outcome} ${clock.now()}`,
    isTest,
    data: {
      appeal: appealId,
      case: caseId,
      account: accountOf(context),
      outcome: outcome === 'upheld' ? 'upheld' : 'overturned',
      decidedAt: clock.now(),
    },
  })
}

/** In the transaction that undoes a case: nobody has to hear any more whether it was an error. */
export async function endAppeals(
  desk: Pick<Desk, 'clock' | 'vault'>,
  tx: Transaction,
  {
    caseId,
    repairId,
    error,
  }: { readonly caseId: string; readonly repairId: string; readonly error: 'entry' | 'match' | 'context' },
): Promise<void> {
  const outcome = `overturned_${error}` as const
  const settled = await settleAppeals(tx, desk.clock, { caseId, repairId, outcome })
  for (const { appealId } of settled) await sayOutcome(desk, tx, { appealId, caseId, outcome })
}

/** In the transaction that refuses a repair: what was overturned is heard anew. Of a further round nobody waits for an answer. */
export async function reopenAppeal(
  { clock, hearings: { hearingMs } }: Pick<Desk, 'clock' | 'hearings'>,
  tx: Transaction,
  { appealId, ...refused }: Omit<Reopening, 'appealId' | 'hearingMs'> & { readonly appealId: string | null },
): Promise<void> {
  if (appealId !== null) await reopen(tx, clock, { ...refused, appealId, hearingMs })
}

/** In the transaction in which a person lets a case stand that an appeal had overturned: whoever objected hears that it stays. */
export async function tellStands(
  desk: Pick<Desk, 'clock' | 'vault' | 'notices'>,
  tx: Transaction,
  caseId: string,
): Promise<void> {
  const { clock, vault, notices: policy } = desk
  for (const { appealId, noticeId: earlierNotice, repairId: about } of await overturnedInVain(tx, caseId)) {
    await sayOutcome(desk, tx, { appealId, caseId, outcome: 'upheld' })
    await planFollowUp(tx, clock, vault, {
      kind: 'appeal_upheld',
      about,
      caseId,
      earlierNotice,
      policy,
      recall: recallNotice,
    })
  }
}
