// The one thing that a soak asks of a person: a report that was begun anew five times, for its server died in the midst of it each time.
import { type ConfigOverrides, loadConfig } from '#config'
import type { Database } from '#db'
import { retryReport } from '#flow'
import { openDesk } from '../../src/desk.ts'
import { openGround } from '../../src/ground.ts'
import type { scaledClock } from './scaled-clock.ts'

const quiet = { info: () => {}, warn: () => {}, error: () => {} }
const trouble = 'the report was begun anew too often'

/** As `wardline reports retry` does. How many there were; whatever else waits for a person is a failure, and is left. */
export async function retryAsPerson(
  database: Database,
  { config, folder, clock }: { config: ConfigOverrides; folder: string; clock: ReturnType<typeof scaledClock> },
): Promise<number> {
  const stuck = await database.read
    .selectFrom('reports')
    .select('id')
    .where('state', '=', 'needs_person')
    .where('trouble', '=', trouble)
    .execute()
  if (stuck.length === 0) return 0
  await using ground = await openGround(
    loadConfig({ env: {}, overrides: config, folder }),
    { clock, log: quiet },
    { createKey: false },
  )
  for (const { id } of stuck) await retryReport(openDesk(ground), id, 'wardline')
  return stuck.length
}
