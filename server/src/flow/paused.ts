// While there is a pause, nothing goes outward and nothing is destroyed: the jobs of it wait, and say so.
import { record } from '#audit'
import { enqueueNow, type Handler } from '#jobs'
import { compareWithDatabase, type Line } from '#logbook'
import { answeredUntil, beginPause, readPause } from '#pause'
import { alertJob } from './alert-job.ts'
import type { River } from './river.ts'

const lookAgainMs = 30_000

type Watched = Pick<River, 'database' | 'clock' | 'log' | 'logbook' | 'wake'>

/** The handler, but not during a pause, nor on a database that has forgotten what this process wrote down before. */
export const unlessPaused =
  (river: Watched, handler: Handler): Handler =>
  async (job, signal) => {
    const { database, clock } = river
    const last = river.logbook.lastBegun()
    if (last !== undefined && (await newer(river, [last]))) await pauseForAge(river)
    const pause = await readPause(database.read)
    if (pause === undefined) return handler(job, signal)
    return { kind: 'again', at: clock.now() + lookAgainMs, why: 'paused: nothing goes outward (wardline pause show)' }
  }

/** At every start: what was begun outside and is not in the database was done by a later one than this. */
export async function compareLogbook(river: Watched): Promise<void> {
  const { lines, altered } = await river.logbook.read()
  if (altered.length > 0)
    river.log.error(
      { files: altered },
      'ALERT: a file of the logbook was altered, or written with another key; what follows in it is not known',
    )
  const answered = new Date(await answeredUntil(river.database.read)).toISOString().slice(0, 10)
  // A file's name begins with its day.
  if ((await newer(river, lines)) || altered.some((name) => name.slice(0, 10) > answered)) await pauseForAge(river)
}

async function newer({ database }: Watched, lines: readonly Line[]): Promise<boolean> {
  const unknown = await compareWithDatabase(database.read, lines)
  if (unknown.length === 0) return false
  const answered = await answeredUntil(database.read)
  return unknown.some(({ at }) => at > answered)
}

async function pauseForAge({ database, clock, log, wake }: Watched): Promise<void> {
  const { began, pauseId } = await database.transact(async (tx) => {
    const pause = await beginPause(tx, clock, { why: 'database_older', by: 'wardline' })
    if (!pause.began) return pause
    await record(tx, clock, { actor: 'wardline', act: 'database_is_older', subject: pause.pauseId })
    await enqueueNow(tx, clock, alertJob(pause.pauseId))
    return pause
  })
  if (!began) return
  log.error(
    { pause: pauseId },
    'ALERT: this database is older than the logbook beside the evidence: it does not know of reports or notices that went out. Nothing is filed, told or destroyed until a person has looked (wardline pause show)',
  )
  wake()
}
