// Who stands behind a presented key.
import { timingSafeEqual } from 'node:crypto'
import type { Clock } from '#base'
import type { Connection } from '#db'
import { digestOf } from './keys.ts'
import type { Caller } from './records.ts'
import { scopesOfRoles } from './roles.ts'
import { findKeyByDigest, findPerson } from './store.ts'

export type Refused = 'unknown_key' | 'expired_key' | 'revoked_key' | 'person_disabled'

export type Identified =
  | { readonly kind: 'caller'; readonly caller: Caller }
  | { readonly kind: 'refused'; readonly why: Refused }

/**
 * The look-up is by digest, so how long it takes tells nothing about the secrets that exist: whoever guesses cannot
 * choose what their guess hashes to.
 */
export async function identify(db: Connection, clock: Clock, presented: string): Promise<Identified> {
  if (!/^wl_[A-Za-z0-9_-]{43}$/.test(presented)) return refused('unknown_key')
  const digest = digestOf(presented)
  const found = await findKeyByDigest(db, digest)
  if (found === undefined || !timingSafeEqual(Buffer.from(found.digest), Buffer.from(digest)))
    return refused('unknown_key')
  const { key } = found
  if (key.revokedAt !== null) return refused('revoked_key')
  if (key.expiresAt !== null && key.expiresAt <= clock.now()) return refused('expired_key')
  if (key.personId === null)
    return { kind: 'caller', caller: { keyId: key.id, personId: undefined, roles: [], scopes: key.scopes } }

  const person = await findPerson(db, key.personId)
  if (person === undefined || person.disabledAt !== null) return refused('person_disabled')
  // Roles may have been taken since the key was made.
  const allowed = scopesOfRoles(person.roles)
  const scopes = key.scopes.filter((scope) => allowed.has(scope))
  return { kind: 'caller', caller: { keyId: key.id, personId: person.id, roles: person.roles, scopes } }
}

const refused = (why: Refused): Identified => ({ kind: 'refused', why })
