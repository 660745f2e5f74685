// The account's holder is told that a report was made: the same mail again after a crash, never another one.
import { finish, type Handler } from '#jobs'
import { markDead, markFailed, markSending, markSent, openPost } from '#notices'
import { journaled, type River } from './river.ts'

/** While the mail server is missing or says no for now, the notice is tried again this often at first. */
const firstRetryMs = 60_000
const longestRetryMs = 3_600_000

/** Job `notify`, subject: a notice that is due. */
export const notify =
  (river: River): Handler =>
  async (job) => {
    const { database, clock, vault, log, notices: policy } = river
    const ids = { notice: job.subject }
    const post = openPost(policy)
    if (post.kind === 'no_post') {
      log.error({ ...ids, missing: post.missing }, 'ALERT: a notice is due and there is no mail server to send it')
      return { kind: 'again', at: clock.now() + firstRetryMs, why: `missing: ${post.missing.join(', ')}` }
    }
    const began = await database.transact(async (tx) => {
      const began = await markSending(tx, vault, { noticeId: job.subject, policy })
      if (began.kind === 'over') await finish(tx, job)
      return began
    })
    if (began.kind === 'over') return { kind: 'done' }
    journaled(river, 'notice begun', ids)

    const outcome = await post.send(began.mail)
    switch (outcome.kind) {
      case 'later': {
        await database.transact((tx) => markFailed(tx, job.subject, outcome.why))
        const waitMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(began.attempts - 1, 10))
        return { kind: 'again', at: clock.now() + waitMs, why: outcome.why }
      }
      case 'refused':
        await database.transact(async (tx) => {
          await markDead(tx, clock, job.subject, outcome.why)
          await finish(tx, job)
        })
        log.error(
          { ...ids, why: outcome.why },
          'ALERT: this notice cannot be delivered; the address or the mail was refused',
        )
        return { kind: 'done' }
      case 'sent':
        await database.transact(async (tx) => {
          await markSent(tx, clock, job.subject)
          await finish(tx, job)
        })
        journaled(river, 'notice done', ids)
        river.wake()
        return { kind: 'done' }
    }
  }
