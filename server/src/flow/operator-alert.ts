// What concerns reports and cases goes to the operator's webhook and to their mail, each until it is taken.
import { beginMail, endMail, isAlertType, mailText, markPosted, readAlert } from '#alerts'
import { finish, type Handler, holdLease } from '#jobs'
import { sendAlert } from '#lists'
import { openPost } from '#notices'
import { journaled, type River } from './river.ts'

/** While the mail server is missing or says no. */
const retryMs = 5 * 60_000

/** Job `alert_post`, subject: an alert. Without a webhook there is nothing to do: mail, log, metrics and doctor say it. */
export const postAlert =
  ({ database, clock, environment, alerts }: River): Handler =>
  async (job) => {
    const alert = await readAlert(database.read, job.subject)
    const goes = alerts !== undefined && alert !== undefined && alert.postedAt === null && isAlertType(alert.type)
    if (goes && isAlertType(alert.type)) {
      const { id, type, severity, data, subject } = alert
      await sendAlert(alerts, { clock, environment }, { id, type, data: { about: subject, severity, ...data } })
    }
    await database.transact(async (tx) => {
      await holdLease(tx, clock, job)
      if (goes) await markPosted(tx, job.subject, clock.now())
      await finish(tx, job)
    })
    return { kind: 'done' }
  }

/** Job `alert_mail`: all that is unsaid in one mail. The same mail again after a crash, by its Message-ID. */
export const mailAlerts =
  (river: River): Handler =>
  async (job) => {
    const { database, clock, log, environment, notices, alertsTo } = river
    const post = alertsTo === undefined ? undefined : openPost(notices)
    const batch = await database.transact(async (tx) => {
      await holdLease(tx, clock, job)
      const batch = post === undefined ? undefined : await beginMail(tx, clock)
      // In the transaction that has seen that all is said: whatever is raised later asks anew.
      if (batch === undefined) await finish(tx, job)
      return batch
    })
    if (batch === undefined || alertsTo === undefined || post === undefined) return { kind: 'done' }
    if (post.kind === 'no_post')
      return { kind: 'again', at: clock.now() + retryMs, why: `missing: ${post.missing.join(', ')}` }
    const outcome = await post.send({ noticeId: batch.mailId, to: alertsTo, ...mailText(environment, batch) })
    if (outcome.kind !== 'sent') {
      log.error(
        { why: outcome.why },
        'ALERT: a mail of alerts could not be sent; it is tried again (alerts.email, mail.smtpUrl)',
      )
      return { kind: 'again', at: clock.now() + retryMs, why: outcome.why }
    }
    await database.transact(async (tx) => {
      await holdLease(tx, clock, job)
      await endMail(tx, clock, batch.mailId)
    })
    journaled(river, 'alerts mailed', { count: batch.alerts.length })
    return { kind: 'again', at: clock.now(), why: 'looks whether more is to be said' }
  }
