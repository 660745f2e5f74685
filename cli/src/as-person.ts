// `--as EMAIL`: an act that is somebody's is recorded under their name, and only if their roles allow it.
import { type Act, findPersonByEmail, may, type Person, type Role, roles, scopesOfRoles } from '@wardline/server/access'
import type { Actor } from '@wardline/server/audit'
import { Fault } from '@wardline/server/base'
import type { Ground } from './on-ground.ts'

export const asPersonOption = ['--as <email>', 'who does it; must be one of `wardline people list`'] as const

/** The person, when they are there, not disabled, and allowed to do this. */
export async function personWhoMay({ database }: Ground, email: string, act: Act): Promise<Person> {
  const person = await findPersonByEmail(database.read, email)
  if (person === undefined)
    throw new Fault('person_unknown', 'nobody with the address that --as names is known here', { retry: 'never' })
  if (person.disabledAt !== null)
    throw new Fault('person_disabled', 'the person that --as names is disabled', { retry: 'never' })
  if (!allows(person.id, person.roles, act)) {
    const those = roles.filter((role) => allows(person.id, [role], act)).join(', ')
    const words = `the roles of the person that --as names do not allow this (${act}); these do: ${those}`
    throw new Fault('scope_not_allowed', words, { retry: 'never' })
  }
  return person
}

const allows = (personId: string, held: readonly Role[], act: Act) =>
  may({ keyId: 'command line', personId, roles: held, scopes: [...scopesOfRoles(held)] }, act)

export const actorOf = (person: Person): Actor => `person:${person.id}`

/** Who is recorded when `--as` may be left out: then it is the machine's owner, who has no name here. */
export async function actorWhoMay(ground: Ground, email: string | undefined, act: Act): Promise<Actor> {
  return email === undefined ? 'wardline' : actorOf(await personWhoMay(ground, email, act))
}
