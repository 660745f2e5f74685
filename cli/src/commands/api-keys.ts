// `wardline api-keys`: keys for the HTTP API, of a service or of a person. A secret is shown once.
import {
  type ApiKey,
  createKey,
  findPersonByEmail,
  listKeys,
  needsPerson,
  revokeKey,
  type Scope,
  scopes,
  scopeWords,
} from '@wardline/server/access'
import { Fault } from '@wardline/server/base'
import { Command, Option } from 'commander'
import { ending, fine } from '../exit.ts'
import { momentOr } from '../moment.ts'
import { type Ground, type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { printRows } from '../table.ts'
import { usage } from '../words.ts'

const dayMs = 24 * 3_600_000

export function apiKeysCommand(): Command {
  return new Command('api-keys')
    .description('keys for the HTTP API, of a service or of a person')
    .addCommand(list())
    .addCommand(create())
    .addCommand(revoke())
}

function list(): Command {
  return groundCommand('list', 'all keys, also revoked ones; never a secret')
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (options: GroundOptions & { json?: true }) => {
        const keys = await onGround(options, ({ database }) => listKeys(database.read))
        printRows(
          keys,
          [
            { title: 'id', of: ({ id }) => id },
            { title: 'label', of: ({ label }) => label, shrinks: true },
            { title: 'of', of: ({ personId }) => personId ?? 'a service', shrinks: true },
            { title: 'scopes', of: (key) => key.scopes.join(' '), shrinks: true },
            { title: 'ends', of: endOf, tint: ({ revokedAt }) => (revokedAt === null ? undefined : 'red') },
          ],
          { json: options.json, none: 'No key yet. Make one with `wardline api-keys create`.' },
        )
        return fine
      }),
    )
}

const whatFor = [
  '',
  'What the API asks for (*: in a person’s key only):',
  ...scopes.map((scope) => `  ${`${scope}${needsPerson(scope) ? ' *' : ''}`.padEnd(18)} ${scopeWords[scope]}`),
].join('\n')

interface Wanted extends GroundOptions {
  readonly label: string
  readonly scope: Scope[]
  readonly person?: string
  readonly expiresInDays?: number
  readonly json?: true
}

function create(): Command {
  return groundCommand('create', 'make a key; its secret is printed once, alone on standard output')
    .requiredOption('--label <text>', 'by which people know it again')
    .addOption(new Option('--scope <scope...>', 'what it may do').choices(scopes).makeOptionMandatory())
    .option('--person <email>', 'whose it is; without it the key is a service’s')
    .option('--expires-in-days <days>', 'without it the key lives until it is revoked', wholeDays)
    .option('--json', 'print {"id","secret"}')
    .addHelpText('after', whatFor)
    .action(
      ending(async (options: Wanted) => {
        const { id, secret } = await onGround(options, (ground) => make(ground, options), { begin: true })
        if (options.json) console.log(JSON.stringify({ id, secret }))
        else {
          console.error(`Made ${id}. Its secret follows and is never shown again; send it as`)
          console.error('`Authorization: Bearer SECRET`:')
          console.log(secret)
        }
        return fine
      }),
    )
}

async function make({ database, clock }: Ground, { label, scope, person, expiresInDays }: Wanted) {
  const personId = person === undefined ? undefined : (await findPersonByEmail(database.read, person))?.id
  if (person !== undefined && personId === undefined)
    throw new Fault('person_unknown', 'nobody with the address that --person names is known here', { retry: 'never' })
  const expiresAt = expiresInDays === undefined ? undefined : clock.now() + expiresInDays * dayMs
  return database.transact((tx) => createKey(tx, clock, { label, scopes: scope, personId, expiresAt }))
}

function revoke(): Command {
  return groundCommand('revoke', 'end a key, at once and for ever')
    .argument('<id>', 'as `wardline api-keys list` shows it')
    .action(
      ending(async (id: string, options: GroundOptions) => {
        await onGround(options, ({ database, clock }) => database.transact((tx) => revokeKey(tx, clock, id)))
        console.log(`Revoked ${id}.`)
        return fine
      }),
    )
}

function endOf({ revokedAt, expiresAt }: ApiKey): string {
  return revokedAt === null ? momentOr(expiresAt, 'never').slice(0, 10) : 'revoked'
}

function wholeDays(text: string): number {
  const days = Number(text)
  if (!Number.isInteger(days) || days < 1 || days > 36_500)
    throw usage('--expires-in-days takes a whole number of days, from 1 on')
  return days
}
