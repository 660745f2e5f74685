// What an operator must hear of a list or an entry: sent to their webhook by a job, so that a webhook that is down loses nothing.
import { finish, type Handler, holdLease } from '#jobs'
import { type Alert, listSetAsides, sendAlert } from '#lists'
import { journaled, type River } from './river.ts'

/** For a worker of their own: a webhook that hangs must not stand in the way of reports, nor a list that hangs in theirs. */
export const alertHandlers = (river: River): Readonly<Record<'alert_entry' | 'list_alert', Handler>> => ({
  alert_entry: alertEntry(river),
  list_alert: alertList(river),
})

/** Job `alert_entry`. Without a webhook there is nothing to do: the log, the metrics and the doctor say it. */
const alertEntry =
  (river: River): Handler =>
  async (job) => {
    const { database, clock, environment, alerts } = river
    const alert = await about(river, job.subject)
    if (alerts !== undefined && alert !== undefined) {
      await sendAlert(alerts, { clock, environment }, { id: job.id, ...alert })
      journaled(river, 'alert', { about: job.subject })
    }
    await database.transact((tx) => finish(tx, job))
    return { kind: 'done' }
  }

async function about({ database, clock }: River, subject: string): Promise<Omit<Alert, 'id'> | undefined> {
  if (subject.startsWith('pause_')) return { type: 'pause.began', data: { pause: subject } }
  if (!subject.startsWith('aside_')) return { type: 'canary.asked_for', data: { scan: subject } }
  const aside = (await listSetAsides(database.read, clock)).find(({ id }) => id === subject)
  if (aside === undefined || aside.state === 'released') return undefined
  const { id: entry, listId: list, setAsideAt, reviewDueAt } = aside
  const data = { entry, list, setAsideAt: iso(setAsideAt), reviewDueAt: reviewDueAt === null ? null : iso(reviewDueAt) }
  return { type: 'entry.set_aside', data }
}

const iso = (at: number) => new Date(at).toISOString()

/** Job `list_alert`, subject: a list's name, what became of it, since when, and its last success. */
const alertList =
  ({ database, clock, environment, alerts }: River): Handler =>
  async (job) => {
    const [list = '', type, since, succeeded] = job.subject.split(' ')
    const moment = (text: string | undefined) => (text ? new Date(Number(text)).toISOString() : null)
    if (alerts !== undefined)
      await sendAlert(
        alerts,
        { clock, environment },
        {
          id: job.id,
          type: type === 'stale' ? 'list.stale' : 'list.current',
          data: { list, since: moment(since), lastSuccess: moment(succeeded) },
        },
      )
    await database.transact(async (tx) => {
      await holdLease(tx, clock, job)
      await finish(tx, job)
    })
    return { kind: 'done' }
  }
