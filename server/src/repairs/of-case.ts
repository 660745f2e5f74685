// One case, as repairs have it: which took it up, and of which a person has to look at it once more.
import type { Connection, Tables } from '#db'

export type RepairOfCase = Pick<Tables['repairs'], 'id' | 'number' | 'state'> &
  Pick<Tables['repair_cases'], 'does'> & {
    /** Where the case stands in it. */
    readonly stands: Tables['repair_cases']['state']
    /** When the second of two people approved it. */
    readonly secondAt: number | null
    /** Its own finished report, which the repair corrects. */
    readonly reportId: string | null
    readonly letter: { readonly sentAt: number | null } | null
    /** The new report that takes that one back, where somebody chose one. */
    readonly takenBackBy: Pick<Tables['reports'], 'id' | 'state'> | null
  }

/** In the order of their numbers; those that were refused are none. */
export async function repairsOfCase(db: Connection, caseId: string): Promise<readonly RepairOfCase[]> {
  const rows = await db
    .selectFrom('repair_cases')
    .innerJoin('repairs', 'repairs.id', 'repair_cases.repair_id')
    .select(['repairs.id', 'repairs.number', 'repairs.state', 'repairs.letter_at', 'repairs.letter_sent_at'])
    .leftJoin('reports as anew', (on) => on.onRef('anew.corrects_id', '=', 'repair_cases.report_id'))
    .select(['repairs.second_at', 'anew.id as anew_id', 'anew.state as anew_state'])
    .select(['repair_cases.does', 'repair_cases.state as stands', 'repair_cases.report_id'])
    .where('repair_cases.case_id', '=', caseId)
    .where('repairs.state', '!=', 'refused')
    .orderBy('repairs.number')
    .execute()
  return rows.map(({ letter_at, letter_sent_at, report_id, second_at, anew_id, anew_state, ...rest }) => ({
    ...rest,
    secondAt: second_at,
    reportId: report_id,
    takenBackBy: anew_id === null || anew_state === null ? null : { id: anew_id, state: anew_state },
    letter: letter_at === null ? null : { sentAt: letter_sent_at },
  }))
}

/** Numbers of the cases that it sent to a person and that are `reviewed_again` still, by the repair's id. */
export async function casesToLookAt(db: Connection): Promise<ReadonlyMap<string, readonly number[]>> {
  const rows = await db
    .selectFrom('cases')
    .innerJoin('repair_cases', 'repair_cases.case_id', 'cases.id')
    .select(['repair_cases.repair_id', 'cases.number'])
    .where('cases.state', '=', 'reviewed_again')
    .where('repair_cases.state', '=', 'in_review')
    .orderBy('cases.number')
    .execute()
  return new Map([...Map.groupBy(rows, (row) => row.repair_id)].map(([id, of]) => [id, of.map(({ number }) => number)]))
}
