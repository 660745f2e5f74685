// The clock on letters: a mailbox that cannot be read, and a tray in which nobody looks.
import type { NewAlert } from '#alerts'
import { countLetters, leftOf, readBox, readCounts } from '#letters'
import type { River } from './river.ts'

/** A mail server that restarts is back before this. */
const unreachableMs = 15 * 60_000
const dayMs = 24 * 3_600_000

export async function ofLetters({
  database: { read },
  clock,
}: Pick<River, 'database' | 'clock'>): Promise<readonly NewAlert[]> {
  const now = clock.now()
  const { failingSince, trouble } = await readBox(read)
  const alerts: NewAlert[] = []
  if (failingSince !== null && now - failingSince >= unreachableMs)
    alerts.push({
      type: 'letters.unreachable',
      subject: 'letters',
      severity: 'urgent',
      data: { since: iso(failingSince), trouble },
    })
  const { byState, oldestWaiting, noted } = await countLetters(read)
  const left = leftOf(await readCounts(read, now))
  const forADay = (since: number | null) => since !== null && now - since >= dayMs
  if (left > 0 || forADay(oldestWaiting) || forADay(noted.oldest))
    alerts.push({
      type: 'letters.waiting',
      subject: 'letters',
      severity: 'warning',
      data: { letters: String(byState.waiting), left: String(left), noted: String(noted.count) },
    })
  return alerts
}

const iso = (at: number) => new Date(at).toISOString()
