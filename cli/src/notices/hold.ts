// `wardline notices hold`: legal instruments under which nobody may be told of a report, a case or an account for a time.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type Instrument, instruments } from '@wardline/api'
import { Fault } from '@wardline/server/base'
import { readCase } from '@wardline/server/cases'
import { recallNotice } from '@wardline/server/flow'
import { addHold, endHold, listHolds, type NewHold } from '@wardline/server/notices'
import { Command, Option } from 'commander'
import { actorOf, asPersonOption, personWhoMay } from '../as-person.ts'
import { ending, fine } from '../exit.ts'
import { givenMoment } from '../given-moment.ts'
import { moment } from '../moment.ts'
import { type Ground, type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { namesOfPeople, numbersOf } from '../shown-names.ts'
import { printRows } from '../table.ts'

export function holdCommand(): Command {
  return new Command('hold')
    .description('what forbids for a time to tell somebody: added, seen, ended')
    .addCommand(list(), { isDefault: true })
    .addCommand(add())
    .addCommand(end())
}

interface Adding extends GroundOptions {
  readonly as: string
  readonly report?: string
  readonly case?: string
  readonly accountOf?: string
  readonly kind: Instrument
  readonly authority: string
  readonly document: string
  readonly until: string
}

function add(): Command {
  return groundCommand('add', 'nobody is told of this report, case or account until a date; then it lets go by itself')
    .option('--report <id>', 'a report')
    .option('--case <number>', 'a case')
    .option('--account-of <number>', 'the account of this case: all its reports, later ones too')
    .addOption(new Option('--kind <kind>', 'what it is').choices(instruments).makeOptionMandatory())
    .requiredOption('--authority <text>', 'who issued it, as it says; kept sealed')
    .requiredOption(
      '--document <file-or-sha256>',
      'the document, whose SHA-256 is kept and nothing else; or that digest',
    )
    .requiredOption(
      '--until <date>',
      'when it ends, as 2027-01-31 (to the end of that day, UTC) or 2027-01-31T12:00:00Z',
    )
    .requiredOption(...asPersonOption)
    .action(
      ending(async (options: Adding) => {
        const documentSha256 = await digestOf(options.document)
        const expiresAt = givenMoment(options.until, '--until', 'end')
        const { holdId, waiting, gone } = await onGround(options, async (ground) => {
          const { database, clock, vault } = ground
          const by = actorOf(await personWhoMay(ground, options.as, 'hold_notice'))
          const { kind, authority } = options
          const hold = {
            ...(await targetOf(ground, options)),
            kind,
            authority,
            documentSha256,
            expiresAt,
            by,
            recall: recallNotice,
          }
          return database.transact((tx) => addHold(tx, clock, vault, hold))
        })
        console.log(
          `${holdId} holds ${waiting} waiting ${waiting === 1 ? 'notice' : 'notices'}, and later ones, until ${moment(expiresAt)}.`,
        )
        if (gone > 0)
          console.log(
            `${gone} were sent before, are on their way or were fetched, and cannot be called back: \`wardline notices list\`.`,
          )
        return fine
      }),
    )
}

async function targetOf(
  { database, vault }: Ground,
  { report, case: number, accountOf }: Adding,
): Promise<Pick<NewHold, 'scope' | 'of'>> {
  const given = [report, number, accountOf].filter((one) => one !== undefined)
  if (given.length !== 1) throw odd('name one of --report, --case and --account-of')
  if (report !== undefined) return { scope: 'report', of: report }
  const ref = number ?? accountOf ?? ''
  const found = await readCase(database.read, vault, /^\d{1,9}$/.test(ref) ? Number(ref) : ref)
  return { scope: number === undefined ? 'account' : 'case', of: found.id }
}

async function digestOf(document: string): Promise<string> {
  if (/^[0-9a-fA-F]{64}$/.test(document)) return document.toLowerCase()
  try {
    return createHash('sha256')
      .update(await readFile(document))
      .digest('hex')
  } catch (cause) {
    throw new Fault(
      'document_unread',
      `the file of --document cannot be read; give a file, or SHA-256 in 64 hex digits`,
      {
        retry: 'never',
        cause,
      },
    )
  }
}

const odd = (words: string) => new Fault('usage', words, { retry: 'never' })

function list(): Command {
  return groundCommand('list', 'those that hold now')
    .option('--all', 'also those that have ended')
    .option('--json', 'one JSON object a line')
    .requiredOption(...asPersonOption)
    .action(
      ending(async (options: GroundOptions & { as: string; all?: true; json?: true }) => {
        const { holds, nameOf, numberOf } = await onGround(options, async (ground) => {
          await personWhoMay(ground, options.as, 'read_holds')
          const { database, vault, clock } = ground
          const holds = await listHolds(database.read, vault, clock, { all: options.all === true })
          return {
            holds,
            nameOf: await namesOfPeople(ground),
            numberOf: await numbersOf(
              ground,
              holds.map(({ of }) => of),
            ),
          }
        })
        printRows(
          holds,
          [
            { title: 'id', of: ({ id }) => id },
            { title: 'state', of: ({ state }) => state },
            {
              title: 'of',
              of: ({ scope, of }) => `${scope === 'account' ? 'account of ' : ''}${numberOf(of)}`,
              shrinks: true,
            },
            { title: 'until', of: ({ expiresAt, endedAt }) => moment(endedAt ?? expiresAt) },
            { title: 'kind', of: ({ kind }) => kind },
            { title: 'authority', of: ({ authority }) => authority, shrinks: true },
            { title: 'document (SHA-256)', of: ({ documentSha256 }) => documentSha256, shrinks: true },
            { title: 'by', of: ({ addedBy }) => nameOf(addedBy), shrinks: true },
          ],
          { json: options.json, none: 'Nothing holds a notice.' },
        )
        return fine
      }),
    )
}

function end(): Command {
  return groundCommand('end', 'the instrument was lifted before its date: what nothing else holds goes on')
    .argument('<id>', 'as `wardline notices hold list` shows it')
    .requiredOption('--reason <text>', 'why; kept sealed')
    .requiredOption(...asPersonOption)
    .action(
      ending(async (id: string, options: GroundOptions & { reason: string; as: string }) => {
        const { letGo } = await onGround(options, async (ground) => {
          const { database, clock, vault } = ground
          const by = actorOf(await personWhoMay(ground, options.as, 'hold_notice'))
          return database.transact((tx) => endHold(tx, clock, vault, { holdId: id, by, reason: options.reason }))
        })
        console.log(`${id} has ended; ${letGo} ${letGo === 1 ? 'notice goes' : 'notices go'} on, each at its time.`)
        return fine
      }),
    )
}
