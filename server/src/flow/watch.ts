// The clocks on what waits: reports beyond their limit, cases nobody decides, a line that is stopped. They say it; they decide nothing.
import { type NewAlert, raiseAlert } from '#alerts'
import { pressingAppeals } from '#appeals'
import { countCases, waitingCases } from '#cases'
import { listNotices } from '#notices'
import { readPause } from '#pause'
import { stuckRepairs } from '#repairs'
import { readLine, unfiledReports } from '#reports'
import type { River } from './river.ts'
import { ofLetters } from './watch-letters.ts'

const hourMs = 3_600_000
/** A case that waits for a person: said after a day, and every day louder after two. */
export const reviewMs = 24 * hourMs
export const longReviewMs = 48 * hourMs
/** What a round says at most; the next round says the rest. */
const mostAtOnce = 200

/** Of an appeal that is not decided: said so long before it is due, or at half its time where that is shorter. */
const soonMs = 48 * hourMs

type Watching = Pick<River, 'database' | 'clock' | 'lateMs'>

/** Gives one round of looking. What was said already is remembered by the table, and here to save the asking. */
export function openWatch(river: Watching): () => Promise<void> {
  const said = new Set<string>()
  let day = 0
  return async () => {
    const today = Math.floor(river.clock.now() / (24 * hourMs))
    if (today !== day) said.clear()
    day = today
    const fresh = (await due(river)).filter((alert) => !said.has(keyOf(alert)))
    for (let at = 0; at < fresh.length; at += mostAtOnce) {
      const part = fresh.slice(at, at + mostAtOnce)
      await river.database.transact(async (tx) => {
        for (const alert of part) await raiseAlert(tx, river.clock, alert)
      })
      for (const alert of part) said.add(keyOf(alert))
    }
  }
}

const keyOf = ({ type, subject, data }: NewAlert) => `${type} ${subject} ${data['since'] ?? ''}`

async function due(river: Watching): Promise<readonly NewAlert[]> {
  return [
    ...(await ofPause(river)),
    ...(await ofTheLine(river)),
    ...(await ofReports(river)),
    ...(await ofCases(river)),
    ...(await ofRepairs(river)),
    ...(await ofNotices(river)),
    ...(await ofAppeals(river)),
    ...(await ofLetters(river)),
  ]
}

async function ofPause({ database: { read } }: Watching): Promise<readonly NewAlert[]> {
  const pause = await readPause(read)
  if (pause === undefined) return []
  const data = { pause: pause.id, why: pause.why, since: iso(pause.beganAt) }
  return [{ type: 'filing.paused', subject: pause.id, severity: 'urgent', data }]
}

async function ofTheLine({ database: { read } }: Watching): Promise<readonly NewAlert[]> {
  const { standing, because, sinceMs } = await readLine(read)
  if (standing === 'stopped')
    return [{ type: 'filing.stopped', subject: 'filing', severity: 'urgent', data: { because, since: iso(sinceMs) } }]
  const { cannot_report: cases } = await countCases(read)
  if (!cases) return []
  return [{ type: 'filing.cannot_report', subject: 'filing', severity: 'urgent', data: { cases: String(cases) } }]
}

async function ofReports({ database: { read }, clock, lateMs }: Watching): Promise<readonly NewAlert[]> {
  const now = clock.now()
  const stuck = await unfiledReports(read, { states: ['needs_person'], limit: mostRead })
  const late = await unfiledReports(read, { before: now - lateMs, limit: mostRead })
  return [
    ...stuck.map(({ id, caseId, trouble }) => ({
      type: 'report.needs_person' as const,
      subject: id,
      severity: 'urgent' as const,
      data: { report: id, case: caseId, trouble },
    })),
    ...late.map(({ id, caseId, confirmedAt }) => ({
      type: 'report.late' as const,
      subject: id,
      severity: 'urgent' as const,
      data: { report: id, case: caseId, confirmedAt: iso(confirmedAt), hours: hours(now - confirmedAt) },
    })),
  ]
}
/** Of more than these the operator knows by the ones they have. */
const mostRead = 2_000

async function ofCases({ database: { read }, clock }: Watching): Promise<readonly NewAlert[]> {
  const now = clock.now()
  return (await waitingCases(read, now - reviewMs, mostRead)).map(({ id, number, openedAt }) => {
    const isLong = now - openedAt >= longReviewMs
    const data = { case: id, number: String(number), openedAt: iso(openedAt), hours: hours(now - openedAt) }
    return isLong
      ? { type: 'case.waiting_long', subject: id, severity: 'urgent', data }
      : { type: 'case.waiting', subject: id, severity: 'warning', data, once: true }
  })
}

/** Said once for each death: how many there are the doctor and the metrics say every day. */
async function ofNotices({ database: { read } }: Watching): Promise<readonly NewAlert[]> {
  const dead = await listNotices(read, { state: 'dead', limit: mostAtOnce })
  return dead
    .filter(({ isTest }) => !isTest)
    .map(({ id, caseId, reason, changedAt }) => ({
      type: 'notice.dead',
      subject: id,
      severity: 'warning',
      data: { notice: id, case: caseId, why: reason, since: iso(changedAt) },
      once: true,
    }))
}

async function ofAppeals({ database: { read }, clock }: Watching): Promise<readonly NewAlert[]> {
  const now = clock.now()
  return (await pressingAppeals(read, now + soonMs)).flatMap(
    ({ id, number, openedAt, dueAt, assignedTo }): NewAlert[] => {
      const data = { appeal: id, number: String(number), dueAt: iso(dueAt), assignedTo }
      if (dueAt <= now) return [{ type: 'appeal.overdue', subject: id, severity: 'urgent', data }]
      if (dueAt - now > (dueAt - openedAt) / 2) return []
      return [
        { type: 'appeal.due_soon', subject: id, severity: 'warning', data: { ...data, since: data.dueAt }, once: true },
      ]
    },
  )
}

/** Innocent people wait for it: a step that does not go on is said soon, an approval and a letter after days. */
async function ofRepairs({ database: { read }, clock }: Watching): Promise<readonly NewAlert[]> {
  const now = clock.now()
  const limits = { steps: now - stuckMs, approval: now - reviewMs, letter: now - letterMs }
  return (await stuckRepairs(read, limits)).map(({ id, number, step, since }) => ({
    type: 'repair.stuck',
    subject: id,
    severity: 'urgent',
    data: { repair: id, number: String(number), step, since: iso(since) },
  }))
}

const stuckMs = 15 * 60_000
const letterMs = 3 * 24 * hourMs

const iso = (at: number) => new Date(at).toISOString()
const hours = (ms: number) => String(Math.floor(ms / hourMs))
