// Who did it, of a caller: as the trail names them, and where only a person may.
import type { Actor } from '#audit'
import { Fault } from '#base'
import type { Caller } from './records.ts'

/** A service by its key. */
export const actorOf = ({ keyId, personId }: Caller): Actor =>
  personId === undefined ? `key:${keyId}` : `person:${personId}`

/** The person's id. does: what only a person does, as `decides about a case`. Fault `not_a_person`. */
export function personIn({ personId }: Caller, does: string): string {
  if (personId === undefined) throw new Fault('not_a_person', `only a person ${does}`, { retry: 'never' })
  return personId
}
