// Whether a case waits for a repair: for its list, its approval, or until it has come to that case.
import type { Connection } from '#db'

/**
 * A repair that nobody has approved or refused yet holds it, or one that has not come to it yet: nothing of it is filed meanwhile. Not of
 * what stands without the error, once that is known: nobody is to wait for two people there.
 */
export async function heldByRepair(db: Connection, caseId: string): Promise<boolean> {
  const row = await db
    .selectFrom('repair_cases')
    .innerJoin('repairs', 'repairs.id', 'repair_cases.repair_id')
    .select('repairs.id')
    .where('repair_cases.case_id', '=', caseId)
    .where(({ or, and, eb }) =>
      or([
        eb('repairs.state', '=', 'gathering'),
        and([
          or([
            eb('repairs.state', '=', 'gathered'),
            and([eb('repairs.state', '=', 'approved'), eb('repair_cases.state', '=', 'gathered')]),
          ]),
          or([eb('repair_cases.why', 'is', null), eb('repair_cases.why', 'not in', ['another_ground', 'viewed'])]),
        ]),
      ]),
    )
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Of some hundred cases those that a repair has gathered, or is about to, and nobody has decided about yet, or that it has not come to yet:
 * nobody is told meanwhile that they were reported.
 */
export async function casesUndecided(db: Connection, caseIds: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set((await undecidedRows(db, caseIds)).map(({ case_id }) => case_id))
}

/** The number of the first repair of those. */
export async function undecidedRepair(db: Connection, caseId: string): Promise<number | undefined> {
  const numbers = (await undecidedRows(db, [caseId])).map(({ number }) => number)
  return numbers.sort((a, b) => a - b)[0]
}

async function undecidedRows(db: Connection, caseIds: readonly string[]) {
  // PostgreSQL knows no empty list of values.
  if (caseIds.length === 0) return []
  const gathered = await db
    .selectFrom('repair_cases')
    .innerJoin('repairs', 'repairs.id', 'repair_cases.repair_id')
    .select(['repair_cases.case_id', 'repairs.number'])
    .where('repair_cases.case_id', 'in', caseIds)
    .where(({ or, and, eb }) =>
      or([
        eb('repairs.state', 'in', ['gathering', 'gathered']),
        and([eb('repairs.state', '=', 'approved'), eb('repair_cases.state', 'in', ['gathered', 'stopping'])]),
      ]),
    )
    .execute()
  const heard = await db
    .selectFrom('repairs')
    .select(['case_id', 'number'])
    .where('case_id', 'in', caseIds)
    .where('state', '=', 'gathering')
    .execute()
  return [...gathered, ...heard]
}

/**
 * Two people have approved that one of these was an error (`repair`), or that a person has to look at it (`review`), it was weighed once
 * more, and its report has not been stopped yet.
 */
export async function isAnyStopping(
  db: Connection,
  caseIds: readonly string[],
  does: readonly ('repair' | 'review')[],
): Promise<boolean> {
  // PostgreSQL knows no empty list of values.
  if (caseIds.length === 0) return false
  const row = await db
    .selectFrom('repair_cases')
    .innerJoin('repairs', 'repairs.id', 'repair_cases.repair_id')
    .select('repairs.id')
    .where('repair_cases.case_id', 'in', caseIds)
    .where('repair_cases.does', 'in', does)
    .where('repair_cases.state', '=', 'stopping')
    .where('repairs.state', '=', 'approved')
    .executeTakeFirst()
  return row !== undefined
}

/** Ids of those about one picture that are not carried out yet: what shows it waits for them. */
export async function openMatches(db: Connection): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('repairs')
    .select('id')
    .where('outcome', '=', 'match')
    .where('state', 'in', ['gathering', 'gathered', 'approved'])
    .execute()
  return rows.map(({ id }) => id)
}
