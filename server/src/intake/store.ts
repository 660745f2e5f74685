// The table of keyed requests and their answers.
import type { Transaction } from '#db'
import type { Answer } from './arrival.ts'

export const readClaim = (tx: Transaction, keyHmac: string) =>
  tx.selectFrom('scan_answers').selectAll().where('key_hmac', '=', keyHmac).executeTakeFirst()

export async function insertClaim(
  tx: Transaction,
  claim: { keyHmac: string; bodyHmac: string; createdAt: number; expiresAt: number },
): Promise<void> {
  const values = { body_hmac: claim.bodyHmac, answer: null, created_at: claim.createdAt, expires_at: claim.expiresAt }
  await tx
    .insertInto('scan_answers')
    .values({ key_hmac: claim.keyHmac, ...values })
    .onConflict((conflict) => conflict.column('key_hmac').doUpdateSet(values))
    .execute()
}

export async function writeAnswer(tx: Transaction, keyHmac: string, answer: string): Promise<void> {
  await tx.updateTable('scan_answers').set({ answer }).where('key_hmac', '=', keyHmac).execute()
}

/** Of one key, or of all. */
export async function deleteUnanswered(tx: Transaction, keyHmac?: string): Promise<void> {
  const unanswered = tx.deleteFrom('scan_answers').where('answer', 'is', null)
  await (keyHmac === undefined ? unanswered : unanswered.where('key_hmac', '=', keyHmac)).execute()
}

export async function deleteExpired(tx: Transaction, now: number): Promise<void> {
  await tx.deleteFrom('scan_answers').where('expires_at', '<=', now).execute()
}

/** Only this folder writes the column, so what stands in it is an answer. */
export const answerOf = (json: string): Answer => JSON.parse(json) as Answer
