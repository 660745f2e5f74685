// Which cases a notice speaks for, and whether anything that a first notice says of them still stands.
import type { Connection, Tables } from '#db'
import type { Row } from './store.ts'

export type Speaking = Pick<Row, 'id' | 'report_id' | 'case_id' | 'told'>

/** repaired: at least one of its cases was, and the others were dismissed. */
export type Undone = 'repaired' | 'dismissed'

const undoneStates: readonly string[] = ['repaired', 'dismissed'] satisfies readonly Undone[]

/** Was what it says of this case found to be an error? */
export const isUndone = ({ state }: Pick<Covered, 'state'>): boolean => undoneStates.includes(state)

/**
 * Of some hundred notices at most, those that would accuse somebody of nothing that stands any more: first notices of which every case was
 * repaired or dismissed. They are never sent.
 */
export async function undoneAmong(db: Connection, notices: readonly Kind[]): Promise<ReadonlyMap<string, Undone>> {
  return undoneIn(notices, await casesCovered(db, notices))
}

type Kind = Speaking & Pick<Row, 'kind'>
type Cases = Awaited<ReturnType<typeof casesCovered>>

/** The same, of notices whose cases were read already. */
export function undoneIn(notices: readonly Kind[], covered: Cases): ReadonlyMap<string, Undone> {
  const found = new Map<string, Undone>()
  for (const { id } of notices.filter(isFirst)) {
    const cases = covered.get(id) ?? []
    if (cases.length > 0 && cases.every(isUndone))
      found.set(id, cases.some(({ state }) => state === 'repaired') ? 'repaired' : 'dismissed')
  }
  return found
}

const isFirst = ({ kind }: Kind): boolean => kind === 'reported'

/** Which of these cases a repair may undo that people have not decided about yet, or not carried out. Asked of whoever knows of repairs. */
export type Undecided = (db: Connection, caseIds: readonly string[]) => Promise<ReadonlySet<string>>

/**
 * Of notices whose cases were read, the first notices that must wait until it is decided whether a case of theirs was an error: by a repair,
 * or by the person who has to look at it once more.
 */
export async function undecidedIn(
  db: Connection,
  notices: readonly Kind[],
  { covered, undecided }: { readonly covered: Cases; readonly undecided: Undecided | undefined },
): Promise<ReadonlySet<string>> {
  const first = notices.filter(isFirst)
  if (first.length === 0) return new Set()
  const ids = new Set(first.flatMap(({ id }) => covered.get(id) ?? []).map(({ id }) => id))
  const open = (await undecided?.(db, [...ids])) ?? new Set()
  const isOpen = ({ id, state }: Covered) => state === 'reviewed_again' || open.has(id)
  return new Set(first.map(({ id }) => id).filter((id) => covered.get(id)?.some(isOpen)))
}

type Covered = { readonly id: string; readonly account: string | null; readonly state: Tables['cases']['state'] }

/** A notice speaks for its case, and of a batched report for every other case of the same account. */
export async function casesCovered(
  db: Connection,
  notices: readonly Speaking[],
): Promise<ReadonlyMap<string, readonly Covered[]>> {
  // PostgreSQL knows no empty list of values.
  if (notices.length === 0) return new Map()
  const own = await db
    .selectFrom('cases')
    .select(['id', 'account_hmac as account', 'state'])
    .where('id', 'in', [...new Set(notices.map(({ case_id }) => case_id))])
    .execute()
  const reports = [...new Set(notices.flatMap(({ report_id }) => report_id ?? []))]
  const together =
    reports.length === 0
      ? []
      : await db
          .selectFrom('report_cases')
          .innerJoin('cases', 'cases.id', 'report_cases.case_id')
          .select(['report_cases.report_id as report', 'cases.id', 'cases.account_hmac as account', 'cases.state'])
          .where('report_cases.report_id', 'in', reports)
          .where('cases.account_hmac', 'in', [...new Set(notices.map(({ told }) => told))])
          .execute()
  return new Map(
    notices.map((notice) => [
      notice.id,
      [
        ...own.filter(({ id }) => id === notice.case_id),
        ...together.filter(({ report, account }) => report === notice.report_id && account === notice.told),
      ],
    ]),
  )
}
