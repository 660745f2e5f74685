// The cases that test cards made: counted apart, and removed without a trace but the audit trail's.
import { type Actor, record } from '#audit'
import type { Clock } from '#base'
import type { Connection, Transaction } from '#db'
import type { Vault } from '#vault'
import { caseRow, evidenceOf, removeCase } from './store.ts'

export async function countTestCases(db: Connection): Promise<number> {
  const row = await db
    .selectFrom('cases')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('is_test', '=', 1)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

/** Ids, oldest first. */
export async function testCases(db: Connection): Promise<readonly string[]> {
  const rows = await db.selectFrom('cases').select('id').where('is_test', '=', 1).orderBy('number').execute()
  return rows.map(({ id }) => id)
}

/** False too when it is gone. */
export async function isTestCase(db: Connection, caseId: string): Promise<boolean> {
  const row = await db.selectFrom('cases').select('is_test').where('id', '=', caseId).executeTakeFirst()
  return row?.is_test === 1
}

/** Which of these scans a test card held. */
export async function testsAmong(db: Connection, scanIds: readonly string[]): Promise<readonly string[]> {
  if (scanIds.length === 0) return []
  const rows = await db
    .selectFrom('scans')
    .innerJoin('cases', 'cases.id', 'scans.case_id')
    .select('scans.id')
    .where('scans.id', 'in', scanIds)
    .where('cases.is_test', '=', 1)
    .execute()
  return rows.map(({ id }) => id)
}

/** After its report, notices and appeals are gone. Answers the evidence whose key was erased, for its files to be removed. */
export async function removeTestCase(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { caseId, by }: { readonly caseId: string; readonly by: Actor },
): Promise<readonly string[]> {
  const { is_test, state } = await caseRow(tx, caseId)
  if (is_test !== 1) throw new Error('only a case that a test card made is ever removed')
  const evidence = await evidenceOf(tx, caseId)
  for (const id of evidence) await vault.destroy(tx, id, 'a test card made it', by)
  await removeCase(tx, caseId)
  const detail = { state, files: evidence.length }
  await record(tx, clock, { actor: by, act: 'remove_test_case', subject: caseId, detail })
  return evidence
}
