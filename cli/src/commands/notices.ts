// `wardline notices`: who is told of a report, and when; what could not be delivered; who lets go, and what holds.
import { numbersOfCases } from '@wardline/server/cases'
import { retryNotice } from '@wardline/server/flow'
import { openDesk } from '@wardline/server/main'
import { listNotices, type NoticeView, releaseNotice, showNotice, type Waits, waitsOf } from '@wardline/server/notices'
import { casesUndecided } from '@wardline/server/repairs'
import { Command, Option } from 'commander'
import { actorOf, actorWhoMay, asPersonOption, personWhoMay } from '../as-person.ts'
import { ending, fine } from '../exit.ts'
import { moment } from '../moment.ts'
import { holdCommand } from '../notices/hold.ts'
import { tellNotice } from '../notices/story.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { numbersOf } from '../shown-names.ts'
import { outward, printRows } from '../table.ts'

export function noticesCommand(): Command {
  return new Command('notices')
    .description('who is told of a report, what could not be delivered, and what holds')
    .addCommand(list())
    .addCommand(show())
    .addCommand(release())
    .addCommand(retry())
    .addCommand(holdCommand())
}

interface Window extends GroundOptions {
  readonly state?: NoticeView['state']
  readonly unreleased?: true
  readonly before?: string
  readonly json?: true
}

const page = 100

function list(): Command {
  return groundCommand('list', `newest first, ${page} at a time; never an address`)
    .addOption(new Option('--state <state>', 'only these').choices(Object.keys(colours)))
    .option('--unreleased', 'only those that a person must release')
    .option('--before <id>', 'go on below this notice')
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (options: Window) => {
        const { state, unreleased, before } = options
        const notices = await onGround(options, async ({ database, clock }) => {
          const views = await listNotices(database.read, { state, unreleased, before, limit: page })
          const waits = await waitsOf(database.read, clock, views, casesUndecided)
          const notices = views.map(({ told: _, ...view }) => ({ ...view, waits: waits.get(view.id) ?? null }))
          const numbers = await numbersOfCases(
            database.read,
            notices.map(({ caseId }) => caseId),
          )
          return notices.map((one) => ({ ...one, caseNumber: numbers.get(one.caseId) ?? null }))
        })
        printRows(
          notices,
          [
            { title: 'id', of: ({ id }) => id },
            { title: 'state', of: (one) => one.state, tint: (one) => colours[one.state] },
            { title: '', of: ({ isTest }) => (isTest ? 'TEST' : ''), tint: () => 'yellow' },
            { title: 'to the', of: ({ addressee }) => addressee },
            { title: 'kind', of: ({ kind }) => kind },
            { title: 'sent or due', of: ({ sentAt, dueAt }) => moment(sentAt ?? dueAt), shrinks: true },
            { title: 'tries', of: ({ attempts }) => String(attempts), align: 'right' },
            { title: 'reason', of: ({ reason, waits }) => waitWords(waits) ?? reason ?? '', shrinks: true },
            {
              title: 'of',
              of: ({ caseId, caseNumber }) => (caseNumber === null ? caseId : `case ${caseNumber}`),
              shrinks: true,
            },
          ],
          { json: options.json, none: state === undefined ? 'No notice.' : `No notice is ${state}.` },
        )
        if (options.json) return fine
        const last = notices.at(-1)
        if (last && notices.length === page) console.log(`More: --before ${last.id}`)
        const dead = notices.filter((notice) => notice.state === 'dead').length
        if (dead > 0) console.log(`${dead} dead: mend what is in the way, then \`wardline notices retry ID\`.`)
        const held = notices.filter((notice) => notice.release !== null).length
        if (held > 0)
          console.log(`${held} to be released by a person: \`wardline notices release ID --as EMAIL --reason TEXT\`.`)
        return fine
      }),
    )
}

/** Only what is more than its state and its due time say. */
function waitWords(waits: Waits | null): string | undefined {
  if (waits?.for === 'legal_hold') return `legal hold until ${moment(waits.until)}`
  if (waits?.for === 'release') return 'a person must release it'
  if (waits?.for === 'repair') return 'people decide first whether its case was an error'
  if (waits?.for === 'platform') return 'the platform has it'
  return undefined
}

function show(): Command {
  return groundCommand('show', 'one notice: what it waits for, every try, and what comes next; never an address')
    .argument('<id>', 'as `wardline notices list` shows it')
    .option('--json', 'one JSON object')
    .action(
      ending(async (id: string, options: GroundOptions & { json?: true }) => {
        const { shown, numberOf } = await onGround(options, async ({ database, clock }) => {
          const { told: _, ...shown } = await showNotice(database.read, clock, id, casesUndecided)
          return { shown, numberOf: await numbersOf({ database }, [shown.caseId]) }
        })
        if (options.json) console.log(JSON.stringify(outward(shown)))
        else for (const line of tellNotice(shown, numberOf)) console.log(line)
        return fine
      }),
    )
}

function release(): Command {
  return groundCommand('release', 'let a notice of an escalated report, or one with a known victim, go')
    .argument('<id>', 'as `wardline notices list --unreleased` shows it')
    .requiredOption('--reason <text>', 'why it may go now; kept sealed')
    .requiredOption(...asPersonOption)
    .action(
      ending(async (id: string, options: GroundOptions & { reason: string; as: string }) => {
        const { dueAt, waits } = await onGround(options, async (ground) => {
          const { database, clock, vault } = ground
          const by = actorOf(await personWhoMay(ground, options.as, 'release_notice'))
          return database.transact(async (tx) => {
            await releaseNotice(tx, clock, vault, { noticeId: id, by, reason: options.reason })
            return showNotice(tx, clock, id)
          })
        })
        console.log(
          waits?.for === 'legal_hold'
            ? `${id} is released, and a legal hold has it until ${moment(waits.until)} at least (wardline notices hold list): it goes after that.`
            : `${id} is released: it goes from ${moment(dueAt)} on, unless a legal instrument holds it.`,
        )
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
