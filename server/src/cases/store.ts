// The SQL of cases, case_files and scans. Nothing here unseals.
import { Fault } from '#base'
import { type Connection, readMeta, type Transaction, writeMeta } from '#db'
import { type CaseState, caseStates } from './transitions.ts'

/** A case by its number (what people say) or its id. */
export async function caseRow(db: Connection, ref: number | string) {
  const row = await db
    .selectFrom('cases')
    .selectAll()
    .where(typeof ref === 'number' ? 'number' : 'id', '=', ref)
    .executeTakeFirst()
  if (row === undefined) throw new Fault('no_such_case', 'there is no such case', { retry: 'never' })
  return { ...row, state: stateOf(row.state) }
}

/** Where a case stands, with nothing unsealed. */
export async function caseState(db: Connection, caseId: string): Promise<CaseState> {
  return (await caseRow(db, caseId)).state
}

export function fileRows(db: Connection, caseId: string) {
  return db
    .selectFrom('case_files')
    .selectAll()
    .where('case_id', '=', caseId)
    .orderBy('added_at')
    .orderBy('id')
    .execute()
}

/** The next case number. One row counts, so that two transactions that open a case at once conflict and one runs again. */
export async function nextNumber(tx: Transaction): Promise<number> {
  const number = Number((await readMeta(tx, 'cases.last_number')) ?? '0') + 1
  await writeMeta(tx, 'cases.last_number', String(number))
  return number
}

export function stateOf(text: string): CaseState {
  const state = caseStates.find((one) => one === text)
  if (state === undefined) throw new Error(`the table holds a case state that nobody knows: ${text}`)
  return state
}
