// What follows from an appeal for others: the operator and the platform hear that it was opened; of a final decision whoever objected
// is told, and what was wrong is repaired. All of it in the transaction that makes it necessary.
import { raiseAlert } from '#alerts'
import { type AppealOutcome, type Decided, readAppeal } from '#appeals'
import type { Actor } from '#audit'
import { readCase } from '#cases'
import type { Transaction } from '#db'
import { raiseEvent } from '#webhooks'
import { tellOutcome } from './hear-outcome.ts'
import { beginRepair } from './repair.ts'
import type { Desk } from './river.ts'
import { accountOf } from './tell-platform.ts'

export async function sayOpened({ clock, vault }: Desk, tx: Transaction, appealId: string): Promise<void> {
  const { id, number, case_id: caseId, notice_id: notice, opened_at: openedAt, due_at } = await readAppeal(tx, appealId)
  const { isTest, context } = await readCase(tx, vault, caseId)
  await raiseEvent(tx, clock, vault, {
    type: 'appeal.opened',
    onceKey: `appeal.opened ${id} ${due_at}`,
    isTest,
    data: { appeal: id, case: caseId, notice, account: accountOf(context), openedAt, dueAt: due_at },
  })
  if (isTest) return
  const dueAt = new Date(due_at).toISOString()
  // Opened anew, with another day, it is said again.
  const data = { appeal: id, number: String(number), dueAt, since: dueAt }
  await raiseAlert(tx, clock, { type: 'appeal.opened', subject: id, severity: 'warning', data, once: true })
}

/** Of a test card's case nothing is repaired: nobody real was reported, and the cards go on. */
export async function sayDecided(desk: Desk, tx: Transaction, decided: Decided, by: Actor): Promise<void> {
  await tellOutcome(desk, tx, decided)
  const { appealId, isTest, reason, wrong } = decided
  const outcome = errorIn(decided.outcome)
  if (outcome === undefined || isTest) return
  for (const { caseId, grounds, files } of wrong) {
    const named = { ...(outcome === 'entry' && { grounds }), ...(outcome === 'match' && { files }) }
    await beginRepair(desk, tx, { appealId, caseId, outcome, by, reason, ...named })
  }
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
