// The log of a list is kept short in the background: a job, so that one server does it and another goes on where that one died.
import { finish, type Handler, holdLease } from '#jobs'
import { askToCompact, compactList, listsToCompact } from '#lists'
import type { River } from './river.ts'

type Ground = Pick<River, 'database' | 'vault' | 'clock' | 'log'>

/** Job `compact_list`, subject: a list. */
export const compact =
  ({ database, vault, clock, log }: Ground): Handler =>
  async (job, signal) => {
    const hold = (tx: Parameters<typeof holdLease>[0]) => holdLease(tx, clock, job)
    await compactList({ database, vault, clock, signal, hold }, job.subject)
    if (signal.aborted) return { kind: 'again', at: clock.now(), why: 'the server is stopping' }
    await database.transact((tx) => finish(tx, job))
    log.info({ list: job.subject }, 'a hash list was put in order')
    return { kind: 'done' }
  }

/** For lists of before this work was a job. */
export async function askForCompactions({ database, clock }: Pick<Ground, 'database' | 'clock'>): Promise<void> {
  const ids = await listsToCompact(database.read)
  if (ids.length === 0) return
  await database.transact(async (tx) => {
    for (const id of ids) await askToCompact(tx, clock, id)
  })
}
