// What lies in the database and the vault: environment, key, lists, cases that wait, dead jobs, the audit trail.
import { existsSync } from 'node:fs'
import { openWindowNow } from '@wardline/server/access'
import { verifyTrail } from '@wardline/server/audit'
import { isProduction, systemClock } from '@wardline/server/base'
import { countTestCases } from '@wardline/server/cases'
import type { Config } from '@wardline/server/config'
import { type Database, openDatabase, pendingMigrations, readMeta } from '@wardline/server/db'
import { countJobs } from '@wardline/server/jobs'
import { countCorrections, countFeedback, listSetAsides } from '@wardline/server/lists'
import { databaseSettings } from '@wardline/server/main'
import { readPause } from '@wardline/server/pause'
import { counted } from '../counted.ts'
import { moment } from '../moment.ts'
import { firstLine } from '../words.ts'
import { checkAppeals } from './appeals.ts'
import { checkCases } from './cases.ts'
import { type Check, fail, ok, warn, within } from './check.ts'
import { checkEvidence } from './evidence.ts'
import { checkKeys } from './keys.ts'
import { checkLists } from './lists.ts'
import { checkHolds, checkTold } from './told.ts'

const dayMs = 24 * 3_600_000
const patienceMs = 12_000

/** Looks only: makes no database, no table, no key. `database` is undefined where there is none to look into. */
export async function openRecords(config: Config): Promise<{ checks: Check[]; database: Database | undefined }> {
  const settings = databaseSettings(config)
  if (settings.kind === 'sqlite' && !existsSync(settings.file))
    return {
      checks: [
        warn(
          'database',
          'there is none yet (SQLite)',
          'It is made together with the data folder, and so is the vault key.',
        ),
      ],
      database: undefined,
    }
  const database = openDatabase(settings)
  const failed = async (check: Check) => {
    // A server that never answered may not answer a goodbye either; the process ends all the same.
    await within(patienceMs, database.close()).catch(() => {})
    return { checks: [check], database: undefined }
  }
  const kind = database.kind === 'sqlite' ? 'SQLite' : 'PostgreSQL'
  try {
    await within(patienceMs, database.ping())
    const pending = await pendingMigrations(database)
    if (pending.length > 0)
      return await failed(
        warn(
          'database',
          `${kind}, ${pending.length} migrations to come`,
          'The next `wardline serve` brings it up to date.',
        ),
      )
    const stamp = await checkStamp(config, database, kind)
    // What belongs to another environment lies under another key: to look for it here would only mislead.
    if (stamp.standing === 'fail') return await failed(stamp)
    return { checks: [stamp], database }
  } catch (error) {
    return failed(
      fail(
        'database',
        `${kind}: ${firstLine(error)}`,
        settings.kind === 'sqlite'
          ? `Check owner and disk of ${settings.file}; if it is damaged, \`wardline restore\` puts a backup into an empty folder.`
          : 'Check that the database runs and that database.url is right.',
      ),
    )
  }
}

export async function checkRecords(config: Config, database: Database): Promise<Check[]> {
  const { checks, vault } = await checkKeys(config, database)
  return [
    ...checks,
    ...(await checkLists(config, database, vault)),
    await checkEntries(database),
    await checkEvidence(config, database),
    await checkCases(config, database),
    await checkTold(database),
    await checkHolds(database),
    await checkAppeals(database),
    await checkJobs(database),
    await checkTests(database),
    await checkTrail(database),
    ...(await checkPause(database)),
    await checkBackup(config, database),
  ]
}

async function checkPause(database: Database): Promise<Check[]> {
  const pause = await readPause(database.read)
  if (pause === undefined) return []
  const words = `PAUSED since ${moment(pause.beganAt)}: nothing is filed, told or destroyed`
  const todo =
    pause.why === 'by_a_person'
      ? 'A person began it: `wardline pause show` says since when and why; `wardline pause end --as EMAIL --reason TEXT` ends it.'
      : 'Run `wardline pause show`; what may have gone out already waits for your word.'
  return [fail('pause', words, todo)]
}

async function checkBackup({ environment }: Config, database: Database): Promise<Check> {
  const written = Number((await readMeta(database.read, 'backup.written_at')) ?? 0)
  const todo = 'Run `wardline backup DIR` every day, onto another disk; keep a copy of the vault key elsewhere.'
  if (written > 0) {
    const old = systemClock.now() - written > 7 * dayMs
    const words = `the last one is of ${moment(written)}`
    return old ? warn('backup', `${words}, more than a week ago`, todo) : ok('backup', words)
  }
  return isProduction(environment)
    ? warn('backup', '`wardline backup` never wrote one', todo)
    : ok('backup', 'none, and nothing real to lose')
}

async function checkStamp({ environment }: Config, database: Database, kind: string): Promise<Check> {
  const stamped = await readMeta(database.read, 'environment')
  if (stamped === undefined || stamped === environment) return ok('database', `${kind}, up to date, ${environment}`)
  return fail(
    'database',
    `it belongs to the environment "${stamped}", and the configuration says "${environment}"`,
    'Use another data folder or database for another environment.',
  )
}

/** What people decided about entries and have to look at again; nothing of it ends by itself. */
async function checkEntries({ read }: Database): Promise<Check> {
  const name = 'entries'
  const asides = (await listSetAsides(read, systemClock)).filter(({ state }) => state !== 'released')
  const late = asides.filter(({ overdue }) => overdue).length
  const look = '`wardline lists set-aside list` shows them; release, keep or decide each.'
  if (late > 0) return fail(name, `${late} set aside, and nobody looked at them within a day`, look)
  const { inForce, overdue, proposed } = await countCorrections(read, systemClock)
  if (overdue > 0)
    return warn(
      name,
      `${overdue} of ${inForce} corrections in force are past their review date`,
      '`wardline lists corrections list` shows them; withdraw one, and propose it anew where it is still right.',
    )
  if (asides.length > 0) return warn(name, `${asides.length} set aside: what rests on them waits`, look)
  const { waiting = 0, unknown = 0, failed = 0 } = await countFeedback(read)
  const tell = '`wardline lists feedback list` shows them; approve or refuse each.'
  if (unknown + failed > 0) return warn(name, `${unknown + failed} feedbacks did not surely arrive`, tell)
  if (waiting + proposed > 0)
    return ok(
      name,
      `${counted(waiting, 'feedback waits', 'feedbacks wait')} for an operator, ${counted(proposed, 'correction')} for a second person`,
    )
  return ok(name, `none set aside; ${counted(inForce, 'correction')} in force`)
}

async function checkJobs(database: Database): Promise<Check> {
  const { dead, waiting, running } = await countJobs(database.read)
  if (dead > 0)
    return fail('jobs', `${dead} dead`, '`wardline jobs list --state dead` says why; then `wardline jobs retry ID`.')
  return ok('jobs', `${waiting + running} to be done, none dead`)
}

/** A window that was forgotten lets anybody make cases; it closes by itself, and until then it is said. */
async function checkTests({ read }: Database): Promise<Check> {
  const name = 'test cards'
  const window = await openWindowNow(read, systemClock)
  if (window !== undefined)
    return warn(
      name,
      `they count for every key until ${moment(window.closesAt)}: a window is open`,
      '`wardline selftest window close` closes it now.',
    )
  const count = await countTestCases(read)
  return ok(
    name,
    `no window is open; ${counted(count, 'case')} of tests kept${count === 0 ? '' : ' (`wardline selftest clean`)'}`,
  )
}

async function checkTrail(database: Database): Promise<Check> {
  const verdict = await verifyTrail(database.read)
  if (verdict.ok) return ok('audit trail', `${counted(verdict.rows, 'line')}, whole`)
  return fail('audit trail', verdict.words, 'Keep this database as it is, and look who could write to it.')
}
