// `wardline cases batch`: one picture on many accounts that a person calls viral or a potential meme becomes one report.
import { type IncidentType, incidentTypes } from '@wardline/api'
import { type BatchBy, type BatchForeseen, batchCases, foreseeBatch } from '@wardline/server/flow'
import { openDesk } from '@wardline/server/main'
import { type Command, Option } from 'commander'
import { actorOf, personWhoMay } from './as-person.ts'
import { ending, fine } from './exit.ts'
import { type GroundOptions, groundCommand, onGround } from './on-ground.ts'
import { usage } from './words.ts'

interface Options extends GroundOptions {
  readonly file?: string
  readonly entry?: string
  readonly cases?: readonly number[]
  readonly viral?: true
  readonly potentialMeme?: true
  readonly as?: string
  readonly reason?: string
  readonly incidentType?: IncidentType
  readonly json?: true
}

export function batchCommand(): Command {
  return groundCommand(
    'batch',
    'cases of one viral picture, or meme, become one report; without --cases it says which could, and decides nothing',
  )
    .addOption(new Option('--file <id>', 'cases that hold the very bytes of this file').conflicts('entry'))
    .option('--entry <id>', 'cases that rest on this entry, as `wardline lists set-aside list` shows it')
    .addOption(new Option('--cases <numbers>', 'the cases to take, as 3,5,9: each one named').argParser(numbers))
    .option('--viral', 'your word: it spreads fast')
    .option('--potential-meme', 'your word: it is shared out of mimicry, with no malice apparent')
    .option('--as <email>', 'who decides; must be one of `wardline people list`')
    .option('--reason <text>', 'kept, sealed, with each case')
    .addOption(new Option('--incident-type <type>', 'as `wardline cases confirm` takes it').choices(incidentTypes))
    .option('--json', 'one JSON object')
    .action(
      ending(async (options: Options) => {
        const of = byOf(options)
        if (options.cases === undefined) await foresee(of, options)
        else await decide(of, options, options.cases)
        return fine
      }),
    )
}

function byOf({ file, entry }: Options): BatchBy {
  if (file !== undefined) return { fileId: file }
  if (entry !== undefined) return { asideId: entry }
  throw usage('name the picture: --file ID (its very bytes) or --entry ID (an entry that is set aside)')
}

function numbers(text: string): readonly number[] {
  if (!/^\d{1,9}(,\d{1,9})*$/.test(text)) throw usage('--cases takes numbers with commas between them, as 3,5,9')
  return text.split(',').map(Number)
}

async function foresee(of: BatchBy, options: Options): Promise<void> {
  const foreseen = await onGround(options, (ground) => foreseeBatch(openDesk(ground), of, options.incidentType))
  if (options.json) console.log(JSON.stringify({ ...foreseen, cases: foreseen.cases.map(({ number }) => number) }))
  else for (const line of tell(foreseen)) console.log(line)
}

function tell({ cases, left }: BatchForeseen): string[] {
  const those = cases.map(({ number }) => number).join(',')
  return [
    cases.length < 2 ? 'There are no two cases that could be one report.' : `These could be one report: ${those}`,
    ...left.map(({ number, why }) => `Not case ${number}: ${why}.`),
    ...(cases.length < 2
      ? []
      : [
          'Nothing was decided. Such a report names the accounts by their ids and says nothing else of them; look at the cases,',
          'then say --cases, --viral and/or --potential-meme, --as and --reason.',
        ]),
  ]
}

async function decide(of: BatchBy, options: Options, cases: readonly number[]): Promise<void> {
  const { as, reason, viral = false, potentialMeme = false, incidentType } = options
  if (as === undefined || reason === undefined) throw usage('a batch needs --as EMAIL and --reason TEXT')
  const { reportId } = await onGround(options, async (ground) => {
    const by = actorOf(await personWhoMay(ground, as, 'decide_case'))
    return batchCases(openDesk(ground), { by, of, cases, viral, potentialMeme, reason, incidentType })
  })
  console.log(`${cases.length} cases are confirmed, decided without viewing, and are one report now: ${reportId}.`)
  console.log(`A running server files it; \`wardline reports show ${reportId}\` tells how far it is.`)
}
