// Events hold whose account it is, so they are not kept for ever. What was done stands in the audit trail.
import type { Clock } from '#base'
import type { Transaction } from '#db'

const dayMs = 24 * 3_600_000
/** A platform that finds a mistake of its own has so long to have events sent again. */
const deliveredMs = 30 * dayMs
/** What nobody took can be fetched for so long. */
const untakenMs = 90 * dayMs
const mostAtOnce = 1_000

/**
 * True when there is more to forget. What still waits is never forgotten, nor one whose word was not passed on yet (`event_taken`): what
 * waits for that would wait for ever.
 */
export async function forgetEvents(tx: Transaction, clock: Clock): Promise<boolean> {
  const now = clock.now()
  const rows = await tx
    .selectFrom('platform_events')
    .select('id')
    .where((eb) =>
      eb.or([
        // By when it was taken: it may have waited for longer than that. Nothing is taken before it arose: so the index finds them.
        eb.and([
          eb('state', '=', 'delivered'),
          eb('created_at', '<', now - deliveredMs),
          eb('ended_at', '<', now - deliveredMs),
        ]),
        eb.and([eb('state', 'in', ['kept', 'given_up']), eb('created_at', '<', now - untakenMs)]),
      ]),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('jobs')
            .select('jobs.id')
            .where('jobs.unique_key', '=', eb(eb.val('event_taken '), '||', eb.ref('platform_events.id'))),
        ),
      ),
    )
    .orderBy('created_at')
    .limit(mostAtOnce)
    .execute()
  if (rows.length === 0) return false
  const ids = rows.map(({ id }) => id)
  await tx.deleteFrom('platform_events').where('id', 'in', ids).execute()
  return rows.length === mostAtOnce
}
