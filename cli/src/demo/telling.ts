// What the demo says, for a terminal of 80 columns and for a log file alike.
import { NOTHING_IS_REPORTED } from '@wardline/server/base'
import { counted } from '../counted.ts'
import { type Column, table, terminalWidth } from '../table.ts'
import { tint } from '../tint.ts'
import { wrap } from '../wrap.ts'
import type { Step } from './objection.ts'
import type { Outcome } from './outcome.ts'
import type { DemoWorld } from './world.ts'

export const nothing = (): string => tint('yellow', tint('bold', `${NOTHING_IS_REPORTED}.`))

export const opening = (): string[] => [
  `${tint('bold', 'Wardline demo.')} ${nothing()}`,
  '',
  ...prose(
    'Drawn landscapes go from an upload to a report and a notice, and one account objects and is heard; all of it on this ' +
      "machine: SQLite and evidence in a temporary folder, a sandbox in the CyberTipline's place, and a mailbox that " +
      'delivers to nobody.',
  ),
  '',
]

export function results(seen: readonly Outcome[], distances: ReadonlyMap<string, string>): string[] {
  const columns: Column<Outcome>[] = [
    { title: 'by', of: ({ by }) => by },
    { title: 'picture', of: ({ image }) => image.words, shrinks: true },
    { title: 'verdict', of: ({ verdict }) => verdict, tint: ({ verdict }) => (verdict === 'held' ? 'red' : 'green') },
    { title: 'distance', of: ({ scanId }) => distances.get(scanId) ?? '', align: 'right' },
    { title: 'report', of: ({ reportId }) => reportId ?? '' },
    { title: 'notice', of: ({ toldTo }) => (toldTo === undefined ? '' : toldTo === 'user' ? 'to user' : 'to org') },
  ]
  const reports = new Set(seen.flatMap(({ reportId }) => (reportId === undefined ? [] : [reportId])))
  const held = seen.filter(({ verdict }) => verdict === 'held').length
  return [
    '',
    ...table(seen, columns),
    '',
    ...prose(
      `${held} of ${seen.length} pictures were held, in ${counted(reports.size, 'report')}: what one account sends joins one report, and of ` +
        'one picture one file goes up, with its copies told in words. ' +
        "The distance (in bits of 256, 31 is the limit) is shown because the list is the demo's own; an uploader hears " +
        'the verdict, and nothing of lists, entries or distances.',
    ),
    '',
  ]
}

export const objections = (steps: readonly Step[]): string[] => [
  tint('bold', 'Then somebody says that it was an error:'),
  '',
  ...table(steps, [
    { title: 'who', of: ({ who }) => who },
    { title: 'what', of: ({ what }) => what, shrinks: true },
  ]),
  '',
  ...prose(
    'A rule had filed the case, so both could hear it; whoever decided about a case is never picked, and the database ' +
      'refuses them. The demo plays ben, the reviewers and the forum, through the doors that they would use. The letter ' +
      'that corrects the report is written, and waits for a person to send it.',
  ),
  '',
]

export function places({ cybertipline, mailbox, logFile }: DemoWorld, receipts: readonly string[]): string[] {
  const named = (name: string, lines: readonly string[]) =>
    lines.map((line, place) => `${tint('bold', (place === 0 ? name : '').padEnd(14))}${line}`)
  return [
    ...named('Receipts', receipts),
    ...named('Mailbox', [`${mailbox.pageUrl}  (notices, each with a link to object)`]),
    ...named('CyberTipline', [`${cybertipline.pageUrl}  (reports as the sandbox got them)`]),
    ...named('Server log', [logFile]),
  ]
}

export const trail = (verdict: { readonly ok: boolean; readonly rows: number }): string =>
  `${tint('bold', 'Audit trail'.padEnd(14))}${verdict.rows} lines, ${verdict.ok ? 'whole and in their places' : 'BROKEN'}`

export const invitation = ({ wardline, key, folder, configFile, reviewers }: DemoWorld): string[] => [
  '',
  `The server listens on ${tint('bold', wardline.url)}. Send it a picture of your own:`,
  '',
  `  curl ${wardline.url}/v1/scans \\`,
  `    -H 'Authorization: Bearer ${key}' \\`,
  "    -H 'Content-Type: image/jpeg' \\",
  `    --data-binary @${folder}/album/hills.jpg`,
  '',
  ...prose(
    "Open anna's notice in the mailbox, object through its link, and hear it in another terminal, as whichever of " +
      `${reviewers.map(({ email }) => email).join(' and ')} the list names:`,
  ),
  '',
  `  C=${configFile}`,
  '  npx wardline appeals list --config $C',
  '  npx wardline appeals show 2 --config $C',
  '  npx wardline appeals decide 2 --config $C --as ... --outcome upheld --reason "..."',
  '  npx wardline repair show 1 --config $C',
  '',
]

const prose = (text: string): string[] => wrap(text, Math.min(80, terminalWidth()))
