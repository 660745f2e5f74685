// How many appeals there are, and which of them press. Those of test cards are no part of it.
import type { Connection } from '#db'
import { openStates } from './store.ts'

export type AppealFigures = {
  /** All that were ever opened. */
  readonly all: number
  readonly open: number
  readonly overdue: number
}

export async function countAppeals(db: Connection, now: number): Promise<AppealFigures> {
  const rows = await db
    .selectFrom('appeals')
    .innerJoin('cases', 'cases.id', 'appeals.case_id')
    .select(['appeals.state', (eb) => eb.fn.countAll<number>().as('count')])
    .where('cases.is_test', '=', 0)
    .groupBy('appeals.state')
    .execute()
  const of = (states: readonly string[]) =>
    rows.reduce((sum, { state, count }) => sum + (states.includes(state) ? Number(count) : 0), 0)
  return {
    all: of(rows.map(({ state }) => state)),
    open: of(openStates),
    overdue: (await pressingAppeals(db, now)).length,
  }
}

export type Pressing = {
  readonly id: string
  readonly number: number
  readonly openedAt: number
  readonly dueAt: number
  /** A person's id. */
  readonly assignedTo: string | null
}

/** Open ones that are due by then, the most urgent first. */
export async function pressingAppeals(db: Connection, dueBy: number): Promise<readonly Pressing[]> {
  const rows = await db
    .selectFrom('appeals')
    .innerJoin('cases', 'cases.id', 'appeals.case_id')
    .leftJoin('appeal_hearings as seat', (on) =>
      on.onRef('seat.appeal_id', '=', 'appeals.id').on('seat.ended_at', 'is', null),
    )
    .select(['appeals.id', 'appeals.number', 'appeals.opened_at', 'appeals.due_at', 'seat.person'])
    .where('appeals.state', 'in', openStates)
    .where('appeals.due_at', '<=', dueBy)
    .where('cases.is_test', '=', 0)
    .orderBy('appeals.due_at')
    .orderBy('appeals.number')
    .limit(2_000)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    openedAt: row.opened_at,
    dueAt: row.due_at,
    assignedTo: row.person,
  }))
}

/** Of some cases, by their ids, up to a few hundred; a case without appeals is left out. */
export async function countAppealsOfCases(
  db: Connection,
  caseIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  // PostgreSQL knows no empty list of values.
  if (caseIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('appeals')
    .select((eb) => ['case_id', eb.fn.countAll<number>().as('count')])
    .where('case_id', 'in', caseIds)
    .groupBy('case_id')
    .execute()
  return new Map(rows.map((row) => [row.case_id, Number(row.count)]))
}
