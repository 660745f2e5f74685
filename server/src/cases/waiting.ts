// Cases that wait for a person: time alone never files or dismisses them, so somebody must hear how long they wait.
import type { Connection } from '#db'
import type { CaseState } from './transitions.ts'

const waitsForPerson = ['waiting_review', 'set_aside'] as const satisfies readonly CaseState[]

export type WaitingCase = {
  readonly id: string
  readonly number: number
  /** Of a case that is looked at again: since when. */
  readonly openedAt: number
}

/** Opened before this moment and undecided, oldest first; those of test cards are no part of it. */
export async function waitingCases(db: Connection, before: number, limit: number): Promise<readonly WaitingCase[]> {
  const rows = await undecided(db, before)
    .select(['id', 'number', 'opened_at', 'changed_at', 'state'])
    .orderBy('opened_at')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    openedAt: row.state === 'reviewed_again' ? row.changed_at : row.opened_at,
  }))
}

export async function countWaiting(db: Connection, before: number): Promise<number> {
  const row = await undecided(db, before)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

const undecided = (db: Connection, before: number) =>
  db
    .selectFrom('cases')
    .where('is_test', '=', 0)
    .where(({ or, and, eb }) =>
      or([
        and([eb('state', 'in', waitsForPerson), eb('opened_at', '<', before)]),
        // Over long ago, and in doubt since then.
        and([eb('state', '=', 'reviewed_again'), eb('changed_at', '<', before)]),
      ]),
    )
