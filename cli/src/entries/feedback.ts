// `wardline lists feedback`: what cases taught about entries, sent to their source only when an operator approves.

import { approveAndSend, askForReasons } from '@wardline/server/flow'
import { type FeedbackView, listFeedback, refuseFeedback } from '@wardline/server/lists'
import { openDesk } from '@wardline/server/main'
import { Command, Option } from 'commander'
import { actorOf, asPersonOption, personWhoMay } from '../as-person.ts'
import { ending, fine } from '../exit.ts'
import { moment } from '../moment.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { printRows } from '../table.ts'

export function feedbackCommand(): Command {
  return new Command('feedback')
    .description('what cases taught about NCMEC’s entries, told to NCMEC when an operator approves')
    .addCommand(list())
    .addCommand(reasons())
    .addCommand(approve())
    .addCommand(refuse())
}

function list(): Command {
  return groundCommand('list', 'newest first; never which entry, never a hash')
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (options: GroundOptions & { json?: true }) => {
        const rows = await onGround(options, ({ database }) => listFeedback(database.read))
        printRows<FeedbackView>(
          rows,
          [
            { title: 'id', of: ({ id }) => id },
            { title: 'state', of: (one) => one.state, tint: (one) => colours[one.state] },
            { title: 'says', of: ({ says, disputed }) => `${says}${disputed ? ' (DISPUTED)' : ''}` },
            { title: 'of its', of: ({ algorithm }) => algorithm },
            { title: 'list', of: ({ listId }) => listId, shrinks: true },
            { title: 'changed', of: ({ changedAt }) => moment(changedAt) },
            { title: 'trouble', of: ({ trouble }) => trouble ?? '', shrinks: true },
            { title: 'case', of: ({ caseId }) => caseId, shrinks: true },
          ],
          { json: options.json, none: 'No feedback was prepared.' },
        )
        return fine
      }),
    )
}

function reasons(): Command {
  return groundCommand('reasons', 'asks a list’s service which reasons a negative feedback may give')
    .argument('<list>', 'a configured list of NCMEC’s')
    .addOption(new Option('--type <type>', 'of which kind of hash').choices(['pdq', 'md5', 'sha1']).default('pdq'))
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (listId: string, options: GroundOptions & { type: 'pdq' | 'md5' | 'sha1'; json?: true }) => {
        const rows = await onGround(options, (ground) => askForReasons(openDesk(ground), listId, options.type))
        printRows(
          rows,
          [
            { title: 'reason id', of: ({ guid }) => guid },
            { title: 'reason', of: ({ name }) => name, shrinks: true },
          ],
          { json: options.json, none: 'The list service names no reason.' },
        )
        return fine
      }),
    )
}

interface Approving extends GroundOptions {
  readonly as: string
  readonly reasonId?: string
}

function approve(): Command {
  return groundCommand('approve', 'a running server sends it, once')
    .argument('<id>', 'as `wardline lists feedback list` shows it')
    .requiredOption(...asPersonOption)
    .option(
      '--reason-id <id>',
      'for a negative one: one of `wardline lists feedback reasons LIST`; the service is asked whether it is',
    )
    .action(
      ending(async (id: string, options: Approving) => {
        await onGround(options, async (ground) => {
          const by = actorOf(await personWhoMay(ground, options.as, 'decide_feedback'))
          await approveAndSend(openDesk(ground), { id, by, reasonId: options.reasonId })
        })
        console.log(`${id} is approved; \`wardline lists feedback list\` tells how it went.`)
        return fine
      }),
    )
}

function refuse(): Command {
  return groundCommand('refuse', 'it is never sent')
    .argument('<id>', 'as `wardline lists feedback list` shows it')
    .requiredOption(...asPersonOption)
    .action(
      ending(async (id: string, options: Approving) => {
        await onGround(options, async (ground) => {
          const by = actorOf(await personWhoMay(ground, options.as, 'decide_feedback'))
          const { database, clock } = ground
          await database.transact((tx) => refuseFeedback(tx, clock, { id, by }))
        })
        console.log(`${id} is refused.`)
        return fine
      }),
    )
}

const colours = {
  waiting: 'yellow',
  approved: 'cyan',
  sending: 'cyan',
  sent: 'green',
  unknown: 'red',
  failed: 'red',
  refused: 'dim',
} as const satisfies Record<FeedbackView['state'], string>
