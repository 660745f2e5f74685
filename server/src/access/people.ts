// The people who work with a deployment. There are no passwords here: a person acts by their keys.
import { type Actor, record } from '#audit'
import { type Clock, Fault, type Id, newId } from '#base'
import type { Connection, Transaction } from '#db'
import type { Person } from './records.ts'
import { type Role, roles } from './roles.ts'
import * as store from './store.ts'

/** Faults: `email_taken`, `email_odd`, `name_missing`, `role_unknown`. `by` is who did it; the machine's owner unless said. */
export async function addPerson(
  tx: Transaction,
  clock: Clock,
  person: { readonly name: string; readonly email: string; readonly roles: readonly Role[]; readonly by?: Actor },
): Promise<Person & { readonly id: Id<'person'> }> {
  const name = person.name.trim()
  const email = person.email.trim().toLowerCase()
  if (name === '') throw refusal('name_missing', 'a person needs a name')
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw refusal('email_odd', 'this is no e-mail address')
  const held = heldRoles(person.roles)
  const added = { id: newId('person', clock), name, email, roles: held, createdAt: clock.now(), disabledAt: null }
  if (!(await store.insertPerson(tx, added)))
    throw refusal('email_taken', 'there is a person with this address already')
  const detail = { roles: held.join(' ') }
  await record(tx, clock, { actor: person.by ?? 'wardline', act: 'add_person', subject: added.id, detail })
  return added
}

/** Ends all that the person's keys can do, at once. Fault: `person_unknown`. A second call does nothing. */
export async function disablePerson(tx: Transaction, clock: Clock, id: string, by: Actor = 'wardline'): Promise<void> {
  const person = await store.findPerson(tx, id)
  if (person === undefined) throw refusal('person_unknown', 'there is no such person')
  if (person.disabledAt !== null) return
  await store.setDisabled(tx, id, clock.now())
  await record(tx, clock, { actor: by, act: 'disable_person', subject: id })
}

/** Takes the disabling back: their keys that are neither revoked nor expired work again. Fault: `person_unknown`. */
export async function enablePerson(tx: Transaction, clock: Clock, id: string, by: Actor = 'wardline'): Promise<void> {
  const person = await store.findPerson(tx, id)
  if (person === undefined) throw refusal('person_unknown', 'there is no such person')
  if (person.disabledAt === null) return
  await store.setDisabled(tx, id, null)
  await record(tx, clock, { actor: by, act: 'enable_person', subject: id })
}

/** From now on these roles and no others; what their keys may do follows at once. Faults: `person_unknown`, `role_unknown`. */
export async function setRoles(
  tx: Transaction,
  clock: Clock,
  { id, roles: wanted, by = 'wardline' }: { readonly id: string; readonly roles: readonly Role[]; readonly by?: Actor },
): Promise<readonly Role[]> {
  const person = await store.findPerson(tx, id)
  if (person === undefined) throw refusal('person_unknown', 'there is no such person')
  const held = heldRoles(wanted)
  if (held.join() === person.roles.join()) return held
  await store.setRoles(tx, id, held)
  const detail = { before: person.roles.join(' '), roles: held.join(' ') }
  await record(tx, clock, { actor: by, act: 'set_roles', subject: id, detail })
  return held
}

/** In the order in which they were added, the disabled ones included. */
export async function listPeople(db: Connection): Promise<readonly Person[]> {
  return store.readPeople(db)
}

export async function findPersonByEmail(db: Connection, email: string): Promise<Person | undefined> {
  return store.findPersonBy(db, 'email', email.trim().toLowerCase())
}

/** The person, if they are there and not disabled; else a Fault. */
export async function requirePerson(db: Connection, id: string): Promise<Person> {
  const person = await store.findPerson(db, id)
  if (person === undefined) throw refusal('person_unknown', 'there is no such person')
  if (person.disabledAt !== null) throw refusal('person_disabled', 'this person is disabled')
  return person
}

/** In their usual order, each once. The command line passes on what somebody typed. */
function heldRoles(wanted: readonly Role[]): readonly Role[] {
  const held = roles.filter((role) => wanted.includes(role))
  if (held.length === 0 || wanted.some((role) => !roles.includes(role)))
    throw refusal('role_unknown', `a person needs at least one role, out of: ${roles.join(', ')}`)
  return held
}

export function refusal<Code extends string>(code: Code, words: string): Fault<Code> {
  return new Fault(code, words, { retry: 'never' })
}
