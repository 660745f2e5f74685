// `wardline lists set-aside`: entries that too many accounts hit, and what a person decides about them and all their cases.
import { type IncidentType, incidentTypes } from '@wardline/api'
import { decideEntry, type Foresight, keepEntryAside, releaseEntry } from '@wardline/server/flow'
import { type AsideView, listSetAsides } from '@wardline/server/lists'
import { openDesk } from '@wardline/server/main'
import { Command, Option } from 'commander'
import { actorOf, asPersonOption, personWhoMay } from '../as-person.ts'
import { ending, fine } from '../exit.ts'
import { moment } from '../moment.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { printRows } from '../table.ts'
import { usage } from '../words.ts'

export function setAsideCommand(): Command {
  return new Command('set-aside')
    .description('entries that too many unrelated accounts hit: what rests on them waits for a person')
    .addCommand(list())
    .addCommand(release())
    .addCommand(keep())
    .addCommand(decide())
}

function list(): Command {
  return groundCommand('list', 'newest first; never which entry, never a hash')
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (options: GroundOptions & { json?: true }) => {
        const rows = await onGround(options, ({ database, clock }) => listSetAsides(database.read, clock))
        printRows<AsideView>(
          rows,
          [
            { title: 'id', of: ({ id }) => id },
            { title: 'state', of: (one) => one.state, tint: (one) => colours[one.state] },
            { title: 'list', of: ({ listId, listGone }) => `${listId}${listGone ? ' (removed)' : ''}`, shrinks: true },
            { title: 'class', of: (one) => one.class },
            { title: 'accounts', of: ({ accounts }) => String(accounts), align: 'right' },
            {
              title: 'open cases',
              of: ({ openCases, deciding }) => `${openCases}${deciding ? ' (being decided)' : ''}`,
              align: 'right',
            },
            { title: 'since', of: ({ setAsideAt }) => moment(setAsideAt) },
            {
              title: 'look by',
              of: ({ reviewDueAt, overdue }) =>
                reviewDueAt === null ? '' : `${moment(reviewDueAt)}${overdue ? ' OVERDUE' : ''}`,
              tint: ({ overdue }) => (overdue ? 'red' : undefined),
            },
          ],
          { json: options.json, none: 'No entry was ever set aside.' },
        )
        return fine
      }),
    )
}

interface About extends GroundOptions {
  readonly as: string
  readonly reason: string
}

const about = (name: string, description: string) =>
  groundCommand(name, description)
    .argument('<id>', 'as `wardline lists set-aside list` shows it')
    .requiredOption(...asPersonOption)
    .requiredOption('--reason <text>', 'kept, sealed')

function release(): Command {
  return about('release', 'the entry is right: what waits goes on, and it is never set aside again').action(
    ending(async (id: string, options: About) => {
      await onGround(options, async (ground) => {
        const by = actorOf(await personWhoMay(ground, options.as, 'decide_case'))
        await releaseEntry(openDesk(ground), { id, by, reason: options.reason })
      })
      console.log(`${id} is released: a running server sends off what waited for it alone.`)
      return fine
    }),
  )
}

function keep(): Command {
  return about('keep', 'looked at, and it stays set aside; to be looked at again within a day').action(
    ending(async (id: string, options: About) => {
      await onGround(options, async (ground) => {
        const by = actorOf(await personWhoMay(ground, options.as, 'decide_case'))
        await keepEntryAside(openDesk(ground), { id, by, reason: options.reason })
      })
      console.log(
        `${id} stays set aside. Its cases wait: \`wardline lists set-aside decide ${id}\` decides those that rest on it.`,
      )
      return fine
    }),
  )
}

interface Deciding extends About {
  readonly confirm?: true
  readonly dismiss?: true
  readonly incidentType?: IncidentType
  readonly falseMatch?: boolean
}

function decide(): Command {
  return about('decide', 'one decision for all cases that rest on the entry; a running server carries it out')
    .option('--confirm', 'they are reported, but for those that something undecided holds as well')
    .option('--dismiss', 'they are dismissed, but for those that something undecided holds as well')
    .addOption(new Option('--incident-type <type>', 'with --confirm: what the reports say').choices(incidentTypes))
    .option('--false-match', 'with --dismiss: the entry is wrong; prepares feedback to its source')
    .action(
      ending(async (id: string, options: Deciding) => {
        const { confirm, dismiss, reason, incidentType, falseMatch } = options
        if ((confirm === true) === (dismiss === true)) throw usage('say either --confirm or --dismiss')
        if (dismiss && incidentType !== undefined) throw usage('--incident-type goes with --confirm')
        if (confirm && falseMatch !== undefined) throw usage('--false-match goes with --dismiss')
        const says = confirm ? 'confirm' : 'dismiss'
        const told = await onGround(options, async (ground) => {
          const by = actorOf(await personWhoMay(ground, options.as, 'decide_case'))
          return decideEntry(openDesk(ground), { id, by, reason, says, incidentType, falseMatch })
        })
        for (const line of outcomeOf(id, says, told)) console.log(line)
        return fine
      }),
    )
}

/** What the decision comes to, in numbers: nobody should believe in a dismissal that left every case where it was. */
export function outcomeOf(id: string, says: 'confirm' | 'dismiss', told: Foresight): readonly string[] {
  const { taken, left, heldByAsides, heldOtherwise, refused } = told
  const done = says === 'confirm' ? 'confirmed' : 'dismissed'
  const lines = [
    `${taken} of the ${taken + left} open cases of ${id} ${taken === 1 ? 'is' : 'are'} being ${done} by a running server, without viewing; ${left} ${left === 1 ? 'is' : 'are'} left.`,
  ]
  for (const { id: other, cases } of heldByAsides)
    lines.push(
      `  ${cases} left: the entry of ${other} is set aside and holds ${itOr(cases)} too. To take ${itOr(cases)} along, decide that one the same way.`,
    )
  if (heldOtherwise > 0)
    lines.push(
      `  ${heldOtherwise} left: an entry that is not set aside holds ${itOr(heldOtherwise)} too. \`wardline cases list\`; decide ${heldOtherwise === 1 ? 'it' : 'each'} by itself.`,
    )
  if (refused > 0)
    lines.push(
      `  ${refused} left: no report can be made of ${itOr(refused)} so (the class, no --incident-type, or not production). \`wardline cases confirm N\` says why.`,
    )
  if (left > 0) lines.push('Because of what is left, the day by which somebody must look at the entry stays as it was.')
  return lines
}

const itOr = (count: number) => (count === 1 ? 'it' : 'them')

const colours = {
  set_aside: 'red',
  kept: 'yellow',
  released: 'green',
} as const satisfies Record<AsideView['state'], string>
