// Which cases an appeal is about: a notice speaks for every case of its report that is of the same account, and so does what is said to it.
import { type RawBuilder, sql } from 'kysely'
import type { CaseState } from '#cases'
import type { Connection } from '#db'
import type { AppealRow } from './store.ts'

const ofNotice = (notice: RawBuilder<unknown>) => sql`
  select own.id from notices n join cases own on own.id = n.case_id where n.id = ${notice}
  union select c.id from notices n join cases own on own.id = n.case_id join report_cases r on r.report_id = n.report_id
    join cases c on c.id = r.case_id and c.account_hmac = own.account_hmac where n.id = ${notice}`

/** SQL: the ids of its cases. `appeal`: a column or a value, an appeal's id. */
export const casesAbout = (appeal: RawBuilder<string>) => sql`(
  select a.case_id from appeals a where a.id = ${appeal}
  union ${ofNotice(sql`(select a.notice_id from appeals a where a.id = ${appeal})`)})`

export type CaseAbout = { readonly id: string; readonly number: number; readonly state: CaseState }

/** By number. */
export async function casesOfAppeal(db: Connection, appealId: string): Promise<readonly CaseAbout[]> {
  const { rows } = await sql<CaseAbout>`select id, number, state from cases
    where id in ${casesAbout(sql`cast(${appealId} as text)`)} order by number`.execute(db)
  return rows
}

/** Those that the notice speaks for, by number. */
export async function casesOfNotice(db: Connection, noticeId: string): Promise<readonly CaseAbout[]> {
  const { rows } = await sql<CaseAbout>`select id, number, state from cases
    where id in (${ofNotice(sql`cast(${noticeId} as text)`)}) order by number`.execute(db)
  return rows
}

/** Also one of which another case stands for all that the notice speaks for. By number. */
export async function appealsAbout(db: Connection, caseId: string): Promise<readonly AppealRow[]> {
  const { rows } = await sql<{ id: string }>`select appeals.id from appeals where appeals.case_id = ${caseId}
    or appeals.notice_id in (select n.id from cases c join report_cases r on r.case_id = c.id
      join notices n on n.report_id = r.report_id join cases own on own.id = n.case_id and own.account_hmac = c.account_hmac
      where c.id = ${caseId})`.execute(db)
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return []
  return db.selectFrom('appeals').selectAll().where('id', 'in', ids).orderBy('number').execute()
}

/** What was done in it is undone, or was never reported: there is nothing left to hear. */
export const isOver = ({ state }: Pick<CaseAbout, 'state'>): boolean => state === 'repaired' || state === 'dismissed'
