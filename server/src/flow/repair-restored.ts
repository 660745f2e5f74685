// The platform took what a repair asks of it, or nobody did: then the account's holder is told, or the operator is.
import { raiseAlert } from '#alerts'
import { type Actor, record } from '#audit'
import { Fault } from '#base'
import type { Transaction } from '#db'
import { casesOfRepair, moveRepairCase, type RepairCase, readRepair, repairCaseOfEvent } from '#repairs'
import { settleEvent } from '#webhooks'
import { endIfRestored } from './repair-steps.ts'
import { tellRestored } from './repair-tell.ts'
import type { Desk, River } from './river.ts'

/** Of a `repair.restore` event, in the transaction that says how its delivery ended; may be called twice. */
export async function restoreTaken(
  river: River,
  tx: Transaction,
  eventId: string,
  outcome: 'delivered' | 'given_up',
): Promise<void> {
  const { clock, vault } = river
  const row = await repairCaseOfEvent(tx, vault, eventId)
  if (row === undefined || row.state === 'restored') return
  if (outcome === 'delivered') return restored(river, tx, row, 'wardline')
  if (row.state !== 'closed') return
  await moveRepairCase(tx, clock, row, { state: 'not_taken' })
  const { number } = await readRepair(tx, vault, row.repair_id)
  await raiseAlert(tx, clock, {
    type: 'repair.stuck',
    subject: row.repair_id,
    severity: 'urgent',
    data: { repair: row.repair_id, number: String(number), step: 'restore' },
  })
}

type MarkedRestored = {
  readonly ref: number | string
  readonly caseNumber: number
  readonly by: Actor
}

/** A person has seen to it that the platform restored it. Faults `no_such_repair`, `not_possible`. */
export async function markRestored(river: Desk, { ref, caseNumber, by }: MarkedRestored): Promise<void> {
  await river.database.transact(async (tx) => {
    const { id } = await readRepair(tx, river.vault, ref)
    const [row] = await casesOfRepair(tx, river.vault, id, { after: caseNumber - 1, limit: 1 })
    if (row?.case_number !== caseNumber || (row.state !== 'closed' && row.state !== 'not_taken'))
      throw new Fault('not_possible', 'this repair has no such case that waits to be restored', { retry: 'never' })
    await restored(river, tx, row, by)
    // Nobody waits for it any more, and nobody is to be told that it was not taken.
    if (row.event_id !== null) await settleEvent(tx, row.event_id)
  })
  river.wake()
}

async function restored(river: Desk, tx: Transaction, row: RepairCase, by: Actor): Promise<void> {
  const { clock } = river
  const { repair_id: repair, case_id: caseId } = row
  await moveRepairCase(tx, clock, row, {
    state: 'restored',
    // What stood beside it stands there no more, or a person decided about it.
    why: null,
    restored_at: clock.now(),
    restored_by: by,
  })
  // What was done is undone, and only then the account's holder is told so.
  await tellRestored(river, tx, repair, caseId)
  await record(tx, clock, { actor: by, act: 'restore_case', subject: caseId, detail: { repair } })
  await endIfRestored(river, tx, repair)
}
