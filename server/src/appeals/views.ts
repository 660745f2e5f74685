// Appeals as a reviewer reads them.
import type { Connection } from '#db'
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
