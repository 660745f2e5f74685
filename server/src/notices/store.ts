// The SQL of notices and notice_tries.
import { type Clock, Fault } from '#base'
import type { Connection, Tables, Transaction } from '#db'

export type Row = Tables['notices']
export type NoticeState = Row['state']

export async function noticeRow(db: Connection, noticeId: string): Promise<Row> {
  const row = await db.selectFrom('notices').selectAll().where('id', '=', noticeId).executeTakeFirst()
  if (row === undefined) throw new Fault('no_such_notice', 'there is no such notice', { retry: 'never' })
  return row
}

/** The one that is there already for this addressee and what it is about. */
export async function standingNotice(
  db: Connection,
  { kind, about, told, case_id, addressee }: Pick<Row, 'kind' | 'about' | 'told' | 'case_id' | 'addressee'>,
): Promise<Row | undefined> {
  return (
    db
      .selectFrom('notices')
      .selectAll()
      .where('kind', '=', kind)
      .where('about', '=', about)
      // Of before there were rows that name the case in the account's place.
      .where('told', 'in', [told, case_id])
      .where('addressee', '=', addressee)
      .executeTakeFirst()
  )
}

type New = Omit<Row, 'attempts' | 'begun_at' | 'tried_since' | 'sent_at' | 'appeal_by' | 'released_by' | 'released_at'>

/**
 * Preserved, reported, and only then told: throws a bug for a notice of a report that is not finished (as the table does) or whose
 * evidence is not preserved for its year. A second one for the same addressee the table refuses.
 */
export async function insertNotice(tx: Transaction, row: New): Promise<void> {
  if (row.kind === 'reported' && row.is_test === 0 && !(await isPreserved(tx, row.case_id)))
    throw new Error('a notice before the evidence of its report is preserved')
  await tx
    .insertInto('notices')
    .values({ ...row, attempts: 0 })
    .execute()
}

async function isPreserved(tx: Transaction, caseId: string): Promise<boolean> {
  const files = await tx
    .selectFrom('case_files')
    .leftJoin('vault_objects', 'vault_objects.id', 'case_files.vault_id')
    .select(['vault_objects.state', 'vault_objects.keep_until'])
    .where('case_files.case_id', '=', caseId)
    .execute()
  return files.length > 0 && files.every((file) => file.state === 'stored' && file.keep_until !== null)
}

export type Leaving = Partial<
  Pick<
    Row,
    | 'state'
    | 'reason'
    | 'sent_at'
    | 'due_at'
    | 'release'
    | 'released_by'
    | 'released_at'
    | 'tried_since'
    | 'appeal_by'
    | 'to_sealed'
  >
>

/** Only out of these states; false when it has left them already. */
export async function leave(
  tx: Transaction,
  clock: Clock,
  { noticeId, from, to }: { readonly noticeId: string; readonly from: readonly NoticeState[]; readonly to: Leaving },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('notices')
    .set({ ...to, changed_at: clock.now() })
    .where('id', '=', noticeId)
    .where('state', 'in', from)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export type Try = Tables['notice_tries']

export async function beginTry(tx: Transaction, clock: Clock, noticeId: string, number: number): Promise<void> {
  await tx.insertInto('notice_tries').values({ notice_id: noticeId, number, begun_at: clock.now() }).execute()
}

/** Of the last one. What a later one knows of it (a bounce) takes the place of what was thought before. */
export async function endTry(
  tx: Transaction,
  clock: Clock,
  noticeId: string,
  { outcome, why }: { readonly outcome: NonNullable<Try['outcome']>; readonly why: string | null },
): Promise<void> {
  await tx
    .updateTable('notice_tries')
    .set({ outcome, why, ended_at: clock.now() })
    .where('notice_id', '=', noticeId)
    .where('number', '=', (eb) =>
      eb
        .selectFrom('notice_tries as last')
        .select((of) => of.fn.max('last.number').as('number'))
        .where('last.notice_id', '=', noticeId),
    )
    .execute()
}

/** Its last try has not ended yet, as far as anybody knows. */
export async function isOnItsWay(db: Connection, noticeId: string): Promise<boolean> {
  const last = (await triesOf(db, noticeId)).at(-1)
  return last !== undefined && last.outcome === null
}

export function triesOf(db: Connection, noticeId: string): Promise<readonly Try[]> {
  return db.selectFrom('notice_tries').selectAll().where('notice_id', '=', noticeId).orderBy('number').execute()
}

/** Of a test card's case. */
export async function removeNotices(tx: Transaction, caseId: string): Promise<void> {
  const ids = (
    await tx.selectFrom('notices').select('id').where('case_id', '=', caseId).where('is_test', '=', 1).execute()
  ).map(({ id }) => id)
  if (ids.length === 0) return
  await tx.deleteFrom('notice_tries').where('notice_id', 'in', ids).execute()
  await tx.deleteFrom('notices').where('id', 'in', ids).execute()
}
