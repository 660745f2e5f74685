// `wardline reports`: what went to the CyberTipline, what is stuck, and the receipts.
import { resolve } from 'node:path'
import { reportStates } from '@wardline/api'
import { record } from '@wardline/server/audit'
import { Fault } from '@wardline/server/base'
import { closeReport, retryReport } from '@wardline/server/flow'
import { openDesk } from '@wardline/server/main'
import { listReports, type ReportView, readByHand, readReceipt, showReport } from '@wardline/server/reports'
import { Command, Option } from 'commander'
import { actorOf, actorWhoMay, asPersonOption, personWhoMay } from '../as-person.ts'
import { ending, fine } from '../exit.ts'
import { moment, momentOr } from '../moment.ts'
import { writeNew } from '../new-file.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { outward, plain, printRows, table } from '../table.ts'

export function reportsCommand(): Command {
  return new Command('reports')
    .description('what went to the CyberTipline, and what is stuck')
    .addCommand(list())
    .addCommand(show())
    .addCommand(retry())
    .addCommand(close())
    .addCommand(receipt())
}

interface Window extends GroundOptions {
  readonly state?: ReportView['state']
  readonly before?: string
  readonly json?: true
}

const page = 100

function list(): Command {
  return groundCommand('list', `newest first, ${page} at a time`)
    .addOption(new Option('--state <state>', 'only these').choices(reportStates))
    .option('--before <id>', 'go on below this report')
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (options: Window) => {
        const { state, before } = options
        const reports = await onGround(options, ({ database }) =>
          listReports(database.read, { state, before, limit: page }),
        )
        printRows(
          reports,
          [
            { title: 'id', of: ({ id }) => id },
            { title: 'state', of: (one) => one.state, tint: (one) => colours[one.state] },
            { title: '', of: ({ isTest }) => (isTest ? 'TEST' : ''), tint: () => 'yellow' },
            { title: 'CyberTipline', of: ({ remoteId }) => remoteId ?? '' },
            { title: 'finished', of: ({ finishedAt }) => momentOr(finishedAt, ''), shrinks: true },
            { title: 'trouble', of: ({ trouble }) => trouble ?? '', shrinks: true },
          ],
          { json: options.json, none: state === undefined ? 'No report.' : `No report is ${state}.` },
        )
        const last = reports.at(-1)
        if (last && reports.length === page && !options.json) console.log(`More: --before ${last.id}`)
        return fine
      }),
    )
}

function show(): Command {
  return groundCommand('show', 'one report and the journal of its steps; never what it says')
    .argument('<id>', 'as `wardline reports list` shows it')
    .option('--json', 'one JSON object')
    .action(
      ending(async (id: string, options: GroundOptions & { json?: true }) => {
        const { report, byHand } = await onGround(options, async ({ database, vault }) => ({
          report: await showReport(database.read, id),
          byHand: await readByHand(database.read, vault, id),
        }))
        if (options.json) {
          console.log(JSON.stringify(outward({ ...report, byHand })))
          return fine
        }
        const { state, environment, caseId, remoteId, trouble, finishedAt } = report
        console.log(`Report ${id}: ${state} (${environment})`)
        if (report.isTest) console.log(testWords)
        console.log(
          `  about ${caseId}; CyberTipline report ${remoteId ?? 'not finished yet'}; finished ${momentOr(finishedAt, 'not yet')}`,
        )
        if (trouble !== null) console.log(`  trouble: ${trouble}`)
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
    .argument('<id>', 'as `wardline reports list` shows it')
    .option(...asPersonOption)
    .action(
      ending(async (id: string, options: GroundOptions & { as?: string }) => {
        await onGround(options, async (ground) => {
          const by = await actorWhoMay(ground, options.as, 'retry_report')
          await retryReport(openDesk(ground), id, by)
        })
        console.log(`${id} is filed again by a running server; \`wardline reports show ${id}\` tells how far it is.`)
        return fine
      }),
    )
}

interface Closing extends GroundOptions {
  readonly as: string
  readonly reason: string
  readonly filedAs: string
}

function close(): Command {
  return groundCommand(
    'close',
    'a stuck report that you have filed yourself at NCMEC’s own form is reported by your word',
  )
    .argument('<id>', 'as `wardline reports list` shows it')
    .requiredOption(...asPersonOption)
    .requiredOption('--reason <text>', 'kept, sealed, with the report')
    .requiredOption('--filed-as <id>', 'the id that NCMEC gave the report you filed')
    .action(
      ending(async (reportId: string, { as, reason, filedAs, ...options }: Closing) => {
        await onGround(options, async (ground) => {
          const by = actorOf(await personWhoMay(ground, as, 'decide_case'))
          await closeReport(openDesk(ground), { reportId, by, reason, remoteId: filedAs })
        })
        console.log(
          `${reportId} is closed as filed by hand. Its evidence is kept for a year from now; there is no receipt of ours, and nobody is told by itself.`,
        )
        return fine
      }),
    )
}

function receipt(): Command {
  return groundCommand('receipt', 'write the finish answer, byte for byte, to a new file')
    .argument('<id>', 'as `wardline reports list` shows it')
    .argument('<file>', 'a new file, readable by you alone')
    .option(...asPersonOption)
    .action(
      ending(async (id: string, file: string, options: GroundOptions & { as?: string }) => {
        await onGround(options, async (ground) => {
          const { database, vault, clock } = ground
          const actor = await actorWhoMay(ground, options.as, 'list_reports')
          const kept = await readReceipt(database.read, vault, id)
          if (kept === undefined)
            throw new Fault(
              'no_receipt',
              'this report has no receipt: it is not finished, or its answer was lost on the way',
              {
                retry: 'never',
              },
            )
          await writeNew(resolve(file), kept.bytes, () =>
            database.transact((tx) => record(tx, clock, { actor, act: 'export_receipt', subject: id })),
          )
          console.log(`Wrote ${resolve(file)}: the CyberTipline's answer of ${moment(kept.finishedAt)}.`)
        })
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
