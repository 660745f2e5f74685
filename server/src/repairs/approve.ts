// Two people approve the frozen list of a repair, and neither of them has decided one of its cases before. One is enough to refuse it.
import { decideApproval, listApprovals, requestApproval, requirePerson, useApproval } from '#access'
import { record } from '#audit'
import { type Clock, Fault } from '#base'
import type { Connection, Transaction } from '#db'
import type { RepairRecord } from './records.ts'
import { moveRepair } from './rows.ts'

/** Who has approved first waits so long at most for the second. */
const answerWithinMs = 30 * 24 * 3_600_000
const act = 'repair'

export type Approving = {
  readonly repair: RepairRecord
  /** A person's id. */
  readonly by: string
  readonly reason: string
}

/**
 * first: another person has to agree. approved: its steps begin. Faults `not_possible`, `decided_before`, `same_person`, `reason_missing`
 * and those of a person who is not there.
 */
export async function approveRepair(
  tx: Transaction,
  clock: Clock,
  { repair, by, reason }: Approving,
): Promise<'first' | 'approved'> {
  demandGathered(repair)
  if ((await peopleWhoDecided(tx, repair.id)).has(`person:${by}`))
    throw new Fault(
      'decided_before',
      'whoever decided one of these cases before does not approve its repair: this needs somebody else',
      { retry: 'never' },
    )
  const now = clock.now()
  if (repair.approval_id === null || (await hasLapsed(tx, clock, repair.approval_id))) {
    const expiresAt = now + answerWithinMs
    const approval = await requestApproval(tx, clock, { act, subject: repair.id, reason, by, expiresAt })
    await moveRepair(tx, clock, repair.id, { approval_id: approval.id, first_by: by, first_at: now })
    return 'first'
  }
  await decideApproval(tx, clock, { id: repair.approval_id, by, approve: true, reason })
  await useApproval(tx, clock, { act, subject: repair.id, by: `person:${by}` })
  await moveRepair(tx, clock, repair.id, { state: 'approved', second_by: by, second_at: now })
  const detail = { firstBy: repair.first_by, case: repair.case_id }
  await record(tx, clock, { actor: `person:${by}`, act: 'approve_repair', subject: repair.id, detail })
  return 'approved'
}

/** It is not to be: nothing is repaired, and what waited for it goes on. Faults as `approveRepair`, but for the person. */
export async function refuseRepair(tx: Transaction, clock: Clock, { repair, by, reason }: Approving): Promise<void> {
  demandGathered(repair)
  if (reason.trim() === '') throw new Fault('reason_missing', 'a reason must be given, in words', { retry: 'never' })
  const person = await requirePerson(tx, by)
  if (repair.approval_id !== null && repair.first_by !== by && !(await hasLapsed(tx, clock, repair.approval_id)))
    await decideApproval(tx, clock, { id: repair.approval_id, by: person.id, approve: false, reason })
  await moveRepair(tx, clock, repair.id, { state: 'refused' })
  const detail = { case: repair.case_id }
  await record(tx, clock, { actor: `person:${by}`, act: 'refuse_repair', subject: repair.id, detail })
}

function demandGathered({ state, number }: RepairRecord): void {
  if (state === 'gathered') return
  const words =
    state === 'gathering' ? 'its cases are still being gathered: look again in a moment' : `it is "${state}"`
  throw new Fault('not_possible', `repair ${number} cannot be approved or refused: ${words}`, { retry: 'never' })
}

async function hasLapsed(tx: Transaction, clock: Clock, approvalId: string): Promise<boolean> {
  const approval = (await listApprovals(tx, { state: 'open' })).find(({ id }) => id === approvalId)
  return approval === undefined || approval.expiresAt <= clock.now()
}

/** Actors who decided a case of it that is to be repaired, or the case that was heard. */
export async function peopleWhoDecided(db: Connection, repairId: string): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('repair_cases')
    .innerJoin('cases', 'cases.id', 'repair_cases.case_id')
    .innerJoin('repairs', 'repairs.id', 'repair_cases.repair_id')
    .select('cases.decided_by')
    .distinct()
    .where('repair_cases.repair_id', '=', repairId)
    .where(({ or, eb, ref }) =>
      or([eb('repair_cases.does', '=', 'repair'), eb('repair_cases.case_id', '=', ref('repairs.case_id'))]),
    )
    .where('cases.decided_by', 'is not', null)
    .execute()
  return new Set(rows.flatMap(({ decided_by }) => decided_by ?? []))
}
