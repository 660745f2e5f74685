// Writes one line of the trail. What may stand in a line is checked here, since the trail is kept for years and read
// by many: ids of ours, counts, plain words and keyed digests, never a hash, an address or a person's free text.
import { type Clock, newId } from '#base'
import type { Transaction } from '#db'
import { canonical } from './chain.ts'
import { insertLine } from './store.ts'

export type Actor = 'wardline' | `person:${string}` | `key:${string}`

/** Flat on purpose. A keyed digest (64 hex digits) is allowed only under a name that ends with `Keyed`. */
export type Detail = Readonly<Record<string, string | number | boolean | null>>

export interface AuditLine {
  readonly actor: Actor
  /** A verb and a noun, `open_evidence`. */
  readonly act: string
  /** The id of the thing acted upon. */
  readonly subject: string
  readonly detail?: Detail | undefined
}

/**
 * Adds a line in the caller's transaction; the sequencer chains it after the commit.
 * Throws a bug (not a Fault) when the line holds what must never be in the trail; the message names the field only.
 */
export async function record(tx: Transaction, clock: Clock, line: AuditLine): Promise<void> {
  const { actor, act, subject, detail = {} } = line
  for (const [field, value] of Object.entries({ actor, act, subject })) {
    if (value.length < 1 || value.length > 200) throw new Error(`an audit line's ${field} has 1 to 200 characters`)
    refuseSecrets(field, value)
  }
  for (const [field, value] of Object.entries(detail)) refuseDetail(field, value)
  await insertLine(tx, { id: newId('event', clock), at: clock.now(), actor, act, subject, detail: canonical(detail) })
}

function refuseDetail(field: string, value: unknown): void {
  const flat = value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
  if (flat) return
  if (typeof value !== 'string') throw new Error(`an audit line's detail is flat, and "${field}" is not`)
  if (value.length > 200) throw new Error(`an audit line's detail "${field}" is longer than 200 characters`)
  if (field.endsWith('Keyed') && /^[0-9a-f]{64}$/.test(value)) return
  refuseSecrets(field, value)
}

/** MD5, SHA-1, SHA-256 and PDQ in hex are 32, 40 or 64 digits; our own ids never have 32 hex digits in a row. */
const hashLike = /[0-9a-f]{32}/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: PostgreSQL takes no NUL, and a line is one line
const control = /[\u0000-\u001f\u007f]/

function refuseSecrets(field: string, value: string): void {
  if (hashLike.test(value)) throw new Error(`an audit line's "${field}" looks like a hash`)
  if (value.includes('@')) throw new Error(`an audit line's "${field}" looks like an address`)
  if (control.test(value)) throw new Error(`an audit line's "${field}" holds a control character`)
}
