// What may have gone out already, as far as this database and the logbook can tell: listed once, when a pause begins by itself.
import { listCases } from '#cases'
import type { Connection, Tables } from '#db'
import { compareWithDatabase, type Told, toldOf } from '#logbook'
import { answeredUntil, type Item, markListed, type Pause, readPause, writeItems } from '#pause'
import { unfiledCorrections } from '#reports'
import type { Desk } from './river.ts'

type Ground = Pick<Desk, 'database' | 'clock' | 'logbook'>

/** States of a case in which its report is not known to be made. */
const open = ['settling', 'set_aside', 'waiting_review', 'waiting_facts', 'reporting', 'cannot_report'] as const

/** Called at every start, and by whoever looks at a pause; nothing, where it is listed already. May be run again. */
export async function listUncertain(ground: Ground): Promise<Pause | undefined> {
  const { database, clock } = ground
  const pause = await readPause(database.read)
  if (pause === undefined || pause.listed) return pause
  const { lines, altered } = await ground.logbook.read()
  const told = toldOf(lines)
  const answered = await answeredUntil(database.read)
  const newer = (await compareWithDatabase(database.read, lines)).filter(({ at }) => at > answered)
  // A whole logbook has a line of all that went out. After a restore, or where lines are missing, nobody knows: then each one is asked for.
  const all = pause.why === 'restored' || altered.length > 0
  for await (const items of itemsOf(database.read, { newer, told, all, now: clock.now() }))
    await database.transact((tx) => writeItems(tx, pause.id, items))
  await database.transact((tx) => markListed(tx, clock, pause.id))
  return readPause(database.read)
}

async function* itemsOf(
  db: Connection,
  { newer, told, all, now }: { newer: readonly Told[]; told: ReadonlyMap<string, Told>; all: boolean; now: number },
): AsyncGenerator<readonly Item[]> {
  // What takes an earlier report back is of no case that is still open.
  const corrections = new Set(await unfiledCorrections(db))
  const uncertain = [...corrections].filter((id) => all || newer.some(({ subject }) => subject === id))
  yield uncertain.map((id) => ({ kind: 'report' as const, subject: id, told: textOf(told.get(id)) }))
  const others = newer.filter(({ subject }) => !corrections.has(subject))
  const toldNewer = new Set(others.flatMap(casesOf))
  // What the database knows of as well is told too: a finish whose answer never came may have filed its report.
  const ofCases = byCase([...told.values()].filter(({ subject }) => !corrections.has(subject)))
  const ids = new Set<string>()
  for (const state of open)
    for (let before: number | undefined; ; ) {
      const page = await listCases(db, { state, limit: 100, before })
      const real = page.filter((one) => !one.isTest && (all || toldNewer.has(one.id)))
      for (const one of real) ids.add(one.id)
      yield real.map(({ id }) => ({ kind: 'case' as const, subject: id, told: textOf(ofCases.get(id)) }))
      before = page.at(-1)?.number
      if (page.length < 100) break
    }
  const notices = await unsentNotices(db)
  const late = notices.filter((one) => (all && one.due_at <= now) || newer.some(({ subject }) => subject === one.id))
  yield late.map(({ id }) => ({ kind: 'notice' as const, subject: id, told: textOf(told.get(id)) }))
  const noticed = new Set(late.map(({ id }) => id))
  yield others
    .filter((one) => !noticed.has(one.subject) && !casesOf(one).some((id) => ids.has(id)))
    .map((one) => ({ kind: 'unknown' as const, subject: one.subject, told: textOf(one) }))
}

/** Of a report and its notice the report is what has to be looked up; of two reports, the later. */
function byCase(told: readonly Told[]): ReadonlyMap<string, Told> {
  const rank = ({ kind }: Told) => Number(kind === 'report')
  const lastWins = told.toSorted((one, other) => rank(one) - rank(other) || one.at - other.at)
  return new Map(lastWins.flatMap((one) => casesOf(one).map((id) => [id, one] as const)))
}

const casesOf = ({ caseId, otherCases }: Told): readonly string[] =>
  caseId === undefined ? otherCases : [caseId, ...otherCases]

function unsentNotices(db: Connection): Promise<readonly Pick<Tables['notices'], 'id' | 'due_at'>[]> {
  return db
    .selectFrom('notices')
    .select(['id', 'due_at'])
    .where('state', 'in', ['waiting', 'sending'])
    .where('is_test', '=', 0)
    .execute()
}

const textOf = (told: Told | undefined): string | null => (told === undefined ? null : JSON.stringify(told))
