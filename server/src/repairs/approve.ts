// Two people approve the frozen list of a repair; neither of them has decided one of its cases before. To refuse it takes as many where
// a hearing began it: nobody overrules one alone.
import { decideApproval, listApprovals, requestApproval, requirePerson, useApproval } from '#access'
import { record } from '#audit'
import { type Clock, Fault } from '#base'
import { recordDecider } from '#cases'
import type { Connection, Transaction } from '#db'
import type { RepairRecord } from './records.ts'
import { moveRepair } from './rows.ts'

/** Who has approved first waits so long at most for the second. */
const answerWithinMs = 30 * 24 * 3_600_000
const act = 'repair'
const refusal = 'refuse_repair'

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
  await demandUnbiased(tx, repair, by)
  const now = clock.now()
  if (repair.approval_id === null || (await hasLapsed(tx, clock, repair.approval_id))) {
    const expiresAt = now + answerWithinMs
    const approval = await requestApproval(tx, clock, { act, subject: repair.id, reason, by, expiresAt })
    await moveRepair(tx, clock, repair.id, { approval_id: approval.id, first_by: by, first_at: now })
    return 'first'
  }
  if (repair.first_by === by) throw saidBefore('approved', repair.first_at ?? now)
  const { requestedBy } = await decideApproval(tx, clock, { id: repair.approval_id, by, approve: true, reason })
  await useApproval(tx, clock, { act, subject: repair.id, by: `person:${by}` })
  await moveRepair(tx, clock, repair.id, { state: 'approved', second_by: by, second_at: now })
  await recordDeciders(tx, repair, [requestedBy, by])
  const detail = { firstBy: repair.first_by, case: repair.case_id }
  await record(tx, clock, { actor: `person:${by}`, act: 'approve_repair', subject: repair.id, detail })
  return 'approved'
}

/**
 * It is not to be: nothing is repaired, and what waited for it goes on. first: a hearing said that it is an error, and another person has
 * to agree that it is none. Faults as `approveRepair`.
 */
export async function refuseRepair(
  tx: Transaction,
  clock: Clock,
  { repair, by, reason }: Approving,
): Promise<'first' | 'refused'> {
  demandGathered(repair)
  if (reason.trim() === '') throw new Fault('reason_missing', 'a reason must be given, in words', { retry: 'never' })
  const person = await requirePerson(tx, by)
  await demandUnbiased(tx, repair, person.id)
  const people = [person.id]
  if (repair.appeal_id !== null) {
    const asked = await openRefusal(tx, clock, repair.id)
    if (asked === undefined) {
      const expiresAt = clock.now() + answerWithinMs
      await requestApproval(tx, clock, { act: refusal, subject: repair.id, reason, by, expiresAt })
      return 'first'
    }
    if (asked.requestedBy === person.id) throw saidBefore('refused', asked.requestedAt)
    await decideApproval(tx, clock, { id: asked.id, by, approve: true, reason })
    await useApproval(tx, clock, { act: refusal, subject: repair.id, by: `person:${by}` })
    people.push(asked.requestedBy)
  }
  if (repair.approval_id !== null && repair.first_by !== by && !(await hasLapsed(tx, clock, repair.approval_id)))
    await decideApproval(tx, clock, { id: repair.approval_id, by: person.id, approve: false, reason })
  await moveRepair(tx, clock, repair.id, { state: 'refused' })
  await recordDeciders(tx, repair, people)
  // That no error was found there is said of the case that was heard, also where it is not this repair's to repair: neither hears it anew.
  if (repair.round === 1) for (const one of people) await recordDecider(tx, repair.case_id, `person:${one}`)
  const detail = { case: repair.case_id }
  await record(tx, clock, { actor: `person:${by}`, act: 'refuse_repair', subject: repair.id, detail })
  return 'refused'
}

const saidBefore = (what: 'approved' | 'refused', at: number) =>
  new Fault('same_person', `you ${what} already, ${new Date(at).toISOString().slice(0, 16)}Z; a second person must`, {
    retry: 'never',
  })

function demandGathered({ state, number }: RepairRecord): void {
  if (state === 'gathered') return
  const words =
    state === 'gathering' ? 'its cases are still being gathered: look again in a moment' : `it is "${state}"`
  throw new Fault('not_possible', `repair ${number} cannot be approved or refused: ${words}`, { retry: 'never' })
}

async function openRefusal(tx: Transaction, clock: Clock, repairId: string) {
  const asked = await firstRefusal(tx, repairId)
  return asked !== undefined && asked.expiresAt > clock.now() ? asked : undefined
}

/** Somebody has refused it, and another one has to agree before it expires. */
export async function firstRefusal(db: Connection, repairId: string) {
  const open = await listApprovals(db, { state: 'open' })
  return open.find((one) => one.act === refusal && one.subject === repairId)
}

async function hasLapsed(tx: Transaction, clock: Clock, approvalId: string): Promise<boolean> {
  const approval = (await listApprovals(tx, { state: 'open' })).find(({ id }) => id === approvalId)
  return approval === undefined || approval.expiresAt <= clock.now()
}

/** Whoever heard the appeal may be one of the two; whoever began a repair without a hearing may not. */
async function demandUnbiased(tx: Transaction, repair: RepairRecord, by: string): Promise<void> {
  const actor = `person:${by}`
  const began = repair.appeal_id === null && repair.begun_by === actor
  const heard = repair.appeal_id !== null && repair.round === 1 && repair.begun_by === actor ? [repair.case_id] : []
  const decided = (await casesDecidedBy(tx, repair, by)).some((id) => !heard.includes(id))
  if (!began && !decided) return
  const words = 'whoever decided one of these cases before does not answer for its repair: this needs somebody else'
  throw new Fault('decided_before', words, { retry: 'never' })
}

/** Of its cases that are to be repaired, and, until those are over, of the case that was heard. */
async function casesDecidedBy(db: Connection, { id, round, case_id }: RepairRecord, by: string) {
  const rows = await db
    .selectFrom('repair_cases')
    .innerJoin('case_deciders', 'case_deciders.case_id', 'repair_cases.case_id')
    .select('repair_cases.case_id')
    .where('repair_cases.repair_id', '=', id)
    .where('case_deciders.person', '=', by)
    .where(({ or, eb }) =>
      or([eb('repair_cases.does', '=', 'repair'), ...(round === 1 ? [eb('repair_cases.case_id', '=', case_id)] : [])]),
    )
    .execute()
  return rows.map((row) => row.case_id)
}

/** They answered for all of them, and hear none of their appeals. */
async function recordDeciders(tx: Transaction, { id }: RepairRecord, people: readonly string[]): Promise<void> {
  const rows = await tx
    .selectFrom('repair_cases')
    .select('case_id')
    .where('repair_id', '=', id)
    .where('does', '=', 'repair')
    .execute()
  for (const { case_id } of rows) for (const by of people) await recordDecider(tx, case_id, `person:${by}`)
}
