// `wardline people`: who works with this deployment, and in which roles.
import {
  addPerson,
  disablePerson,
  enablePerson,
  findPersonByEmail,
  listPeople,
  type Person,
  type Role,
  roles,
  setRoles,
} from '@wardline/server/access'
import { Fault } from '@wardline/server/base'
import { Command, Option } from 'commander'
import { ending, fine } from '../exit.ts'
import { moment, momentOr } from '../moment.ts'
import { type Ground, type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { printRows } from '../table.ts'

export function peopleCommand(): Command {
  return new Command('people')
    .description('who works with this deployment, and in which roles')
    .addCommand(list())
    .addCommand(add())
    .addCommand(disable())
    .addCommand(enable())
    .addCommand(change())
}

function list(): Command {
  return groundCommand('list', 'everybody, also who was disabled')
    .option('--json', 'one JSON object a line')
    .action(
      ending(async (options: GroundOptions & { json?: true }) => {
        const people = await onGround(options, ({ database }) => listPeople(database.read))
        printRows(
          people,
          [
            { title: 'name', of: ({ name }) => name, shrinks: true },
            { title: 'e-mail', of: ({ email }) => email, shrinks: true },
            { title: 'roles', of: (person) => person.roles.join(' '), shrinks: true },
            { title: 'since', of: ({ createdAt }) => moment(createdAt).slice(0, 10) },
            { title: 'disabled', of: ({ disabledAt }) => momentOr(disabledAt, '').slice(0, 10), tint: () => 'red' },
          ],
          { json: options.json, none: 'Nobody yet. Add somebody with `wardline people add`.' },
        )
        return fine
      }),
    )
}

function add(): Command {
  return groundCommand('add', 'add a person')
    .argument('<name>', 'as colleagues know them')
    .requiredOption('--email <email>', 'unique; other commands name the person by it')
    .addOption(
      new Option('--role <role...>', 'what they do here; several are possible').choices(roles).makeOptionMandatory(),
    )
    .action(
      ending(async (name: string, options: GroundOptions & { email: string; role: Role[] }) => {
        const wanted = { name, email: options.email, roles: options.role }
        const person = await onGround(
          options,
          ({ database, clock }) => database.transact((tx) => addPerson(tx, clock, wanted)),
          { begin: true },
        )
        console.log(`Added ${person.id} (${person.roles.join(', ')}).`)
        console.log(`Next: a key for them, \`wardline api-keys create --person EMAIL --label LABEL --scope ...\`.`)
        return fine
      }),
    )
}

const disable = (): Command =>
  standing(
    'disable',
    'end all that a person and their keys may do, at once',
    disablePerson,
    (id) => `Disabled ${id}; none of their keys works any more. What they did stays on record.`,
  )

const enable = (): Command =>
  standing(
    'enable',
    'take a disabling back; keys that were not revoked work again',
    enablePerson,
    (id) => `Enabled ${id}; their keys that were not revoked work again.`,
  )

function standing(name: string, what: string, change: typeof disablePerson, said: (id: string) => string): Command {
  return groundCommand(name, what)
    .argument('<email>')
    .action(
      ending(async (email: string, options: GroundOptions) => {
        await onGround(options, async (ground) => {
          const { database, clock } = ground
          const person = await named(ground, email)
          await database.transact((tx) => change(tx, clock, person.id))
          console.log(said(person.id))
        })
        return fine
      }),
    )
}

function change(): Command {
  return groundCommand('roles', 'give a person other roles; what their keys may do follows at once')
    .argument('<email>')
    .addOption(new Option('--role <role...>', 'all that they are to have').choices(roles).makeOptionMandatory())
    .action(
      ending(async (email: string, options: GroundOptions & { role: Role[] }) => {
        await onGround(options, async (ground) => {
          const { database, clock } = ground
          const { id } = await named(ground, email)
          const held = await database.transact((tx) => setRoles(tx, clock, { id, roles: options.role }))
          console.log(`${id} is now: ${held.join(', ')}.`)
        })
        return fine
      }),
    )
}

async function named({ database }: Ground, email: string): Promise<Person> {
  const person = await findPersonByEmail(database.read, email)
  if (person === undefined)
    throw new Fault('person_unknown', 'nobody with this address is known here', { retry: 'never' })
  return person
}
