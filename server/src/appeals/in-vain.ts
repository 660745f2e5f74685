// An overturned appeal whose case stands all the same, after a second look: whoever objected hears that once.
import type { Connection } from '#db'
import { type AppealRow, isOverturned } from './store.ts'
import { appealsAbout, casesOfAppeal } from './store-about.ts'

export type Standing = {
  readonly appealId: string
  readonly noticeId: string
  /** The last repair of its own that sent the case to be looked at. */
  readonly repairId: string
}

/**
 * Appeals about the case that somebody overturned, and whose own repair left it to a person. Not of which somebody was told so since; nor
 * as long as another case that its notice speaks for may still be undone, nor when one was: that was promised, and is what they hear.
 */
export async function overturnedInVain(db: Connection, caseId: string): Promise<readonly Standing[]> {
  const standing: Standing[] = []
  for (const appeal of (await appealsAbout(db, caseId)).filter(isOverturned)) {
    const rows = await itsRepairs(db, appeal)
    const last = rows.findLast((row) => row.case_id === caseId && row.does === 'review')
    if (last === undefined || rows.some((row) => row.case_id !== caseId && isUndone(row))) continue
    if (await hasHeard(db, appeal)) continue
    standing.push({ appealId: appeal.id, noticeId: appeal.notice_id, repairId: last.id })
  }
  return standing
}

type Its = Awaited<ReturnType<typeof itsRepairs>>[number]

/** What the repairs that it began, in all their rounds, have of its own cases, in the order of the repairs. */
async function itsRepairs(db: Connection, { id }: AppealRow) {
  const cases = (await casesOfAppeal(db, id)).map((one) => one.id)
  return db
    .selectFrom('repair_cases')
    .innerJoin('repairs', 'repairs.id', 'repair_cases.repair_id')
    .innerJoin('cases', 'cases.id', 'repair_cases.case_id')
    .select(['repairs.id', 'repair_cases.case_id', 'repair_cases.does', 'repair_cases.state'])
    .select('cases.state as case_state')
    .where('repairs.appeal_id', '=', id)
    .where('repairs.state', '!=', 'refused')
    .where('repair_cases.case_id', 'in', cases)
    .orderBy('repairs.number')
    .execute()
}

/** Or may still be. */
function isUndone({ does, state, case_state }: Its): boolean {
  if (state === 'left') return false
  if (does === 'repair' || state !== 'in_review') return true
  return case_state === 'reviewed_again' || case_state === 'repaired'
}

async function hasHeard(db: Connection, { id, decided_at }: AppealRow): Promise<boolean> {
  const row = await db
    .selectFrom('notices')
    .innerJoin('repairs', 'repairs.id', 'notices.about')
    .select('notices.id')
    .where('notices.kind', '=', 'appeal_upheld')
    .where('repairs.appeal_id', '=', id)
    .where('notices.created_at', '>=', decided_at ?? 0)
    .executeTakeFirst()
  return row !== undefined
}
