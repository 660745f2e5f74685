// Reports that are not filed yet: which are beyond the operator's own limit, and which need a person.
import type { Connection, Tables } from '#db'

type State = Tables['reports']['state']

/** Neither finished nor ended in another way. */
export const unfiled = ['waiting', 'filing', 'cannot_report', 'needs_person'] as const satisfies readonly State[]

export type Unfiled = {
  readonly id: string
  readonly caseId: string
  readonly caseNumber: number
  readonly state: State
  readonly trouble: string | null
  /** When its case was confirmed, by a person or by rule. */
  readonly confirmedAt: number
}

/** Those of test cards are no part of it. Oldest first. */
export async function unfiledReports(
  db: Connection,
  { states = unfiled, before, limit }: { states?: readonly State[]; before?: number; limit: number },
): Promise<readonly Unfiled[]> {
  const rows = await db
    .selectFrom('reports')
    .innerJoin('cases', 'cases.id', 'reports.case_id')
    .select(['reports.id', 'reports.case_id', 'reports.state', 'reports.trouble', 'reports.created_at'])
    .select(['cases.number', 'cases.decided_at', 'reports.corrects_id'])
    .where('reports.state', 'in', states)
    .where('reports.is_test', '=', 0)
    .$if(before !== undefined, (query) =>
      query.where((eb) =>
        eb.or([
          eb('reports.created_at', '<', before ?? 0),
          eb.and([eb('cases.decided_at', '<', before ?? 0), eb('reports.corrects_id', 'is', null)]),
        ]),
      ),
    )
    .orderBy('reports.created_at')
    .orderBy('reports.id')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    caseId: row.case_id,
    caseNumber: row.number,
    state: row.state,
    trouble: row.trouble,
    confirmedAt: confirmedAt(row),
  }))
}

/** A report may be written long after its case was confirmed: when there were no credentials, say. A correction is of no confirmation. */
export const confirmedAt = (row: {
  readonly created_at: number
  readonly decided_at: number | null
  readonly corrects_id: string | null
}): number => (row.corrects_id === null ? Math.min(row.created_at, row.decided_at ?? row.created_at) : row.created_at)

/** How many were confirmed before this moment and are not filed. */
export async function countLate(db: Connection, before: number): Promise<number> {
  const row = await db
    .selectFrom('reports')
    .innerJoin('cases', 'cases.id', 'reports.case_id')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('reports.state', 'in', unfiled)
    .where('reports.is_test', '=', 0)
    .where((eb) =>
      eb.or([
        eb('reports.created_at', '<', before),
        eb.and([eb('cases.decided_at', '<', before), eb('reports.corrects_id', 'is', null)]),
      ]),
    )
    .executeTakeFirstOrThrow()
  return Number(row.count)
}
