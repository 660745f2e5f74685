// Whether a test card counts: for a key with the scope, or for every key while an operator's window is open. Else it is clear.
import { openWindowNow } from '#access'
import { Fault, type Log } from '#base'
import { type Decision, decideCard } from '#decide'
import type { Arrival } from '#intake'
import { readTestCards, type TestCards } from '#lists'
import { type Found, matchCards } from '#match'
import type { River } from './river.ts'

/** Without a card in the image nothing is asked of anybody: real traffic pays for a comparison with a dozen hashes. */
export async function cardDecision(
  { cards, database, clock }: Pick<River, 'cards' | 'database' | 'clock'>,
  { mayTest }: Pick<Arrival, 'mayTest'>,
  found: Found,
): Promise<Decision> {
  const grounds = cards === undefined ? [] : matchCards(cards, found)
  if (grounds.length === 0) return { kind: 'clear' }
  if (mayTest !== true && (await openWindowNow(database.read, clock)) === undefined) return { kind: 'clear' }
  return decideCard(grounds)
}

/** Altered cards keep no server from finding what is real: it runs without them, and says so. */
export function openCards(log: Log, folder?: URL): TestCards | undefined {
  try {
    return readTestCards(folder)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    log.error({ code: error.code }, `ALERT: ${error.message}`)
    return undefined
  }
}
