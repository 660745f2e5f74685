// The SQL of list_feedback, and the sealing of what it is about.
import type { Selectable } from 'kysely'
import { z } from 'zod'
import { Fault } from '#base'
import type { Connection, Tables, Transaction } from '#db'
import type { Vault } from '#vault'

export type FeedbackRow = Selectable<Tables['list_feedback']>

const about = z.strictObject({
  memberId: z.string(),
  entryId: z.string(),
  /** The source's own reason, chosen by who approved a negative one. */
  reasonId: z.string().optional(),
})
export type FeedbackAbout = z.infer<typeof about>

const place = (id: string) => `list_feedback.about_sealed:${id}`
export const sealAbout = (vault: Pick<Vault, 'sealJson'>, id: string, held: FeedbackAbout) =>
  vault.sealJson(place(id), held)
export const readAbout = (vault: Pick<Vault, 'unsealJson'>, { id, about_sealed }: FeedbackRow): FeedbackAbout =>
  about.parse(vault.unsealJson(place(id), about_sealed))

/** False when the same was prepared before: an entry hears one thing once, however many cases say it. */
export async function insertFeedback(tx: Transaction, row: FeedbackRow): Promise<boolean> {
  const done = await tx
    .insertInto('list_feedback')
    .values(row)
    .onConflict((on) => on.columns(['entry_hmac', 'algorithm', 'says']).doNothing())
    .executeTakeFirst()
  return Number(done.numInsertedOrUpdatedRows ?? 0) > 0
}

export async function feedbackRow(db: Connection, id: string): Promise<FeedbackRow> {
  const row = await db.selectFrom('list_feedback').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw new Fault('no_such_feedback', 'there is no such feedback', { retry: 'never' })
  return row
}

export async function updateFeedback(tx: Transaction, id: string, change: Partial<FeedbackRow>): Promise<void> {
  await tx.updateTable('list_feedback').set(change).where('id', '=', id).execute()
}

/** Of a case that is removed. How many there were. */
export async function removeFeedback(tx: Transaction, caseId: string): Promise<number> {
  const gone = await tx.deleteFrom('list_feedback').where('case_id', '=', caseId).executeTakeFirst()
  return Number(gone.numDeletedRows)
}

/** Newest first. */
export function feedbackRows(db: Connection): Promise<readonly FeedbackRow[]> {
  return db.selectFrom('list_feedback').selectAll().orderBy('prepared_at', 'desc').orderBy('id', 'desc').execute()
}
