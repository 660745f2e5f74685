// `wardline cases`: what was found, and a person's decision about it. Nobody views a file here, and the record says so.
import { caseStates, type IncidentType, incidentTypes } from '@wardline/api'
import { listPeople } from '@wardline/server/access'
import { appealsOfCase, countAppealsOfCases } from '@wardline/server/appeals'
import { type CaseState, listCases, readCase, showCase } from '@wardline/server/cases'
import { actionability, closeCase, confirmCase, dismissCase, lacksOf, wrongGrounds } from '@wardline/server/flow'
import { openDesk } from '@wardline/server/main'
import { noticesOfCase, waitsOf } from '@wardline/server/notices'
import { casesUndecided, repairsOfCase, undecidedRepair } from '@wardline/server/repairs'
import { reportOfCase } from '@wardline/server/reports'
import { Command, Option } from 'commander'
import { actorOf, asPersonOption, personWhoMay } from '../as-person.ts'
import { batchCommand } from '../case-batch.ts'
import { type CaseStory, tellCase } from '../case-story.ts'
import { environmentLine } from '../environment-line.ts'
import { ending, fine } from '../exit.ts'
import { annotateOption, type ChoosingOptions, choicesOf, classifyOption } from '../file-choices.ts'
import { escalateOption, type IncidentOptions, incidentAnnotationOption, incidentChoiceOf } from '../incident-choice.ts'
import { moment } from '../moment.ts'
import { type Ground, type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { outward, plain, printRows } from '../table.ts'

export function casesCommand(): Command {
  return new Command('cases')
    .description('what was found, and a person’s decision about it')
    .addCommand(list())
    .addCommand(show())
    .addCommand(confirm())
    .addCommand(dismiss())
    .addCommand(close())
    .addCommand(batchCommand())
}

interface Window extends GroundOptions {
  readonly state?: CaseState
  readonly before?: number
  readonly json?: true
}

const page = 100

function list(): Command {
  return groundCommand('list', `newest first, ${page} at a time`)
    .addOption(new Option('--state <state>', 'only these').choices(caseStates))
    .option('--before <number>', 'go on below this case number', Number)
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (options: Window) => {
        const { state, before } = options
        const { cases, environment } = await onGround(options, async ({ database, config }) => {
          const heads = await listCases(database.read, { state, before, limit: page })
          const appeals = await countAppealsOfCases(
            database.read,
            heads.map(({ id }) => id),
          )
          const cases = heads.map((head) => ({ ...head, appeals: appeals.get(head.id) ?? 0 }))
          return { cases, environment: config.environment }
        })
        printRows(
          cases,
          [
            { title: 'case', of: ({ number }) => String(number), align: 'right' },
            { title: 'state', of: (one) => one.state, tint: (one) => colours[one.state] },
            { title: '', of: ({ isTest }) => (isTest ? 'TEST' : ''), tint: () => 'yellow' },
            { title: 'files', of: ({ files }) => String(files), align: 'right' },
            {
              title: 'appeals',
              of: ({ appeals }) => (appeals === 0 ? '' : String(appeals)),
              tint: () => 'yellow',
              align: 'right',
            },
            { title: 'opened', of: ({ openedAt }) => moment(openedAt) },
            { title: 'surface', of: ({ surface }) => surface },
            { title: 'jurisdiction', of: ({ jurisdiction }) => jurisdiction ?? '', shrinks: true },
          ],
          { json: options.json, none: state === undefined ? 'No case.' : `No case is ${state}.` },
        )
        const last = cases.at(-1)
        if (options.json) return fine
        if (last && cases.length === page) console.log(`More: --before ${last.number}`)
        console.log(environmentLine(environment))
        return fine
      }),
    )
}

function show(): Command {
  return groundCommand('show', 'one case with its matches, report, notices and appeals; never a hash value')
    .argument('<case>', 'its number')
    .option('--json', 'one JSON object')
    .action(
      ending(async (ref: string, options: GroundOptions & { json?: true }) => {
        const story = await onGround(options, (ground) => storyOf(ground, refOf(ref)))
        if (options.json) console.log(JSON.stringify(outward(story)))
        else for (const line of tellCase(story)) console.log(plain(line))
        return fine
      }),
    )
}

async function storyOf(ground: Ground, ref: number | string): Promise<CaseStory> {
  const { database, vault, clock } = ground
  const measured = await actionability(openDesk(ground), database.read, await readCase(database.read, vault, ref))
  const shown = await showCase(database.read, vault, ref)
  const people = await listPeople(database.read)
  const notices = await noticesOfCase(database.read, shown.id)
  const waits = await waitsOf(database.read, clock, notices, casesUndecided)
  return {
    ...shown,
    decider: people.find((person) => actorOf(person) === shown.decision?.by)?.name ?? null,
    actionability: measured === undefined ? null : { score: measured.points, lacking: lacksOf(measured) },
    report: (await reportOfCase(database.read, shown.id)) ?? null,
    notices: notices.map((one) => ({ ...one, waits: waits.get(one.id) ?? null })),
    appeals: await appealsOfCase(database.read, vault, shown.id),
    repairs: {
      of: await repairsOfCase(database.read, shown.id),
      undecided: (await undecidedRepair(database.read, shown.id)) ?? null,
      wrong: await wrongGrounds(ground, database.read, shown.id),
    },
  }
}

interface Deciding extends GroundOptions {
  readonly as: string
  readonly reason?: string
  readonly incidentType?: IncidentType
  readonly falseMatch?: boolean
}

function confirm(): Command {
  return groundCommand(
    'confirm',
    'a case that waits for review is reported; also one that settles, at once; again, one that could not be reported',
  )
    .argument('<case>', 'its number')
    .requiredOption(...asPersonOption)
    .option('--reason <text>', 'kept, sealed, with the case')
    .addOption(
      new Option(
        '--incident-type <type>',
        'what the report says it is; needed when a file matched only generative_ai or exploitative entries',
      ).choices(incidentTypes),
    )
    .option(...classifyOption)
    .option(...annotateOption)
    .option(...incidentAnnotationOption)
    .option(...escalateOption)
    .action(
      ending(async (ref: string, options: Deciding & ChoosingOptions & IncidentOptions) => {
        await onGround(options, async (ground) => {
          const by = actorOf(await personWhoMay(ground, options.as, 'decide_case'))
          const { reason, incidentType } = options
          const { files: inCase } = await showCase(ground.database.read, ground.vault, refOf(ref))
          const files = choicesOf(options, inCase)
          await confirmCase(openDesk(ground), refOf(ref), by, {
            reason,
            incidentType,
            files,
            ...incidentChoiceOf(options),
          })
          await tellDecision(ground, refOf(ref), 'confirmed')
        })
        return fine
      }),
    )
}

function dismiss(): Command {
  return groundCommand(
    'dismiss',
    'no report is made; the file is released, and the evidence destroyed after a short window',
  )
    .argument('<case>', 'its number')
    .requiredOption(...asPersonOption)
    .requiredOption('--reason <text>', 'kept, sealed, with the case')
    .option('--false-match', 'the entries are wrong about these pictures: prepares feedback to their source')
    .action(
      ending(async (ref: string, options: Deciding & { reason: string }) => {
        await onGround(options, async (ground) => {
          const by = actorOf(await personWhoMay(ground, options.as, 'decide_case'))
          const { reason, falseMatch } = options
          await dismissCase(openDesk(ground), refOf(ref), by, { reason, falseMatch })
          await tellDecision(ground, refOf(ref), 'dismissed')
        })
        return fine
      }),
    )
}

function close(): Command {
  return groundCommand(
    'close',
    'you have dealt with it elsewhere: for a case of class intimate, which is never reported; the file counts as removed',
  )
    .argument('<case>', 'its number')
    .requiredOption(...asPersonOption)
    .requiredOption('--reason <text>', 'how it was dealt with; kept, sealed, with the case')
    .action(
      ending(async (ref: string, options: Deciding & { reason: string }) => {
        await onGround(options, async (ground) => {
          const by = actorOf(await personWhoMay(ground, options.as, 'decide_case'))
          await closeCase(openDesk(ground), refOf(ref), by, { reason: options.reason })
          await tellDecision(ground, refOf(ref), 'closed')
        })
        return fine
      }),
    )
}

async function tellDecision(ground: Ground, ref: number | string, decision: string): Promise<void> {
  const { number, state } = await showCase(ground.database.read, ground.vault, ref)
  console.log(`Case ${number}: ${decision}, decided without viewing. It is now "${state}".`)
  if (state === 'reporting')
    console.log(`A running server files the report; \`wardline cases show ${number}\` tells how far it is.`)
  if (state === 'waiting_facts')
    console.log(
      `Its report would say too little to act on: it waits for the platform to say more (\`wardline cases show ${number}\`). Confirm it again to have it filed as it is.`,
    )
  if (state === 'cannot_report')
    console.log('There are no working CyberTipline credentials: it is filed once they are configured.')
  if (state === 'dismissed' || state === 'closed')
    console.log(`Its evidence is destroyed after ${ground.config.evidence.dismissedKeepDays} days by a running server.`)
}

const refOf = (text: string): number | string => (/^\d{1,15}$/.test(text) ? Number(text) : text)

const colours = {
  settling: 'cyan',
  set_aside: 'yellow',
  waiting_review: 'yellow',
  waiting_facts: 'yellow',
  reporting: 'cyan',
  reported: 'green',
  dismissed: 'dim',
  cannot_report: 'red',
  tested: 'green',
  closed: 'dim',
  reviewed_again: 'yellow',
  repaired: 'green',
} as const satisfies Record<CaseState, string>
