// What follows from an appeal for others: the operator and the platform hear that it was opened; of a final decision whoever objected
// is told, and what was wrong is repaired. All of it in the transaction that makes it necessary.
import { raiseAlert } from '#alerts'
import { type AppealOutcome, type Decided, readAppeal } from '#appeals'
import type { Actor } from '#audit'
import { readCase } from '#cases'
import type { Transaction } from '#db'
import { planFollowUp } from '#notices'
import { raiseEvent } from '#webhooks'
import { beginRepair } from './repair.ts'
import type { Desk } from './river.ts'
import { accountOf } from './tell-platform.ts'

export async function sayOpened({ clock, vault }: Desk, tx: Transaction, appealId: string): Promise<void> {
  const { id, number, case_id: caseId, notice_id: notice, opened_at: openedAt, due_at } = await readAppeal(tx, appealId)
  const { isTest, context } = await readCase(tx, vault, caseId)
  await raiseEvent(tx, clock, vault, {
    type: 'appeal.opened',
    onceKey: `appeal.opened ${id}`,
    isTest,
    data: { appeal: id, case: caseId, notice, account: accountOf(context), openedAt, dueAt: due_at },
  })
  if (isTest) return
  const data = { appeal: id, number: String(number), dueAt: new Date(due_at).toISOString() }
  await raiseAlert(tx, clock, { type: 'appeal.opened', subject: id, severity: 'warning', data, once: true })
}

/** Of a test card's case nothing is repaired: nobody real was reported, and the cards go on. */
export async function sayDecided(desk: Desk, tx: Transaction, decided: Decided, by: Actor): Promise<void> {
  const { clock, vault, notices: policy } = desk
  const { appealId, caseId, isTest, outcome, reason, grounds, files } = decided
  const { context } = await readCase(tx, vault, caseId)
  const what = outcome === 'upheld' ? 'upheld' : 'overturned'
  await raiseEvent(tx, clock, vault, {
    type: 'appeal.decided',
    onceKey: `appeal.decided ${appealId}`,
    isTest,
    data: { appeal: appealId, case: caseId, account: accountOf(context), outcome: what, decidedAt: clock.now() },
  })
  const kind = `appeal_${what}` as const
  await planFollowUp(tx, clock, vault, { kind, about: appealId, caseId, earlierNotice: decided.noticeId, policy })
  const error = errorIn(outcome)
  if (error === undefined || isTest) return
  await beginRepair(desk, tx, {
    appealId,
    caseId,
    outcome: error,
    by,
    reason,
    ...(error === 'entry' && { grounds }),
    ...(error === 'match' && { files }),
  })
}

function errorIn(outcome: AppealOutcome): 'entry' | 'match' | 'context' | undefined {
  switch (outcome) {
    case 'upheld':
      return undefined
    case 'overturned_entry':
      return 'entry'
    case 'overturned_match':
      return 'match'
    case 'overturned_context':
      return 'context'
  }
}
