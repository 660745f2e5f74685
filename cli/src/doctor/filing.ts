// Where reports go, and whether they do: the environment, the line to the CyberTipline, reports that are late or stuck, alerts.
import { isProduction, NOTHING_IS_REPORTED, systemClock } from '@wardline/server/base'
import type { Config } from '@wardline/server/config'
import type { Database } from '@wardline/server/db'
import { longFailingMs } from '@wardline/server/flow'
import { countLate, countReports, readLine, unfiledReports } from '@wardline/server/reports'
import { countEvents } from '@wardline/server/webhooks'
import { counted } from '../counted.ts'
import { lineWords } from '../reports/resume.ts'
import { type Check, fail, ok, warn } from './check.ts'

const hourMs = 3_600_000

/** Going to production is the key `environment` alone; this says what it is, so that nobody has to guess. */
export function checkEnvironment({ environment }: Config): Check {
  const name = 'environment'
  if (isProduction(environment)) return ok(name, 'PRODUCTION: reports go to NCMEC and to the police')
  return ok(
    name,
    `${environment}: ${NOTHING_IS_REPORTED} (production is the key environment: production, in a data folder of its own)`,
  )
}

type Filed = { readonly reports: Pick<Config['reports'], 'lateAfterHours'> }

export async function checkFiling({ reports }: Filed, { read }: Database): Promise<Check> {
  const name = 'filing'
  const line = await readLine(read)
  const words = lineWords(line)
  if (line.standing === 'stopped')
    return fail(
      name,
      words ?? 'stopped',
      '`wardline cybertip status` says what is refused; mend it (a changed configuration: start the server again), then `wardline reports resume`.',
    )
  const limit = systemClock.now() - reports.lateAfterHours * hourMs
  const late = await countLate(read, limit)
  const { needs_person: stuck = 0, waiting = 0, filing = 0 } = await countReports(read)
  const look = '`wardline reports list --stuck` shows them; `wardline reports explain ID` says what to do.'
  if (stuck > 0) return fail(name, counted(stuck, 'report needs a person', 'reports need a person'), look)
  if (late > 0) {
    // Not every late one is stuck: some wait for their turn, a look-up or a server that does not run.
    const oldest = await unfiledReports(read, { before: limit, limit: 3 })
    const which = oldest.map(({ caseNumber }) => `\`wardline reports explain ${caseNumber}\``).join(', ')
    return fail(
      name,
      `${counted(late, 'report is', 'reports are')} late (reports.lateAfterHours: ${reports.lateAfterHours})`,
      `The oldest say why themselves: ${which}. They are filed by a running server only.`,
    )
  }
  if (words !== undefined) return warn(name, words, 'It goes on by itself.')
  return ok(name, `${waiting + filing} reports under way, none late, none stuck`)
}

/** Whether the platform hears what it must act on. */
export async function checkWebhooks({ webhooks }: Pick<Config, 'webhooks'>, { read }: Database): Promise<Check> {
  const name = 'platform events'
  const { waiting, given_up: givenUp, kept, failingMs } = await countEvents(read, systemClock)
  const wait = counted(waiting, 'event waits', 'events wait')
  if (webhooks.url === undefined) {
    const how =
      'Your platform fetches them from /v1/events, or somebody does it by hand: `wardline repair list`, then `wardline repair restored N --case M`.'
    if (givenUp > 0) return fail(name, `${counted(givenUp, 'event was', 'events were')} not fetched in seven days`, how)
    if (failingMs >= longFailingMs)
      return warn(name, `${wait}: none was fetched for ${Math.floor(failingMs / 60_000)} minutes (no webhook)`, how)
    return ok(name, `none (webhooks.url); ${counted(kept, 'event')} can be fetched from /v1/events`)
  }
  const look = '`wardline webhooks test` says what your endpoint answers'
  if (givenUp > 0)
    return fail(
      name,
      `${counted(givenUp, 'event was', 'events were')} given up, not taken in seven days or not to be sent, and not sent any more`,
      `${look}; then \`wardline webhooks replay --state given_up\`. What that passes over waits for a person: \`wardline repair list\`.`,
    )
  if (failingMs >= longFailingMs)
    return fail(name, `${wait}: the first was refused ${Math.floor(failingMs / 60_000)} minutes ago`, `${look}.`)
  return ok(name, `configured; ${wait} for the next try`)
}

export function checkAlerts({ environment, alerts }: Config): Check {
  const name = 'alerts'
  const ways = [
    ...(alerts.webhookUrl === undefined ? [] : ['a webhook']),
    ...(alerts.email === undefined ? [] : ['mail']),
  ]
  if (ways.length > 0) return ok(name, `go out by ${ways.join(' and ')}`)
  const words = 'nobody is told of reports that are stuck or late, but for the log and the metrics'
  return isProduction(environment)
    ? warn(name, words, 'Set alerts.email, or alerts.webhookUrl and alerts.secret.')
    : ok(name, words)
}
