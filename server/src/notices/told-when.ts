// What the page behind a notice's link needs to know of the notice, and nothing else.
import type { Connection } from '#db'
import type { Vault } from '#vault'
import { readTold } from './address.ts'

export type ToldWhen = {
  /** The account's, BCP 47. */
  readonly locale: string | null
  /** The day that the letter names, epoch milliseconds; null: it was not sent yet, or never. */
  readonly appealBy: number | null
}

/** undefined: there is no such notice. */
export async function toldWhen(db: Connection, vault: Vault, noticeId: string): Promise<ToldWhen | undefined> {
  const row = await db
    .selectFrom('notices')
    .select(['to_sealed', 'appeal_by'])
    .where('id', '=', noticeId)
    .executeTakeFirst()
  if (row === undefined) return undefined
  return { locale: readTold(vault, noticeId, row.to_sealed).locale, appealBy: row.appeal_by }
}
