// An overturned appeal of which nothing came: the repair was refused, and it is heard anew; or its case stands after a second look.
import { type Actor, record } from '#audit'
import type { Clock } from '#base'
import { recordDecider } from '#cases'
import type { Connection, Transaction } from '#db'
import { enqueue } from '#jobs'
import { type AppealRow, appealRow, isOpen } from './store.ts'
import { appealsAbout, casesOfAppeal, isOver } from './store-about.ts'

export type Reopening = {
  readonly appealId: string
  readonly by: Actor
  /** The repair that was refused. */
  readonly repairId: string
  readonly hearingMs: number
}

/**
 * It waits again, with a new day, for somebody who had no part in it: neither whoever heard it nor whoever refused. Asks for the hearing
 * itself (job `hear`). False: no person overturned it, somebody is to hear it already, or all is undone.
 */
export async function reopen(
  tx: Transaction,
  clock: Clock,
  { appealId, by, repairId, hearingMs }: Reopening,
): Promise<boolean> {
  const appeal = await appealRow(tx, appealId)
  const cases = await casesOfAppeal(tx, appealId)
  if (!isOverturned(appeal) || cases.every(isOver)) return false
  const now = clock.now()
  for (const { id } of cases) await recordDecider(tx, id, by)
  await tx
    .updateTable('appeals')
    .set({ state: 'waiting', due_at: now + hearingMs, decided_at: null, changed_at: now })
    .where('id', '=', appealId)
    .execute()
  const detail = { case: appeal.case_id, repair: repairId, outcome: appeal.state }
  await record(tx, clock, { actor: by, act: 'reopen_appeal', subject: appealId, detail })
  await enqueue(tx, clock, { kind: 'hear', subject: appealId, runAt: now, uniqueKey: `hear ${appealId}` })
  return true
}

/** By a person who heard it: not by a repair that others' appeal began. */
const isOverturned = ({ state, repair_id }: AppealRow): boolean =>
  !isOpen(state) && state !== 'upheld' && repair_id === null

export type Standing = {
  readonly appealId: string
  readonly noticeId: string
  /** The last repair that sent the case to be looked at. */
  readonly repairId: string
}

/** Appeals that somebody overturned and whose case stands all the same, for its repair left it to a person. */
export async function overturnedInVain(db: Connection, caseId: string): Promise<readonly Standing[]> {
  const repair = await db
    .selectFrom('repair_cases')
    .innerJoin('repairs', 'repairs.id', 'repair_cases.repair_id')
    .select('repairs.id')
    .where('repair_cases.case_id', '=', caseId)
    .where('repair_cases.does', '=', 'review')
    .where('repairs.state', '!=', 'refused')
    .orderBy('repairs.number', 'desc')
    .executeTakeFirst()
  if (repair === undefined) return []
  return (await appealsAbout(db, caseId))
    .filter(isOverturned)
    .map(({ id, notice_id }) => ({ appealId: id, noticeId: notice_id, repairId: repair.id }))
}
