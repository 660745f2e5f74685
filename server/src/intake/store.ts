// The table of keyed requests and their answers. A claim is changed only by whoever holds its token.
import type { Transaction } from '#db'
import type { Answer } from './arrival.ts'

export interface Holder {
  readonly keyHmac: string
  readonly token: string
}

export const readClaim = (tx: Transaction, keyHmac: string) =>
  tx.selectFrom('scan_answers').selectAll().where('key_hmac', '=', keyHmac).executeTakeFirst()

export async function insertClaim(
  tx: Transaction,
  claim: { keyHmac: string; bodyHmac: string; token: string; createdAt: number; expiresAt: number },
): Promise<void> {
  const { keyHmac, bodyHmac, token, createdAt, expiresAt } = claim
  const values = { body_hmac: bodyHmac, token, answer: null, created_at: createdAt, expires_at: expiresAt }
  await tx
    .insertInto('scan_answers')
    .values({ key_hmac: keyHmac, ...values })
    .onConflict((conflict) => conflict.column('key_hmac').doUpdateSet(values))
    .execute()
}

/** Of a claim that is still this token's and has no answer; false when it is another's by now. */
export async function changeClaim(
  tx: Transaction,
  { keyHmac, token }: Holder,
  to: { readonly answer?: string; readonly expires_at: number },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('scan_answers')
    .set(to)
    .where('key_hmac', '=', keyHmac)
    .where('token', '=', token)
    .where('answer', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Of one claim, or of all. */
export async function deleteUnanswered(tx: Transaction, of?: Holder): Promise<void> {
  const unanswered = tx.deleteFrom('scan_answers').where('answer', 'is', null)
  const these = of ? unanswered.where('key_hmac', '=', of.keyHmac).where('token', '=', of.token) : unanswered
  await these.execute()
}

export async function deleteExpired(tx: Transaction, now: number): Promise<void> {
  await tx.deleteFrom('scan_answers').where('expires_at', '<=', now).execute()
}

/** Only this folder writes the column, so what stands in it is an answer. */
export const answerOf = (json: string): Answer => JSON.parse(json) as Answer
