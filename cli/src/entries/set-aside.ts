// `wardline lists set-aside`: entries that too many accounts hit, and what a person decides about them and all their cases.
import { type IncidentType, incidentTypes } from '@wardline/api'
import { decideEntry, keepEntryAside, releaseEntry } from '@wardline/server/flow'
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
            { title: 'list', of: ({ listId }) => listId, shrinks: true },
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
      console.log(`${id} is released: a running server sends off what waited for it.`)
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
      console.log(`${id} stays set aside. Its cases wait: \`wardline lists set-aside decide ${id}\` decides them all.`)
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
    .option('--confirm', 'they are reported, but for those that something else would hold as well')
    .option('--dismiss', 'they are dismissed, but for those that something else would hold as well')
    .addOption(new Option('--incident-type <type>', 'with --confirm: what the reports say').choices(incidentTypes))
    .option('--false-match', 'with --dismiss: the entry is wrong; prepares feedback to its source')
    .action(
      ending(async (id: string, options: Deciding) => {
        const { confirm, dismiss, reason, incidentType, falseMatch } = options
        if ((confirm === true) === (dismiss === true)) throw usage('say either --confirm or --dismiss')
        if (dismiss && incidentType !== undefined) throw usage('--incident-type goes with --confirm')
        if (confirm && falseMatch !== undefined) throw usage('--false-match goes with --dismiss')
        const says = confirm ? 'confirm' : 'dismiss'
        await onGround(options, async (ground) => {
          const by = actorOf(await personWhoMay(ground, options.as, 'decide_case'))
          await decideEntry(openDesk(ground), { id, by, reason, says, incidentType, falseMatch })
        })
        console.log(
          `The open cases of ${id} are being ${confirm ? 'confirmed' : 'dismissed'}, decided without viewing; those that something else would hold as well stay with a person.`,
        )
        return fine
      }),
    )
}

const colours = {
  set_aside: 'red',
  kept: 'yellow',
  released: 'green',
} as const satisfies Record<AsideView['state'], string>
