// Notices as they are read: state and times, never the address or the text.
import type { Connection, Tables } from '#db'

export type NoticeView = ReturnType<typeof viewOf>

/** Newest first. `before` is the last id of the page before. */
export async function listNotices(
  db: Connection,
  query: { state?: Tables['notices']['state'] | undefined; limit: number; before?: string | undefined },
): Promise<readonly NoticeView[]> {
  const { state, limit, before } = query
  const rows = await db
    .selectFrom('notices')
    .selectAll()
    .$if(state !== undefined, (rows) => rows.where('state', '=', state ?? 'waiting'))
    .$if(before !== undefined, (rows) => rows.where('id', '<', before ?? ''))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(viewOf)
}

export async function noticesOfCase(db: Connection, caseId: string): Promise<readonly NoticeView[]> {
  const rows = await db.selectFrom('notices').selectAll().where('case_id', '=', caseId).orderBy('id').execute()
  return rows.map(viewOf)
}

/** Which case a notice is about; undefined: there is no such notice. */
export async function caseOfNotice(db: Connection, noticeId: string): Promise<string | undefined> {
  const row = await db.selectFrom('notices').select('case_id').where('id', '=', noticeId).executeTakeFirst()
  return row?.case_id
}

function viewOf(row: Tables['notices']) {
  return {
    id: row.id,
    reportId: row.report_id,
    caseId: row.case_id,
    addressee: row.addressee,
    isTest: row.is_test === 1,
    state: row.state,
    reason: row.reason,
    dueAt: row.due_at,
    attempts: row.attempts,
    sentAt: row.sent_at,
    createdAt: row.created_at,
  }
}
