// What hangs on the platform's word about an event: a notice is sent, a restore is done.
import { never } from '#base'
import { finish, type Handler, holdLease } from '#jobs'
import { deliveredOf, eventOf, eventRow } from '#webhooks'
import { noticeTaken } from './notify-taken.ts'
import { restoreTaken } from './repair-restored.ts'
import type { River } from './river.ts'

/** Job `event_taken`, subject: an event that something waited for. It may come twice: given up, and taken after all. */
export const eventTaken =
  (river: River): Handler =>
  async (job) => {
    const { database, clock, vault } = river
    await database.transact(async (tx) => {
      await holdLease(tx, clock, job)
      await finish(tx, job)
      const row = await eventRow(tx, job.subject)
      const outcome = row && deliveredOf(row)
      // Sent anew meanwhile: then its next end says so.
      if (row === undefined || outcome === undefined || outcome === 'waiting') return
      const event = eventOf(vault, row)
      switch (event.type) {
        case 'notice.deliver':
          return noticeTaken(river, tx, event.data.notice, outcome)
        case 'repair.restore':
          return restoreTaken(river, tx, row.id, outcome)
        case 'case.held':
        case 'case.released':
        case 'account.action_requested':
        case 'report.finished':
        case 'notice.sent':
        case 'appeal.opened':
        case 'appeal.decided':
          return
        default:
          never(event)
      }
    })
    return { kind: 'done' }
  }
