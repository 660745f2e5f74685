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

/** By id; ids of no case are left out. */
export async function numbersOfCases(db: Connection, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('cases')
    .select(['id', 'number'])
    .where('id', 'in', [...new Set(ids)])
    .execute()
  return new Map(rows.map(({ id, number }) => [id, number]))
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

/** Everything of the case that lies in the vault: its files and their supplements. */
export async function evidenceOf(db: Connection, caseId: string): Promise<readonly string[]> {
  const of = (table: 'case_files' | 'case_supplements') =>
    db.selectFrom(table).select('vault_id').where('case_id', '=', caseId).orderBy('added_at').orderBy('id').execute()
  return [...(await of('case_files')), ...(await of('case_supplements'))].map(({ vault_id }) => vault_id)
}

/** Which entries a case rests on, by their keyed names. */
export async function recordEntries(tx: Transaction, caseId: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  const rows = [...new Set(keys)].map((entry_hmac) => ({ case_id: caseId, entry_hmac }))
  await tx
    .insertInto('case_entries')
    .values(rows)
    .onConflict((on) => on.doNothing())
    .execute()
}

export async function entryKeysOf(db: Connection, caseId: string): Promise<readonly string[]> {
  const rows = await db.selectFrom('case_entries').select('entry_hmac').where('case_id', '=', caseId).execute()
  return rows.map((row) => row.entry_hmac)
}

/** The cases in these states that rest on an entry, oldest first. `after` is the last number of the page before. */
export async function casesOfEntry(
  db: Connection,
  { entryKey, states, after, limit }: { entryKey: string; states: readonly CaseState[]; after: number; limit: number },
): Promise<readonly { readonly id: string; readonly number: number; readonly state: CaseState }[]> {
  const rows = await db
    .selectFrom('cases')
    .innerJoin('case_entries', 'case_entries.case_id', 'cases.id')
    .select(['cases.id', 'cases.number', 'cases.state'])
    .where('case_entries.entry_hmac', '=', entryKey)
    .where('cases.state', 'in', states)
    .where('cases.number', '>', after)
    .orderBy('cases.number')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ ...row, state: stateOf(row.state) }))
}

/** Other cases of the same account, in these states; none where nobody knows whose it is. Of test cards none. */
export async function standingCasesOfAccount(
  db: Connection,
  caseId: string,
  states: readonly CaseState[],
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('cases as this')
    .innerJoin('cases', 'cases.account_hmac', 'this.account_hmac')
    .select('cases.id')
    .where('this.id', '=', caseId)
    .where('cases.id', '!=', caseId)
    .where('cases.is_test', '=', 0)
    .where('cases.state', 'in', states)
    .execute()
  return rows.map(({ id }) => id)
}

/** What people call it by, without opening anything of it. */
export async function caseNumber(db: Connection, caseId: string): Promise<number> {
  return (await caseRow(db, caseId)).number
}

/** All cases that hold the very bytes of this file of one of them, oldest first. Fault `no_such_file`. */
export async function casesOfFile(
  db: Connection,
  fileId: string,
): Promise<readonly { readonly id: string; readonly number: number }[]> {
  const rows = await db
    .selectFrom('case_files as named')
    .innerJoin('case_files', 'case_files.sha256_hmac', 'named.sha256_hmac')
    .innerJoin('cases', 'cases.id', 'case_files.case_id')
    .select(['cases.id', 'cases.number'])
    .where('named.id', '=', fileId)
    .orderBy('cases.number')
    .execute()
  if (rows.length === 0) throw new Fault('no_such_file', 'no case holds a file of this id', { retry: 'never' })
  return rows
}

/** Cases that stand, of which nobody wrote down the entries they rest on, oldest first. `after` as above. */
export async function casesWithoutEntries(
  db: Connection,
  { after, limit }: { after: number; limit: number },
): Promise<readonly { readonly id: string; readonly number: number }[]> {
  return (
    db
      .selectFrom('cases')
      .select(['id', 'number'])
      // Also those that are over: a repair gathers them by their entries.
      .where('state', 'not in', ['dismissed', 'tested', 'repaired'])
      .where('is_test', '=', 0)
      .where('number', '>', after)
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('case_entries').select('entry_hmac').whereRef('case_entries.case_id', '=', 'cases.id'))),
      )
      .orderBy('number')
      .limit(limit)
      .execute()
  )
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

export async function removeCase(tx: Transaction, caseId: string): Promise<void> {
  for (const table of [
    'scans',
    'case_entries',
    'case_deciders',
    'file_views',
    'case_supplements',
    'account_look_ups',
    'case_files',
  ] as const)
    await tx.deleteFrom(table).where('case_id', '=', caseId).execute()
  await tx.deleteFrom('cases').where('id', '=', caseId).execute()
}
