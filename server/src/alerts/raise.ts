// Asks that the operator hear of something, in the transaction that makes it necessary.
import { type Clock, newId } from '#base'
import type { Transaction } from '#db'
import { enqueue, enqueueBy } from '#jobs'
import { insertAlert, onceWord } from './store.ts'

/**
 * filing.stopped: nothing is reported until somebody mends it. filing.paused: nothing goes outward until a person has looked. filing.cannot_report: cases wait for credentials. report.late: beyond
 * the operator's own limit. report.needs_person: refused, or stuck. case.waiting: undecided for a day; case.waiting_long: for two.
 * appeal.opened: somebody objects. appeal.waiting: nobody here can hear it. appeal.due_soon, appeal.overdue: it is not decided.
 * notice.dead: somebody could not be told of their report. repair.stuck: innocent people wait, and it does not go on by itself.
 * webhook.failing: the platform does not take what it must act on.
 * letters.waiting: in the tray or noted for a day, or left on the mail server by the limits. letters.unreachable: the mailbox of appeals is not read.
 */
const alertTypes = [
  'filing.stopped',
  'filing.paused',
  'filing.cannot_report',
  'report.late',
  'report.needs_person',
  'case.waiting',
  'case.waiting_long',
  'appeal.opened',
  'appeal.waiting',
  'appeal.due_soon',
  'appeal.overdue',
  'repair.stuck',
  'notice.dead',
  'webhook.failing',
  'letters.waiting',
  'letters.unreachable',
] as const
export type AlertType = (typeof alertTypes)[number]
export const isAlertType = (text: string): text is AlertType => alertTypes.some((one) => one === text)

export type NewAlert = {
  readonly type: AlertType
  /** An id of ours, or a word for what there is one of: `filing`, `letters`, `webhook`. */
  readonly subject: string
  readonly severity: 'warning' | 'urgent'
  /** Ids of ours, dates, counts and our own words: it leaves the house. */
  readonly data: Readonly<Record<string, string | null>>
  /** Said but once and not again every day. */
  readonly once?: boolean | undefined
}

const dayMs = 24 * 3_600_000
/** What comes up together is one mail. */
const gatherMs = 30_000

/** At most once for each type, subject and day (UTC). True when it was not said yet. */
export async function raiseAlert(tx: Transaction, clock: Clock, alert: NewAlert): Promise<boolean> {
  const { type, subject, severity, data, once = false } = alert
  const now = clock.now()
  const id = newId('alert', clock)
  const day = once ? onceWord : new Date(now - (now % dayMs)).toISOString().slice(0, 10)
  const isNew = await insertAlert(tx, {
    id,
    // Stopped again, it is another stop.
    once_key: [type, subject, ...(data['since'] == null ? [] : [data['since']]), day].join(' '),
    type,
    subject,
    severity,
    data: JSON.stringify(data),
    created_at: now,
  })
  if (!isNew) return false
  await enqueue(tx, clock, { kind: 'alert_post', subject: id, runAt: now, uniqueKey: `alert_post ${id}` })
  await enqueueBy(tx, clock, {
    kind: 'alert_mail',
    subject: 'operator',
    runAt: now + gatherMs,
    uniqueKey: 'alert_mail',
  })
  return true
}
