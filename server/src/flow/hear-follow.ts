// What follows from an appeal for others: the operator and the platform hear that it was opened; of a final decision whoever objected
// is told, and what was wrong is repaired.
import { raiseAlert } from '#alerts'
import { type Decided, readAppeal } from '#appeals'
import type { Actor } from '#audit'
import { isTestCase } from '#cases'
import type { Transaction } from '#db'
import type { Desk } from './river.ts'

/** In the transaction of job `hear`. */
export async function sayOpened({ clock }: Desk, tx: Transaction, appealId: string): Promise<void> {
  const { id, number, case_id: caseId, due_at } = await readAppeal(tx, appealId)
  // joined on merge: raiseEvent(tx, clock, vault, { type: 'appeal.opened', onceKey: `appeal.opened ${id}`, isTest, data: … })
  if (await isTestCase(tx, caseId)) return
  const data = { appeal: id, number: String(number), dueAt: new Date(due_at).toISOString() }
  await raiseAlert(tx, clock, { type: 'appeal.opened', subject: id, severity: 'warning', data, once: true })
}

/** In the transaction of a final decision. */
export async function sayDecided(_desk: Desk, _tx: Transaction, _decided: Decided, _by: Actor): Promise<void> {
  // joined on merge: raiseEvent 'appeal.decided', planFollowUp (and enqueue `notify`), and of an overturned one of no test beginRepair.
}
