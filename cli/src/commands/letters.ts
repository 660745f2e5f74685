// `wardline letters`: mail to the appeals address, and the tray of those that fit no case, which a person opens and decides.
import { attachLetter } from '@wardline/server/flow'
import { dismissLetter, type Letter, type LetterHead, listLetters, openLetter } from '@wardline/server/letters'
import { openDesk } from '@wardline/server/main'
import { Command, InvalidArgumentError, Option } from 'commander'
import { actorOf, asPersonOption, personWhoMay } from '../as-person.ts'
import { environmentLine } from '../environment-line.ts'
import { ending, fine } from '../exit.ts'
import { moment } from '../moment.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { numbersOf } from '../shown-names.ts'
import { plain, printRows } from '../table.ts'

export function lettersCommand(): Command {
  return new Command('letters')
    .description('mail to the appeals address: what was put with its notice, and the tray of what fits no case')
    .addCommand(list())
    .addCommand(show())
    .addCommand(attach())
    .addCommand(dismiss())
}

interface Window extends GroundOptions {
  readonly state?: LetterHead['state']
  readonly notice?: string
  readonly before?: string
  readonly json?: true
}

const page = 100

function list(): Command {
  return groundCommand('list', `newest first, ${page} at a time; never an address or a word`)
    .addOption(new Option('--state <state>', 'only these; waiting: the tray').choices(Object.keys(colours)))
    .option('--notice <id>', 'only what came to this notice')
    .option('--before <number>', 'go on below this letter')
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (options: Window) => {
        const { state, notice: noticeId } = options
        const before = options.before === undefined ? undefined : numberOf(options.before)
        const { letters, environment } = await onGround(options, async ({ database, config }) => ({
          letters: await listLetters(database.read, { state, noticeId, before, limit: page }),
          environment: config.environment,
        }))
        printRows(
          letters,
          [
            { title: 'letter', of: ({ number }) => String(number), align: 'right' },
            { title: 'state', of: (one) => one.state, tint: (one) => colours[one.state] },
            { title: 'kind', of: ({ kind }) => kind },
            { title: 'why', of: ({ why }) => why ?? '', shrinks: true },
            { title: 'characters', of: ({ characters }) => String(characters), align: 'right' },
            {
              title: 'refused files',
              of: ({ attachments }) => (attachments === 0 ? '' : String(attachments)),
              align: 'right',
            },
            { title: 'received', of: ({ receivedAt }) => moment(receivedAt) },
            { title: 'notice', of: ({ noticeId }) => noticeId ?? '', shrinks: true },
          ],
          { json: options.json, none: state === undefined ? 'No letter.' : `No letter is ${state}.` },
        )
        if (options.json) return fine
        const last = letters.at(-1)
        if (last && letters.length === page) console.log(`More: --before ${last.number}`)
        console.log(environmentLine(environment))
        return fine
      }),
    )
}

function show(): Command {
  return groundCommand('show', 'one letter with its words; that you opened it stands in the audit trail')
    .argument('<letter>', 'its number')
    .requiredOption(...asPersonOption)
    .option('--json', 'one JSON object')
    .action(
      ending(async (ref: string, options: GroundOptions & { as: string; json?: true }) => {
        const letter = await onGround(options, async (ground) => {
          const by = actorOf(await personWhoMay(ground, options.as, 'read_letter'))
          const { database, clock, vault } = ground
          return database.transact((tx) => openLetter(tx, clock, vault, { number: numberOf(ref), by }))
        })
        if (options.json) console.log(JSON.stringify(letter))
        else for (const line of told(letter)) console.log(plain(line))
        return fine
      }),
    )
}

function told(letter: Letter): string[] {
  const { number, kind, state, why, attachments } = letter
  return [
    `letter ${number}: ${kind}, ${state}${why === null ? '' : ` (${why})`}, received ${moment(letter.receivedAt)}`,
    `from     ${letter.from ?? 'nobody named'} (anybody can write any address here)`,
    ...(letter.subject === null ? [] : [`subject  ${letter.subject}`]),
    ...(letter.noticeId === null ? [] : [`notice   ${letter.noticeId}`]),
    ...(attachments === 0 ? [] : [`refused  ${attachments} attached files, unread`]),
    ...(letter.reason === null ? [] : [`reason   ${letter.reason}`]),
    '',
    ...(letter.words === null
      ? ['Its words stand with the appeal.']
      : letter.words === ''
        ? ['It has no words that could be read; the mail lies in the folder "Wardline left" of the mailbox.']
        : letter.words.split('\n').map((line) => `| ${line}`)),
  ]
}

function attach(): Command {
  return groundCommand('attach', 'put a letter’s words with a notice, as an appeal of it')
    .argument('<letter>', 'its number')
    .requiredOption('--notice <id>', 'as `wardline notices list` shows it')
    .requiredOption(...asPersonOption)
    .action(
      ending(async (ref: string, options: GroundOptions & { as: string; notice: string }) => {
        const { caseId, numberOf: caseOf } = await onGround(options, async (ground) => {
          const by = actorOf(await personWhoMay(ground, options.as, 'decide_letter'))
          const attached = await attachLetter(openDesk(ground), { number: numberOf(ref), noticeId: options.notice, by })
          return { ...attached, numberOf: await numbersOf(ground, [attached.caseId]) }
        })
        console.log(
          `Letter ${numberOf(ref)} is now an appeal in ${caseOf(caseId)} (\`wardline cases show ${caseOf(caseId).replace(/^case /, '')}\`).`,
        )
        return fine
      }),
    )
}

function dismiss(): Command {
  return groundCommand('dismiss', 'nothing is to be done about a letter')
    .argument('<letter>', 'its number')
    .requiredOption('--reason <text>', 'kept, sealed, with the letter')
    .requiredOption(...asPersonOption)
    .action(
      ending(async (ref: string, options: GroundOptions & { as: string; reason: string }) => {
        await onGround(options, async (ground) => {
          const by = actorOf(await personWhoMay(ground, options.as, 'decide_letter'))
          const { database, clock, vault } = ground
          const letter = { number: numberOf(ref), reason: options.reason, by }
          await database.transact((tx) => dismissLetter(tx, clock, vault, letter))
        })
        console.log(`Letter ${numberOf(ref)}: dismissed.`)
        return fine
      }),
    )
}

function numberOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('a letter is named by its number, as `wardline letters list` shows it')
}

const colours = {
  waiting: 'yellow',
  threaded: 'green',
  attached: 'green',
  dismissed: 'dim',
  noted: undefined,
} as const satisfies Record<LetterHead['state'], string | undefined>
