// After the vault's key was changed, everything is sealed anew in the background: a job, so that one server does it and another
// goes on where that one died. It ends when a count finds nothing under a former key, and nobody who would write more.
import { Fault } from '#base'
import { finish, type Handler, holdLease } from '#jobs'
import { askToReseal, finishRotation, listKeys, resealAll } from '#vault'
import type { River } from './river.ts'

type Ground = Pick<River, 'database' | 'vault' | 'clock' | 'log'>

/** A process that was killed is waited for, and one that has just heard of the new key may still be writing. */
const againAfterMs = 2_000

/** Job `reseal`, subject: the vault. */
export const reseal =
  ({ database, vault, clock, log }: Ground): Handler =>
  async (job, signal) => {
    const hold = (tx: Parameters<typeof holdLease>[0]) => holdLease(tx, clock, job)
    await vault.lookAtKeys()
    const { resealed, broken } = await resealAll({ database, vault, signal, hold })
    if (signal.aborted) return { kind: 'again', at: clock.now(), why: 'the server is stopping' }
    if (broken > 0)
      throw new Fault(
        'seal_broken',
        `${broken} sealed values open with no key there is, and stay as they are: put back the key they were sealed under, or restore ` +
          'their rows from a backup; `wardline vault status` says in which tables',
        { retry: 'ask_a_person' },
      )
    const left = await finishRotation({ database, clock }, async (tx) => {
      await hold(tx)
      await finish(tx, job)
    })
    if (left > 0)
      return { kind: 'again', at: clock.now() + againAfterMs, why: 'something was sealed under a former key meanwhile' }
    log.info({ resealed }, 'everything is sealed under the vault key in use')
    return { kind: 'done' }
  }

/** For a key that came with a backup, or whose job is gone: as long as one is not retired, it is looked whether anything needs it. */
export async function askForResealing({ database, clock }: Pick<Ground, 'database' | 'clock'>): Promise<void> {
  const keys = await listKeys(database.read)
  if (!keys.some(({ state }) => state === 'former')) return
  await database.transact((tx) => askToReseal(tx, clock))
}
