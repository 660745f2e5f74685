// Appeals as a reviewer reads them.
import type { Connection, Transaction } from '#db'
import type { Vault } from '#vault'
import { readWords } from './store.ts'

export type AppealView = {
  readonly id: string
  readonly noticeId: string
  readonly receivedAt: number
  /** A stranger's words: plain text, never markup. */
  readonly words: string
}

/** Of one case, oldest first. */
export async function listAppeals(db: Connection, vault: Vault, caseId: string): Promise<readonly AppealView[]> {
  const rows = await db.selectFrom('appeals').selectAll().where('case_id', '=', caseId).orderBy('id').execute()
  return rows.map((row) => ({
    id: row.id,
    noticeId: row.notice_id,
    receivedAt: row.received_at,
    words: readWords(vault, row.id, row.words_sealed),
  }))
}

/** All there are but those of test cards, or those received from `since` (epoch ms) on. */
export async function countAppeals(db: Connection, since = 0): Promise<number> {
  const row = await db
    .selectFrom('appeals')
    .innerJoin('cases', 'cases.id', 'appeals.case_id')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('received_at', '>=', since)
    .where('cases.is_test', '=', 0)
    .executeTakeFirstOrThrow()
  return Number(row.count)
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

/** Of a test card's case that goes away. */
export async function removeAppeals(tx: Transaction, caseId: string): Promise<void> {
  await tx.deleteFrom('appeals').where('case_id', '=', caseId).execute()
}
