// `wardline reports explain`: one report in plain words, with the very command that comes next.
import { repairsOfCase } from '@wardline/server/repairs'
import {
  caseOfReport,
  type Explanation,
  explainNoReport,
  explainReport,
  findReport,
  type NoReport,
} from '@wardline/server/reports'
import type { Command } from 'commander'
import { ending, fine } from '../exit.ts'
import { moment } from '../moment.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { tellError } from '../repair/of-case.ts'
import { outward, plain } from '../table.ts'

const hourMs = 3_600_000

export function explain(): Command {
  return groundCommand('explain', 'where a report stands, what happened, until when, and what to do next')
    .argument('<report>', 'its id, or the number of its case')
    .option('--json', 'one JSON object')
    .action(
      ending(async (ref: string, options: GroundOptions & { json?: true }) => {
        const { explanation, now, since } = await onGround(options, async ({ database, vault, clock, config }) => {
          const none = await explainNoReport(database.read, ref)
          if (none !== undefined) return { explanation: none, now: clock.now(), since: [] }
          const reportId = await findReport(database.read, ref)
          const lateMs = config.reports.lateAfterHours * hourMs
          const explanation = await explainReport(database.read, vault, { reportId, lateMs })
          // Of the report itself, and not of one that takes it back.
          const repairs = await repairsOfCase(database.read, await caseOfReport(database.read, reportId))
          const since = tellError(repairs.filter((one) => one.reportId === reportId))
          return { explanation, now: clock.now(), since }
        })
        if (options.json) console.log(JSON.stringify(outward({ ...explanation, since })))
        else
          for (const line of 'report' in explanation ? tellReport(explanation, now, since) : tellNone(explanation, now))
            console.log(plain(line))
        return fine
      }),
    )
}

const mostSteps = 30

function tellReport(
  { report, caseNumber, where, happened, clocks, next }: Explanation,
  now: number,
  since: readonly string[],
): string[] {
  const left = happened.length - mostSteps
  return [
    `Report ${report.id} of case ${caseNumber} (${report.environment}${report.isTest ? ', TEST' : ''})`,
    '',
    `Where it stands: ${where}.`,
    ...tellClocks(clocks, now),
    '',
    'What happened:',
    ...(left > 0 ? [`  (${left} earlier lines: wardline reports show ${report.id})`] : []),
    ...happened.slice(-mostSteps).map(({ at, words }) => `  ${moment(at)}  ${words}`),
    ...(since.length === 0 ? [] : ['', ...since]),
    ...tellNext(next),
  ]
}

function tellNone({ caseNumber, environment, isTest, where, clocks, next }: NoReport, now: number): string[] {
  return [
    `Case ${caseNumber} has no report (${environment}${isTest ? ', TEST' : ''})`,
    '',
    `Why: ${where}.`,
    ...tellClocks(clocks, now),
    ...tellNext(next),
  ]
}

const tellClocks = (clocks: Explanation['clocks'], now: number): string[] => [
  ...(clocks.length === 0 ? [] : ['', 'Clocks:']),
  ...clocks.map(({ at, words }) => `  ${moment(at)}  ${away(at - now)}: ${words}`),
]

const tellNext = (next: Explanation['next']): string[] => [
  '',
  'What to do next:',
  ...next.flatMap(({ words, command }) => [`  ${words}`, ...(command === undefined ? [] : [`    ${command}`])]),
]

function away(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000)
  const words = minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
  return ms < 0 ? `PASSED ${words} ago` : `in ${words}`
}
