// How far a repair is, step by step, with counts and dates; and its cases by picture, without a hash and without an entry.
import { laterCases } from '@wardline/server/flow'
import { listFeedback } from '@wardline/server/lists'
import { openDesk } from '@wardline/server/main'
import { listRepairs, type RepairShown, type RepairView, readRepair, showRepair } from '@wardline/server/repairs'
import { correctionsOf } from '@wardline/server/reports'
import type { Command } from 'commander'
import { counted } from '../counted.ts'
import { ending, fine } from '../exit.ts'
import { moment, momentOr } from '../moment.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { namesOfPeople } from '../shown-names.ts'
import { outward, plain, printRows, table } from '../table.ts'
import { numberOf } from './number.ts'

interface Asked extends GroundOptions {
  readonly json?: true
}

export function list(): Command {
  return groundCommand('list', 'newest first')
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (options: Asked) => {
        const repairs = await onGround(options, ({ database }) => listRepairs(database.read))
        printRows(
          repairs,
          [
            { title: 'repair', of: ({ number }) => String(number), align: 'right' },
            { title: 'state', of: ({ state }) => state, tint: ({ state }) => colours[state] },
            { title: 'overturned', of: ({ outcome }) => outcome },
            { title: 'repaired', of: ({ toRepair }) => String(toRepair), align: 'right' },
            { title: 'to review', of: ({ toReview }) => String(toReview), align: 'right' },
            { title: 'begun', of: ({ begunAt }) => moment(begunAt), shrinks: true },
            { title: 'it waits for', of: waitsFor, shrinks: true },
          ],
          { json: options.json, none: 'No repair.' },
        )
        return fine
      }),
    )
}

export function show(): Command {
  return groundCommand('show', 'one repair: how far it is, and its cases by picture; never a hash, never which entry')
    .argument('<number>', 'as `wardline repair list` shows it')
    .option('--json', 'one JSON object')
    .action(
      ending(async (ref: string, options: Asked) => {
        const { shown, later, newReports, nameOf, feedback } = await onGround(options, async (ground) => ({
          shown: await showRepair(ground.database.read, ground.vault, numberOf(ref)),
          later: await laterCases(openDesk(ground), numberOf(ref)),
          newReports: await newReportsOf(ground, ref),
          feedback: await listFeedback(ground.database.read),
          nameOf: await namesOfPeople(ground),
        }))
        if (options.json) {
          console.log(JSON.stringify(outward({ ...shown, later, newReports })))
          return fine
        }
        const { number, state, outcome, round, counts, toRepair, toReview, pictures, reason } = shown
        console.log(`Repair ${number}: ${state} (overturned: ${outcome}${round > 1 ? `, round ${round}` : ''})`)
        console.log(plain(`  reason: ${reason}`))
        const prepared = feedback.filter(
          ({ caseId, says, preparedAt }) =>
            caseId === shown.caseId && says === 'negative' && preparedAt >= shown.begunAt,
        ).length
        for (const line of steps(shown, nameOf, prepared)) console.log(plain(`  ${line}`))
        console.log(
          state === 'refused'
            ? `  ${toRepair} were to be repaired and ${toReview} to go to review: nothing of it is done`
            : `  ${toRepair} to repair: ${counts.restored} restored, ${counted(counts.closed, 'waits', 'wait')} for the platform to take it, ${counts.not_taken} not taken, ${counts.stopping} whose report is under way, ${counts.left} with nothing left to undo; ${counted(toReview, 'goes', 'go')} to review`,
        )
        for (const one of newReports)
          console.log(
            `  new report ${one.id} takes back ${one.corrects}: ${one.state}${one.remoteId === null ? '' : `, ${one.remoteId} at the CyberTipline`}`,
          )
        for (const one of shown.reasons)
          console.log(
            plain(
              `  ${moment(one.at)} ${said[one.says]}${one.caseNumber === null ? '' : ` (case ${one.caseNumber})`}, ${nameOf(one.by)}: ${one.reason}`,
            ),
          )
        const rows = pictures.flatMap(({ picture, cases }) => cases.map((one) => ({ picture, ...one })))
        const lines = table(rows, [
          { title: 'picture', of: ({ picture }) => String(picture), align: 'right' },
          { title: 'case', of: (one) => String(one.case_number), align: 'right' },
          { title: 'it was', of: (one) => one.state_then },
          {
            title: '',
            of: (one) =>
              one.does === 'repair' ? `repair${one.why === null ? '' : ` (${one.why})`}` : `review (${one.why ?? ''})`,
          },
          { title: 'now', of: (one) => one.state },
          { title: 'class', of: (one) => one.shown.class ?? '', shrinks: true },
          { title: 'by', of: (one) => one.shown.algorithm ?? '' },
          { title: 'bits', of: (one) => String(one.shown.distanceBits ?? ''), align: 'right' },
          { title: 'file', of: (one) => one.shown.fileId ?? '', shrinks: true },
        ])
        for (const line of lines) console.log(`  ${line}`)
        if (later > 0) console.log(`${later} came later: wardline repair again ${number} --as EMAIL --reason TEXT`)
        console.log(`Next: ${nextOf(shown, nameOf)}.`)
        return fine
      }),
    )
}

const said = { stands: 'it stands', error: 'an error as well', refuse: 'refused', report: 'new reports' } as const

const newReportsOf = async ({ database, vault }: Ground, ref: string) =>
  correctionsOf(database.read, (await readRepair(database.read, vault, numberOf(ref))).id)
type Ground = Parameters<Parameters<typeof onGround>[1]>[0]

/** Who has refused needs another person just as who has approved. */
function nextOf(shown: RepairShown, nameOf: (person: string) => string): string {
  const { number, refusedFirst } = shown
  if (refusedFirst === null || refusedFirst.until <= Date.now()) return waitsFor(shown)
  return `${waitsFor(shown)}; or, since ${nameOf(refusedFirst.by)} refused it ${moment(refusedFirst.at)}, a second person to agree with that: wardline repair refuse ${number} --as EMAIL --reason TEXT`
}

function steps(one: RepairShown, nameOf: (person: string) => string, feedback: number): string[] {
  const { begunAt, gatheredAt, firstAt, secondAt, guardedAt, closedAt, doneAt, letter, outcome } = one
  const refusals = one.reasons.filter(({ says }) => says === 'refuse')
  if (one.state === 'refused')
    return [
      `begun ${moment(begunAt)} by ${nameOf(one.begunBy)}`,
      ...(firstAt === null ? [] : [`approved by ${nameOf(one.firstBy ?? '')} alone, ${moment(firstAt)}`]),
      `refused${refusals.map(({ by, at }, index) => `${index === 0 ? '' : ' and'} by ${nameOf(by)}, ${moment(at)}`).join('')}`,
    ]
  return [
    `begun ${moment(begunAt)} by ${nameOf(one.begunBy)}`,
    `gathered and frozen: ${momentOr(gatheredAt, 'not yet')}`,
    `first approval: ${firstAt === null ? 'not yet' : `${moment(firstAt)} by ${nameOf(one.firstBy ?? '')}`}`,
    `second approval: ${secondAt === null ? 'not yet' : `${moment(secondAt)} by ${nameOf(one.secondBy ?? '')}`}`,
    ...(outcome === 'match' ? [`the picture silenced: ${momentOr(guardedAt, 'not yet')}`] : []),
    ...(outcome === 'entry'
      ? [`negative feedback for NCMEC: ${guardedAt === null ? 'not yet' : feedbackWords(feedback)}`]
      : []),
    `all cases closed: ${momentOr(closedAt, 'not yet')}`,
    `letter to NCMEC: ${letter === null ? 'none' : `${counted(letter.reports, 'report')}, written ${moment(letter.writtenAt)}, ${letter.sentAt === null ? 'NOT SENT' : `sent ${moment(letter.sentAt)}`}`}`,
    `all restored: ${momentOr(doneAt, 'not yet')}`,
  ]
}

/** Of what is around a picture there is nothing to silence. An entry meets nothing from its hearing on. */
const feedbackWords = (prepared: number): string =>
  prepared === 0
    ? 'none prepared (only lists fetched from NCMEC take any, and of one entry once)'
    : `${prepared} prepared, sent by nobody but you: wardline lists feedback list`

function waitsFor({ number, state, firstAt, counts, letter, toLookAt }: RepairView): string {
  const [first] = toLookAt
  const left = [
    ...(letter !== null && letter.sentAt === null ? [`wardline repair letter ${number} --as EMAIL`] : []),
    ...(first === undefined
      ? []
      : [
          `a person to look once more at ${first}${toLookAt.length > 1 ? ` and ${toLookAt.length - 1} more` : ''}: wardline cases show ${first}, then wardline repair stands or error ${first} --as EMAIL --reason TEXT`,
        ]),
  ]
  switch (state) {
    case 'gathering':
      return 'a running server, which gathers its cases'
    case 'gathered':
      return `${firstAt === null ? 'two people' : 'another person'}: wardline repair approve ${number} --as EMAIL --reason TEXT`
    case 'approved':
      return counts.stopping > 0 ? 'reports under way to end' : 'a running server, which carries it out'
    case 'restoring':
      return counts.not_taken > 0
        ? `somebody to see to it, the platform took nothing, or is not asked ("account": another case of the account stands): wardline repair restored ${number} --case N --as EMAIL`
        : 'the platform to take it'
    case 'refused':
      return 'nothing'
    case 'done':
      return left.length === 0 ? 'nothing' : left.join('; ')
  }
}

const colours = {
  gathering: 'cyan',
  gathered: 'yellow',
  refused: 'dim',
  approved: 'cyan',
  restoring: 'cyan',
  done: 'green',
} as const satisfies Record<RepairView['state'], string>
