// `wardline reports`: what went to the CyberTipline, what is stuck, and the receipts.
import { reportStates } from '@wardline/api'
import { retryReport } from '@wardline/server/flow'
import { openDesk } from '@wardline/server/main'
import {
  countLate,
  findReport,
  listReports,
  type ReportView,
  readByHand,
  readLine,
  readOpenId,
  showReport,
} from '@wardline/server/reports'
import { Command, Option } from 'commander'
import { tellWritten } from '../actionability.ts'
import { actorWhoMay, asPersonOption } from '../as-person.ts'
import { environmentLine } from '../environment-line.ts'
import { ending, fine } from '../exit.ts'
import { moment, momentOr } from '../moment.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { close } from '../reports/close.ts'
import { documents } from '../reports/documents.ts'
import { explain } from '../reports/explain.ts'
import { receipt } from '../reports/receipt.ts'
import { lineWords, resume } from '../reports/resume.ts'
import { outward, plain, printRows, table } from '../table.ts'

export function reportsCommand(): Command {
  return new Command('reports')
    .description('what went to the CyberTipline, and what is stuck')
    .addCommand(list())
    .addCommand(show())
    .addCommand(retry())
    .addCommand(close())
    .addCommand(receipt())
    .addCommand(explain())
    .addCommand(documents())
    .addCommand(resume())
}

interface Window extends GroundOptions {
  readonly state?: ReportView['state']
  readonly stuck?: true
  readonly before?: string
  readonly json?: true
}

const page = 100
const hourMs = 3_600_000
const stuckStates = ['needs_person', 'cannot_report'] as const

function list(): Command {
  return groundCommand('list', `newest first, ${page} at a time`)
    .addOption(new Option('--state <state>', 'only these').choices(reportStates))
    .option('--stuck', 'only what waits for a person or for credentials, with the reason')
    .option('--before <id>', 'go on below this report')
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (options: Window) => {
        const { state, before } = options
        const states = options.stuck && stuckStates
        const { reports, environment, line, late } = await onGround(options, async ({ database, clock, config }) => ({
          reports: await listReports(database.read, { state, states, before, limit: page }),
          environment: config.environment,
          line: lineWords(await readLine(database.read)),
          late: await countLate(database.read, clock.now() - config.reports.lateAfterHours * hourMs),
        }))
        printRows(
          reports,
          [
            { title: 'id', of: ({ id }) => id },
            { title: 'state', of: (one) => one.state, tint: (one) => colours[one.state] },
            { title: '', of: ({ isTest }) => (isTest ? 'TEST' : ''), tint: () => 'yellow' },
            { title: '', of: ({ corrects }) => (corrects === null ? '' : 'takes one back'), tint: () => 'yellow' },
            { title: 'CyberTipline', of: ({ remoteId }) => remoteId ?? '' },
            { title: 'finished', of: ({ finishedAt }) => momentOr(finishedAt, ''), shrinks: true },
            { title: 'trouble', of: ({ trouble }) => trouble ?? '', shrinks: true },
          ],
          {
            json: options.json,
            none: options.stuck ? 'No report is stuck.' : state === undefined ? 'No report.' : `No report is ${state}.`,
          },
        )
        if (options.json) return fine
        const last = reports.at(-1)
        if (last && reports.length === page) console.log(`More: --before ${last.id}`)
        if (options.stuck && last) console.log(`What to do about one of them: wardline reports explain ${last.id}`)
        if (late > 0) console.log(`${late} late: not filed within your own limit (reports.lateAfterHours).`)
        if (line !== undefined) console.log(line)
        console.log(environmentLine(environment))
        return fine
      }),
    )
}

function show(): Command {
  return groundCommand('show', 'one report and the journal of its steps; never what it says')
    .argument('<report>', 'its id, or the number of its case')
    .option('--json', 'one JSON object')
    .action(
      ending(async (ref: string, options: GroundOptions & { json?: true }) => {
        const { id, report, openId, byHand } = await onGround(options, async ({ database, vault }) => {
          const id = await findReport(database.read, ref)
          return {
            id,
            report: await showReport(database.read, id),
            openId: await readOpenId(database.read, vault, id),
            byHand: await readByHand(database.read, vault, id),
          }
        })
        if (options.json) {
          console.log(JSON.stringify(outward({ ...report, openId, byHand })))
          return fine
        }
        const { state, environment, caseId, remoteId, trouble, finishedAt } = report
        console.log(`Report ${id}: ${state} (${environment})`)
        if (report.isTest) console.log(testWords)
        const there =
          openId === null
            ? `CyberTipline report ${remoteId ?? 'not finished yet'}`
            : `opened as CyberTipline report ${openId}, not finished yet`
        console.log(
          `  about ${caseId}; ${there}${state === 'filed_by_hand' ? '' : `; finished ${momentOr(finishedAt, 'not yet')}`}`,
        )
        if (trouble !== null) console.log(`  trouble: ${trouble}`)
        if (report.corrects === null) for (const line of tellWritten(report)) console.log(`  ${line}`)
        else console.log(`  it takes ${report.corrects} back, which was an error: of no person, without files`)
        if (byHand) {
          console.log(
            `  filed by hand, by the word of ${byHand.by} on ${moment(byHand.at)}; there is no receipt of ours`,
          )
          console.log(plain(`  reason: ${byHand.reason}`))
        }
        const lines = table(report.steps, [
          { title: 'when', of: ({ at }) => moment(at) },
          { title: 'step', of: ({ step }) => step },
          { title: '', of: ({ phase }) => phase },
          { title: 'outcome', of: ({ outcome }) => outcome ?? '', shrinks: true },
          { title: 'code', of: ({ responseCode }) => String(responseCode ?? ''), align: 'right' },
          { title: 'Request-ID', of: ({ requestId }) => requestId ?? '', shrinks: true },
        ])
        for (const line of lines) console.log(`  ${line}`)
        return fine
      }),
    )
}

function retry(): Command {
  return groundCommand('retry', 'go on with a report that waited for a person, once its trouble is mended')
    .argument('<report>', 'its id, or the number of its case')
    .option(...asPersonOption)
    .action(
      ending(async (ref: string, options: GroundOptions & { as?: string }) => {
        const id = await onGround(options, async (ground) => {
          const by = await actorWhoMay(ground, options.as, 'retry_report')
          const id = await findReport(ground.database.read, ref)
          await retryReport(openDesk(ground), id, by)
          return id
        })
        console.log(`${id} is filed again by a running server; \`wardline reports show ${id}\` tells how far it is.`)
        return fine
      }),
    )
}

const testWords = '  TEST: a test card made it; nothing real is in it'

const colours = {
  waiting: undefined,
  filing: 'cyan',
  finished: 'green',
  needs_person: 'red',
  cannot_report: 'red',
  filed_by_hand: 'green',
  validated_not_sent: 'green',
  withdrawn: 'dim',
} as const satisfies Record<ReportView['state'], string | undefined>
