// `wardline notices`: who is told of a report, and when; and a notice that was given up, sent again once a person says so.
import { retryNotice } from '@wardline/server/flow'
import { openDesk } from '@wardline/server/main'
import { listNotices, type NoticeView } from '@wardline/server/notices'
import { Command, Option } from 'commander'
import { actorWhoMay, asPersonOption } from '../as-person.ts'
import { ending, fine } from '../exit.ts'
import { moment } from '../moment.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { printRows } from '../table.ts'

export function noticesCommand(): Command {
  return new Command('notices')
    .description('who is told of a report, and what could not be delivered')
    .addCommand(list())
    .addCommand(retry())
}

interface Window extends GroundOptions {
  readonly state?: NoticeView['state']
  readonly before?: string
  readonly json?: true
}

const page = 100

function list(): Command {
  return groundCommand('list', `newest first, ${page} at a time; never an address`)
    .addOption(new Option('--state <state>', 'only these').choices(Object.keys(colours)))
    .option('--before <id>', 'go on below this notice')
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (options: Window) => {
        const { state, before } = options
        const notices = await onGround(options, ({ database }) =>
          listNotices(database.read, { state, before, limit: page }),
        )
        printRows(
          notices,
          [
            { title: 'id', of: ({ id }) => id },
            { title: 'state', of: (one) => one.state, tint: (one) => colours[one.state] },
            { title: '', of: ({ isTest }) => (isTest ? 'TEST' : ''), tint: () => 'yellow' },
            { title: 'to the', of: ({ addressee }) => addressee },
            { title: 'sent or due', of: ({ sentAt, dueAt }) => moment(sentAt ?? dueAt), shrinks: true },
            { title: 'tries', of: ({ attempts }) => String(attempts), align: 'right' },
            { title: 'reason', of: ({ reason }) => reason ?? '', shrinks: true },
            { title: 'case', of: ({ caseId }) => caseId, shrinks: true },
          ],
          { json: options.json, none: state === undefined ? 'No notice.' : `No notice is ${state}.` },
        )
        if (options.json) return fine
        const last = notices.at(-1)
        if (last && notices.length === page) console.log(`More: --before ${last.id}`)
        const dead = notices.filter((notice) => notice.state === 'dead').length
        if (dead > 0) console.log(`${dead} dead: mend what is in the way, then \`wardline notices retry ID\`.`)
        return fine
      }),
    )
}

function retry(): Command {
  return groundCommand('retry', 'send a notice that was given up again, once its trouble is mended')
    .argument('<id>', 'as `wardline notices list` shows it')
    .option(...asPersonOption)
    .action(
      ending(async (id: string, options: GroundOptions & { as?: string }) => {
        await onGround(options, async (ground) => {
          const by = await actorWhoMay(ground, options.as, 'retry_job')
          await retryNotice(openDesk(ground), id, by)
        })
        console.log(`${id} is due now; \`wardline notices list\` tells how it went.`)
        return fine
      }),
    )
}

const colours = {
  waiting: undefined,
  sending: 'cyan',
  sent: 'green',
  not_sent: undefined,
  dead: 'red',
} as const satisfies Record<NoticeView['state'], string | undefined>
