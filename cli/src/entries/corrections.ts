// `wardline lists corrections`: false alarms that two people declare, from a case's file. No hash and no entry is ever shown.
import { listPeople } from '@wardline/server/access'
import { proposeForCase } from '@wardline/server/flow'
import {
  approveCorrection,
  type CorrectionView,
  listCorrections,
  refuseCorrection,
  withdrawCorrection,
} from '@wardline/server/lists'
import { openDesk } from '@wardline/server/main'
import { Command } from 'commander'
import { asPersonOption, personWhoMay } from '../as-person.ts'
import { ending, fine } from '../exit.ts'
import { givenMoment } from '../given-moment.ts'
import { moment } from '../moment.ts'
import { type Ground, type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { printRows } from '../table.ts'

export function correctionsCommand(): Command {
  return new Command('corrections')
    .description('entries that are wrong about a picture: one person proposes, another approves')
    .addCommand(list())
    .addCommand(propose())
    .addCommand(approve())
    .addCommand(refuse())
    .addCommand(withdraw())
}

function list(): Command {
  return groundCommand('list', 'newest first; never a hash, never which entry')
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (options: GroundOptions & { json?: true }) => {
        const rows = await onGround(options, async ({ database, vault, clock }) => {
          const people = new Map((await listPeople(database.read)).map(({ id, name }) => [id, name]))
          const nameOf = (id: string) => people.get(id) ?? id
          return (await listCorrections(database.read, vault, clock)).map((one) => ({
            ...one,
            proposedBy: nameOf(one.proposedBy),
            approvedBy: one.approvedBy && nameOf(one.approvedBy),
          }))
        })
        printRows<CorrectionView>(
          rows,
          [
            { title: 'id', of: ({ id }) => id },
            { title: 'state', of: (one) => one.state, tint: (one) => colours[one.state] },
            { title: 'entries', of: ({ entries }) => String(entries), align: 'right' },
            { title: 'lists', of: ({ listIds }) => listIds.join(', '), shrinks: true },
            { title: 'proposed by', of: ({ proposedBy }) => proposedBy, shrinks: true },
            { title: 'approved by', of: ({ approvedBy }) => approvedBy ?? '', shrinks: true },
            {
              title: 'review',
              of: (one) => `${moment(one.reviewAt).slice(0, 10)}${one.overdue ? ' OVERDUE' : ''}`,
              tint: ({ overdue }) => (overdue ? 'red' : undefined),
            },
            { title: 'reason', of: ({ reason }) => reason, shrinks: true },
          ],
          { json: options.json, none: 'No correction.' },
        )
        return fine
      }),
    )
}

interface Proposing extends GroundOptions {
  readonly as: string
  readonly reason: string
  readonly review: string
  readonly file?: string
  readonly list?: string
}

function propose(): Command {
  return groundCommand(
    'propose',
    'the entries that a case’s file met are wrong about it; in force once another person approves',
  )
    .argument('<case>', 'its number')
    .requiredOption(...asPersonOption)
    .requiredOption('--reason <text>', 'kept, sealed')
    .requiredOption(
      '--review <date>',
      'when somebody looks at it again, as 2027-01-31; it stays in force until it is withdrawn',
    )
    .option('--file <id>', 'which file, when the case holds several')
    .option('--list <id>', 'only the entries of this list')
    .action(
      ending(async (ref: string, options: Proposing) => {
        const id = await onGround(options, async (ground) => {
          const { id: by } = await personWhoMay(ground, options.as, 'decide_case')
          return proposeForCase(openDesk(ground), {
            caseRef: /^\d{1,15}$/.test(ref) ? Number(ref) : ref,
            fileId: options.file,
            listId: options.list,
            by,
            reason: options.reason,
            reviewAt: givenMoment(options.review, '--review'),
          })
        })
        console.log(
          `${id} waits for another person: \`wardline lists corrections approve ${id} --as EMAIL --reason TEXT\`.`,
        )
        return fine
      }),
    )
}

interface Answering extends GroundOptions {
  readonly as: string
  readonly reason: string
}

const answer = (name: string, description: string) =>
  groundCommand(name, description)
    .argument('<id>', 'as `wardline lists corrections list` shows it')
    .requiredOption(...asPersonOption)
    .requiredOption('--reason <text>', 'kept with the decision')

function approve(): Command {
  return answer('approve', 'another person than the one who proposed it agrees: it is in force within a second').action(
    ending(async (id: string, options: Answering) => {
      await answered(id, options, 'decide_approval', approveCorrection)
      console.log(`${id} is in force.`)
      return fine
    }),
  )
}

function refuse(): Command {
  return answer('refuse', 'it is not to be').action(
    ending(async (id: string, options: Answering) => {
      await answered(id, options, 'decide_approval', refuseCorrection)
      console.log(`${id} is refused.`)
      return fine
    }),
  )
}

function withdraw(): Command {
  return answer('withdraw', 'one person ends it: the entries count again').action(
    ending(async (id: string, options: Answering) => {
      await answered(id, options, 'decide_case', withdrawCorrection)
      console.log(`${id} is withdrawn: its entries count again within a second.`)
      return fine
    }),
  )
}

async function answered(
  id: string,
  options: Answering,
  act: 'decide_approval' | 'decide_case',
  work: typeof approveCorrection,
): Promise<void> {
  await onGround(options, async (ground: Ground) => {
    const { id: by } = await personWhoMay(ground, options.as, act)
    const { database, clock } = ground
    await database.transact((tx) => work(tx, clock, { id, by, reason: options.reason }))
  })
}

const colours = {
  proposed: 'yellow',
  in_force: 'green',
  refused: 'dim',
  withdrawn: 'dim',
} as const satisfies Record<CorrectionView['state'], string>
