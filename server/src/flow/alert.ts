// What an operator must hear of an entry at once: sent to their webhook by a job, so that a webhook that is down loses nothing.
import { finish, type Handler } from '#jobs'
import { type Alert, listSetAsides, sendAlert } from '#lists'
import { journaled, type River } from './river.ts'

/** Job `alert_entry`. Without a webhook there is nothing to do: the log, the metrics and the doctor say it. */
export const alertEntry =
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
  if (!subject.startsWith('aside_')) return { type: 'canary.asked_for', data: { scan: subject } }
  const aside = (await listSetAsides(database.read, clock)).find(({ id }) => id === subject)
  if (aside === undefined || aside.state === 'released') return undefined
  const { id: entry, listId: list, setAsideAt, reviewDueAt } = aside
  const data = { entry, list, setAsideAt: iso(setAsideAt), reviewDueAt: reviewDueAt === null ? null : iso(reviewDueAt) }
  return { type: 'entry.set_aside', data }
}

const iso = (at: number) => new Date(at).toISOString()
