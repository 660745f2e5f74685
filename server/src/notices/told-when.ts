// What the page behind a notice's link needs to know of the notice, and nothing else.
import type { Connection } from '#db'
import type { Vault } from '#vault'
import { readTold } from './address.ts'

export type ToldWhen = {
  /** The account's, BCP 47. */
  readonly locale: string | null
  /** Epoch milliseconds; null: not sent yet, or never. */
  readonly sentAt: number | null
}

/** undefined: there is no such notice. */
export async function toldWhen(db: Connection, vault: Vault, noticeId: string): Promise<ToldWhen | undefined> {
  const row = await db
    .selectFrom('notices')
    .select(['to_sealed', 'sent_at'])
    .where('id', '=', noticeId)
    .executeTakeFirst()
  if (row === undefined) return undefined
  return { locale: readTold(vault, noticeId, row.to_sealed).locale, sentAt: row.sent_at }
}
