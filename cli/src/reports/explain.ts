// `wardline reports explain`: one report in plain words, with the very command that comes next.
import { type Explanation, explainReport, findReport } from '@wardline/server/reports'
import type { Command } from 'commander'
import { ending, fine } from '../exit.ts'
import { moment } from '../moment.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { outward, plain } from '../table.ts'

const hourMs = 3_600_000

export function explain(): Command {
  return groundCommand('explain', 'where a report stands, what happened, until when, and what to do next')
    .argument('<report>', 'its id, or the number of its case')
    .option('--json', 'one JSON object')
    .action(
      ending(async (ref: string, options: GroundOptions & { json?: true }) => {
        const { explanation, now } = await onGround(options, async ({ database, vault, clock, config }) => {
          const reportId = await findReport(database.read, ref)
          const lateMs = config.reports.lateAfterHours * hourMs
          return { explanation: await explainReport(database.read, vault, { reportId, lateMs }), now: clock.now() }
        })
        if (options.json) console.log(JSON.stringify(outward(explanation)))
        else for (const line of tellReport(explanation, now)) console.log(plain(line))
        return fine
      }),
    )
}

const mostSteps = 30

function tellReport({ report, caseNumber, where, happened, clocks, next }: Explanation, now: number): string[] {
  const left = happened.length - mostSteps
  return [
    `Report ${report.id} of case ${caseNumber} (${report.environment}${report.isTest ? ', TEST' : ''})`,
    '',
    `Where it stands: ${where}.`,
    ...(clocks.length === 0 ? [] : ['', 'Clocks:']),
    ...clocks.map(({ at, words }) => `  ${moment(at)}  ${away(at - now)}: ${words}`),
    '',
    'What happened:',
    ...(left > 0 ? [`  (${left} earlier lines: wardline reports show ${report.id})`] : []),
    ...happened.slice(-mostSteps).map(({ at, words }) => `  ${moment(at)}  ${words}`),
    '',
    'What to do next:',
    ...next.flatMap(({ words, command }) => [`  ${words}`, ...(command === undefined ? [] : [`    ${command}`])]),
  ]
}

function away(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000)
  const words = minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
  return ms < 0 ? `PASSED ${words} ago` : `in ${words}`
}
