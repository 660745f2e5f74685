// Ids as people know what they stand for: a person by their name, a case by its number.
import { listPeople } from '@wardline/server/access'
import { numbersOfCases } from '@wardline/server/cases'
import type { Ground } from './on-ground.ts'

/** Of a person's id or actor; what is nobody's stays as it is. */
export async function namesOfPeople({ database }: Pick<Ground, 'database'>): Promise<(person: string) => string> {
  const people = new Map((await listPeople(database.read)).map(({ id, name }) => [id, name]))
  return (person) => people.get(person.replace(/^person:/, '')) ?? person
}

/** `case 7` of a case's id; any other id stays as it is. */
export async function numbersOf(
  { database }: Pick<Ground, 'database'>,
  ids: readonly string[],
): Promise<(id: string) => string> {
  const numbers = await numbersOfCases(database.read, ids)
  return (id) => (numbers.has(id) ? `case ${numbers.get(id)}` : id)
}
