// Evidence of a dismissed case is destroyed when its window is over: the key is erased, the tombstone stays.
import { finish, type Handler } from '#jobs'
import { journaled, type River } from './river.ts'

/** Job `destroy`, subject: a vault object. */
export const destroy =
  (river: River): Handler =>
  async (job) => {
    const { database, vault } = river
    await database.transact(async (tx) => {
      await vault.destroy(tx, job.subject, 'its case was dismissed or closed')
      await finish(tx, job)
    })
    journaled(river, 'destroy', { object: job.subject })
    await vault.removeFile(job.subject)
    return { kind: 'done' }
  }
