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
  // The command line passes on what somebody typed.
  const held = roles.filter((role) => person.roles.includes(role))
  if (held.length === 0 || person.roles.some((role) => !roles.includes(role)))
    throw refusal('role_unknown', `a person needs at least one role, out of: ${roles.join(', ')}`)
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

export function refusal<Code extends string>(code: Code, words: string): Fault<Code> {
  return new Fault(code, words, { retry: 'never' })
}
