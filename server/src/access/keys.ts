// API keys: the secret is shown once and never stored; a key belongs to a person or to a service.
import { createHash } from 'node:crypto'
import { type Actor, record } from '#audit'
import { type Clock, type Id, newId, secretText } from '#base'
import type { Connection, Transaction } from '#db'
import { needsPerson } from './acts.ts'
import { refusal, requirePerson } from './people.ts'
import type { ApiKey } from './records.ts'
import { type Scope, scopes, scopesOfRoles } from './roles.ts'
import * as store from './store.ts'

/**
 * Faults: `label_missing`, `scope_unknown`, `scope_not_allowed` (the person's roles do not allow it),
 * `scope_needs_person` (only a person's key can use it), `expiry_past`, `person_unknown`, `person_disabled`.
 */
export async function createKey(
  tx: Transaction,
  clock: Clock,
  wanted: {
    readonly label: string
    readonly personId?: string | undefined
    readonly scopes: readonly Scope[]
    /** Epoch milliseconds; without it the key lives until it is revoked. */
    readonly expiresAt?: number | undefined
    readonly by?: Actor
  },
): Promise<{ readonly id: Id<'key'>; readonly secret: string }> {
  const label = wanted.label.trim()
  if (label === '') throw refusal('label_missing', 'a key needs a label, so that people know which one to revoke')
  const held = scopes.filter((scope) => wanted.scopes.includes(scope))
  if (held.length === 0 || wanted.scopes.some((scope) => !scopes.includes(scope)))
    throw refusal('scope_unknown', `a key needs at least one scope, out of: ${scopes.join(', ')}`)
  const expiresAt = wanted.expiresAt ?? null
  if (expiresAt !== null && expiresAt <= clock.now()) throw refusal('expiry_past', 'the key would be expired already')
  await checkScopes(tx, held, wanted.personId)

  // 256 random bits need no slow hash: nobody can try them all.
  const secret = `wl_${secretText(32)}`
  const id = newId('key', clock)
  const personId = wanted.personId ?? null
  const key = { id, label, personId, scopes: held, createdAt: clock.now(), expiresAt, revokedAt: null }
  await store.insertKey(tx, key, digestOf(secret))
  const detail = { person: personId, scopes: held.join(' '), expiresAt }
  await record(tx, clock, { actor: wanted.by ?? 'wardline', act: 'create_key', subject: id, detail })
  return { id, secret }
}

/** Fault: `key_unknown`. A second call does nothing. */
export async function revokeKey(tx: Transaction, clock: Clock, id: string, by: Actor = 'wardline'): Promise<void> {
  const key = await store.findKey(tx, id)
  if (key === undefined) throw refusal('key_unknown', 'there is no such key')
  if (key.revokedAt !== null) return
  await store.setRevoked(tx, id, clock.now())
  await record(tx, clock, { actor: by, act: 'revoke_key', subject: id })
}

/** In the order in which they were made, the revoked and expired ones included. */
export async function listKeys(db: Connection): Promise<readonly ApiKey[]> {
  return store.readKeys(db)
}

/** What is stored of a secret: SHA-256, hex. */
export const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

async function checkScopes(tx: Transaction, held: readonly Scope[], personId: string | undefined): Promise<void> {
  if (personId === undefined) {
    const vain = held.filter(needsPerson)
    if (vain.length > 0)
      throw refusal('scope_needs_person', `only a person's key can hold ${vain.join(', ')}: say whose key this is`)
    return
  }
  const allowed = scopesOfRoles((await requirePerson(tx, personId)).roles)
  const beyond = held.filter((scope) => !allowed.has(scope))
  if (beyond.length > 0) throw refusal('scope_not_allowed', `this person's roles do not allow ${beyond.join(', ')}`)
}
