// Open appeals that nobody hears and nobody could hear, as things stand: they wait for an operator, who has to find somebody.
import type { Connection } from '#db'
import { whyNobody } from './assign.ts'
import { unseated } from './store-seats.ts'
import { type Waits, waitsOf } from './waits.ts'

/** By the appeal's id. One that chance has not come to yet, and could seat somebody over, is none of them. */
export async function unheardAppeals(db: Connection): Promise<ReadonlyMap<string, Waits>> {
  const unheard = new Map<string, Waits>()
  for (const id of await unseated(db)) {
    const why = await whyNobody(db, id)
    if (why !== undefined) unheard.set(id, waitsOf(why))
  }
  return unheard
}
