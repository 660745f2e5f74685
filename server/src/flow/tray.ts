// What a person does with a letter that fits no case: its words become an appeal of the notice they name, in one transaction.
import { recordAppeal } from '#appeals'
import type { Actor } from '#audit'
import { nameAppeal, attachLetter as take } from '#letters'
import type { Desk } from './river.ts'

/** Faults of the letter (`no_such_letter`, `no_such_notice`, `not_possible`) and of the appeal, which may take no more words. */
export async function attachLetter(
  river: Pick<Desk, 'database' | 'clock' | 'vault' | 'hearings' | 'wake'>,
  letter: { readonly number: number; readonly noticeId: string; readonly by: Actor },
): Promise<{ readonly appealId: string; readonly caseId: string }> {
  const { database, clock, vault, hearings } = river
  const appeal = await database.transact(async (tx) => {
    const { letterId, words } = await take(tx, clock, vault, letter)
    const { noticeId } = letter
    const appeal = await recordAppeal(tx, clock, vault, { noticeId, words, door: 'mail', settings: hearings })
    await nameAppeal(tx, letterId, appeal.appealId)
    return appeal
  })
  river.wake()
  return appeal
}
