// `wardline stats`: figures from the audit trail: how many, how long, how often an appeal was right.
import { type Figures, type Stats, stats } from '@wardline/api'
import { readFigures } from '@wardline/server/figures'
import type { Command } from 'commander'
import { environmentLine } from '../environment-line.ts'
import { ending, fine } from '../exit.ts'
import { givenMoment } from '../given-moment.ts'
import { moment, momentOr } from '../moment.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { plain, table } from '../table.ts'
import { usage } from '../words.ts'

interface Options extends GroundOptions {
  readonly since?: string
  readonly until?: string
  readonly json?: true
}

export function statsCommand(): Command {
  return groundCommand('stats', 'overturn rate, and times to report, to notice, to decision and to hearing')
    .option('--since <date>', 'what happened from then on, as 2026-11-01 or 2026-11-01T08:00:00Z (UTC)')
    .option('--until <date>', 'what happened before then')
    .option('--json', 'one JSON object, as GET /v1/stats answers it')
    .action(
      ending(async (options: Options) => {
        const since = options.since === undefined ? undefined : givenMoment(options.since, '--since')
        const until = options.until === undefined ? undefined : givenMoment(options.until, '--until')
        if (since !== undefined && until !== undefined && since >= until)
          throw usage('--since must be before --until: nothing lies between them')
        const read = await onGround(options, async ({ database, clock, config: { environment } }) => {
          if (since !== undefined && since > clock.now())
            throw usage('--since lies in the future: nothing has happened from then on')
          return { environment, ...(await readFigures(database.read, { since, until: until ?? clock.now() })) }
        })
        if (options.json) console.log(JSON.stringify(stats.encode(read)))
        else tell(read)
        return fine
      }),
    )
}

function tell({ environment, since, until, all, byRoute, byList, listsKnownSince, linesRead }: Stats): void {
  console.log(
    `From ${momentOr(since, 'the first line of the trail')} until ${moment(until)}, ${linesRead} lines read.\n`,
  )
  const rows = [
    { of: 'all', ...all },
    ...byRoute.map((one) => ({ of: `route ${one.route}`, ...one })),
    ...byList.map((one) => ({ of: one.list === null ? 'list unknown' : `list ${one.list}`, ...one })),
  ]
  print('Cases', rows, [
    ['opened', ({ cases }) => String(cases.opened)],
    ['still open', ({ cases }) => String(cases.stillOpen)],
    ['reported', ({ cases }) => String(cases.reported)],
    ['by hand', ({ cases }) => String(cases.filedByHand)],
    ['dismissed', ({ cases }) => String(cases.dismissed)],
    ['closed', ({ cases }) => String(cases.closed)],
    ['repaired', ({ cases }) => String(cases.repaired)],
  ])
  print('Notices and appeals', rows, [
    ['planned', ({ notices }) => String(notices.planned)],
    ['sent', ({ notices }) => String(notices.sent)],
    ['not sent', ({ notices }) => String(notices.notSent)],
    ['given up', ({ notices }) => String(notices.givenUp)],
    ['appeals', ({ appeals }) => String(appeals.opened)],
    ['still open', ({ appeals }) => String(appeals.stillOpen)],
    ['upheld', ({ appeals }) => String(appeals.upheld)],
    ['overturned', overturned],
  ])
  print('Times: median / nine of ten within (of how many it is known)', rows, [
    ['to report', (one) => span(one.timeToReport)],
    ['to notice', (one) => span(one.timeToNotice)],
    ['to decision', (one) => span(one.timeToDecision)],
    ['to hearing', (one) => span(one.timeToHearing)],
  ])
  console.log(
    listsKnownSince === null
      ? 'Of no case is it known by the trail which list grounded it.'
      : `Which list grounded a case is known of cases opened since ${moment(listsKnownSince)}; a case of several lists stands under each.`,
  )
  console.log(environmentLine(environment))
}

type Row = Figures & { readonly of: string }

function print(title: string, rows: readonly Row[], columns: readonly (readonly [string, (row: Row) => string])[]) {
  console.log(title)
  const lines = table(rows, [
    { title: '', of: (row) => plain(row.of) },
    ...columns.map(([head, of]) => ({ title: head, of, align: 'right' as const })),
  ])
  for (const line of lines) console.log(`  ${line}`)
  console.log('')
}

function overturned({ appeals: { overturnedEntry, overturnedMatch, overturnedContext, overturnRate } }: Row): string {
  const count = overturnedEntry + overturnedMatch + overturnedContext
  return overturnRate === null ? 'none decided' : `${count} (${(overturnRate * 100).toFixed(1)} %)`
}

function span(spread: Figures['timeToReport']): string {
  if (spread === null) return 'not known'
  return `${words(spread.medianSeconds)} / ${words(spread.p90Seconds)} (${spread.count})`
}

function words(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`
  if (seconds < 172_800) return `${(seconds / 3_600).toFixed(1)} h`
  return `${(seconds / 86_400).toFixed(1)} d`
}
