// `wardline appeals`: what people say against a decision, and the hearing of it by somebody who had no part in that.
import { appealOutcomes, appealStates } from '@wardline/api'
import { may, scopesOfRoles } from '@wardline/server/access'
import {
  type AppealOutcome,
  type AppealState,
  appealStory,
  listAppeals,
  type NamedGround,
  unheardAppeals,
} from '@wardline/server/appeals'
import { decideOnAppeal, handBackAppeal } from '@wardline/server/flow'
import { openDesk } from '@wardline/server/main'
import { repairsOfAppeal } from '@wardline/server/repairs'
import { Command, Option } from 'commander'
import { type ToldAppeal, tellAppeal } from '../appeal-story.ts'
import { actorOf, asPersonOption, personWhoMay } from '../as-person.ts'
import { ending, fine } from '../exit.ts'
import { moment } from '../moment.ts'
import { type Ground, type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { namesOfPeople } from '../shown-names.ts'
import { outward, plain, printRows } from '../table.ts'
import { usage } from '../words.ts'

export function appealsCommand(): Command {
  return new Command('appeals')
    .description('what people say against a decision, heard by somebody who had no part in it')
    .addCommand(list())
    .addCommand(show())
    .addCommand(decide('decide', 1, 'the person who hears it decides it'))
    .addCommand(decide('second-look', 2, 'another person looks at an upheld one: upheld for good, or overturned'))
    .addCommand(handBack())
}

interface Window extends GroundOptions {
  readonly state?: AppealState | 'open'
  readonly before?: number
  readonly of?: string
  readonly json?: true
}

const page = 100

function list(): Command {
  return groundCommand('list', `newest first, ${page} at a time`)
    .addOption(
      new Option('--state <state>', 'only these; open: whatever is not decided').choices(['open', ...appealStates]),
    )
    .option('--of <email>', 'only those that this person hears')
    .option('--before <number>', 'go on below this number', Number)
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (options: Window) => {
        const { state, before, of } = options
        const { appeals, nameOf } = await onGround(options, async (ground) => {
          const assignedTo = of === undefined ? undefined : (await personWhoMay(ground, of, 'hear_appeal')).id
          const appeals = await listAppeals(ground.database.read, { state, before, assignedTo, limit: page })
          const unheard = await unheardAppeals(ground.database.read)
          const waiting = appeals.map((one) => ({ ...one, waits: unheard.get(one.id) ?? null }))
          return { appeals: waiting, nameOf: await namesOfPeople(ground) }
        })
        const now = Date.now()
        const isLate = ({ dueAt, decidedAt }: { dueAt: number; decidedAt: number | null }) =>
          decidedAt === null && dueAt <= now
        printRows(
          appeals,
          [
            { title: 'appeal', of: ({ number }) => String(number), align: 'right' },
            { title: 'state', of: (one) => one.state, tint: (one) => colours[one.state] },
            { title: '', of: ({ isTest }) => (isTest ? 'TEST' : ''), tint: () => 'yellow' },
            { title: 'case', of: ({ caseNumber }) => String(caseNumber), align: 'right' },
            { title: 'opened', of: ({ openedAt }) => moment(openedAt), shrinks: true },
            {
              title: 'due or decided',
              of: (one) => `${moment(one.decidedAt ?? one.dueAt)}${isLate(one) ? ' OVERDUE' : ''}`,
              tint: (one) => (isLate(one) ? 'red' : undefined),
            },
            {
              title: 'heard by',
              of: ({ assignedTo, waits }) => (assignedTo === null ? (waits ? 'NOBODY CAN' : '') : nameOf(assignedTo)),
              tint: ({ waits }) => (waits ? 'red' : undefined),
              shrinks: true,
            },
          ],
          { json: options.json, none: state === undefined ? 'No appeal.' : `No appeal is ${state}.` },
        )
        const last = appeals.at(-1)
        if (options.json) return fine
        if (last && appeals.length === page) console.log(`More: --before ${last.number}`)
        const stuck = appeals.flatMap(({ waits }) => waits ?? [])[0]
        if (stuck) console.log(`Nobody can hear what says so: ${stuck.words}.\n${stuck.next}`)
        return fine
      }),
    )
}

function show(): Command {
  return groundCommand('show', 'one appeal: its words, what was found and how near, who hears it; never a hash value')
    .argument('<appeal>', 'its number')
    .option('--json', 'one JSON object')
    .action(
      ending(async (ref: string, options: GroundOptions & { json?: true }) => {
        const story = await onGround(options, (ground) => storyOf(ground, refOf(ref)))
        if (options.json) console.log(JSON.stringify(outward(story)))
        else for (const line of tellAppeal(story)) console.log(plain(line))
        return fine
      }),
    )
}

interface Deciding extends GroundOptions {
  readonly as: string
  readonly outcome: AppealOutcome
  readonly reason: string
  readonly ground?: readonly string[]
  readonly file?: readonly string[]
}

function decide(name: string, round: 1 | 2, description: string): Command {
  return groundCommand(name, description)
    .argument('<appeal>', 'its number')
    .requiredOption(...asPersonOption)
    .addOption(
      new Option('--outcome <outcome>', 'upheld: the decision stands; overturned_*: what was wrong')
        .choices(appealOutcomes)
        .makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'kept, sealed; never told to whoever objects')
    .option('--ground <file:n...>', 'with overturned_entry: grounds whose entry is wrong, as `show` numbers them')
    .option('--file <n...>', 'with overturned_match: files that are not what was matched; all, unless said')
    .action(
      ending(async (ref: string, options: Deciding) => {
        const { outcome, reason } = options
        await onGround(options, async (ground) => {
          const by = actorOf(await personWhoMay(ground, options.as, 'hear_appeal'))
          const story = await appealStory(ground.database.read, ground.vault, refOf(ref))
          const verdict = { ref: refOf(ref), by, round, outcome, reason, ...namedIn(options, story.files) }
          await decideOnAppeal(openDesk(ground), verdict)
          await tellStanding(ground, refOf(ref))
        })
        return fine
      }),
    )
}

function handBack(): Command {
  return groundCommand(
    'hand-back',
    'you do not hear it; an administrator takes it from somebody. Chance picks another person',
  )
    .argument('<appeal>', 'its number')
    .requiredOption(...asPersonOption)
    .requiredOption('--reason <text>', 'kept, sealed')
    .action(
      ending(async (ref: string, options: GroundOptions & { as: string; reason: string }) => {
        await onGround(options, async (ground) => {
          const person = await personWhoMay(ground, options.as, 'hear_appeal')
          const { id: personId, roles } = person
          const scopes = [...scopesOfRoles(roles)]
          const anyones = may({ keyId: 'command line', personId, roles, scopes }, 'move_appeal')
          const { reason } = options
          await handBackAppeal(openDesk(ground), { ref: refOf(ref), by: actorOf(person), reason, anyones })
          await tellStanding(ground, refOf(ref))
        })
        return fine
      }),
    )
}

async function tellStanding(ground: Ground, ref: number | string): Promise<void> {
  const { number, state, assignedTo, waits, nameOf } = await storyOf(ground, ref)
  console.log(`Appeal ${number}: it is now "${state}".`)
  if (assignedTo !== null)
    console.log(`${nameOf(assignedTo)} hears it${state === 'second_look' ? ' (second look)' : ''}.`)
  if (waits !== null) console.log(`Nobody can hear it: ${waits.words}.\n${waits.next}`)
}

async function storyOf(ground: Ground, ref: number | string): Promise<ToldAppeal> {
  const { database, vault } = ground
  const story = await appealStory(database.read, vault, ref)
  return { ...story, ...(await repairsOfAppeal(database.read, vault, story)), nameOf: await namesOfPeople(ground) }
}

/** `--ground 1:2` is the second ground of the first file, `--file 1` the first file, as `show` numbers them. */
function namedIn(
  { outcome, ground = [], file = [] }: Deciding,
  files: readonly { readonly id: string }[],
): { readonly grounds?: readonly NamedGround[]; readonly files?: readonly string[] } {
  if (ground.length > 0 && outcome !== 'overturned_entry') throw usage('--ground goes with --outcome overturned_entry')
  if (file.length > 0 && outcome !== 'overturned_match') throw usage('--file goes with --outcome overturned_match')
  const fileAt = (text: string) => files[Number(text) - 1]?.id ?? files.find(({ id }) => id === text)?.id
  const grounds = ground.map((one) => {
    const [, at, number = ''] = /^(\w+):(\d{1,5})$/.exec(one) ?? []
    if (at === undefined) throw usage('a --ground is FILE:N, as `wardline appeals show` numbers them')
    const fileId = fileAt(at)
    if (fileId === undefined)
      throw usage('a --ground names a file that this case has not: `wardline appeals show` numbers them')
    return { fileId, index: Number(number) - 1 }
  })
  const named = file.map((one) => {
    const fileId = fileAt(one)
    if (fileId === undefined) throw usage('a --file is the number of one, as `wardline appeals show` gives them')
    return fileId
  })
  return { ...(grounds.length > 0 && { grounds }), ...(named.length > 0 && { files: named }) }
}

const refOf = (text: string): number | string => (/^\d{1,9}$/.test(text) ? Number(text) : text)

const colours = {
  waiting: 'yellow',
  assigned: 'cyan',
  second_look: 'yellow',
  upheld: 'dim',
  overturned_entry: 'green',
  overturned_match: 'green',
  overturned_context: 'green',
} as const satisfies Record<AppealState, string>
