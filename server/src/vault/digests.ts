// The keys of keyed digests. Digests cannot be made anew when the master key changes: what they were made of is gone (accounts in
// the breaker's counts), or is in other hands (the link in a mail). So a rotation keeps their keys, sealed under the new master key.
import { createHmac } from 'node:crypto'
import { z } from 'zod'
import type { Connection, Transaction } from '#db'
import type { openSeals, Seals } from './seal.ts'
import { readDigests, writeDigests } from './store-keys.ts'

/** Every purpose of `keyed`. One that is missing here would be lost with the key that it came from. */
export const digestPurposes = [
  'appeal-link',
  'appeal-mail',
  'breaker account',
  'case account',
  'case file sha256',
  'case supplement',
  'cybertip credentials',
  'idempotency-body',
  'idempotency-key',
  'letter',
  'letter sender',
  'list entry',
  'list share',
  'list_blocks.row',
  'list_rejected.entry',
  'logbook line',
] as const

export type DigestPurpose = (typeof digestPurposes)[number]

export interface Digests {
  /** HMAC-SHA-256, 64 hex digits, under a key of its own for each purpose: equal inputs can be found, not read. */
  keyed(purpose: DigestPurpose, value: Uint8Array | string): string
  /** Writes down what `keyed` works with, in the transaction that takes another key into use. */
  keep(tx: Transaction, next: Pick<Seals, 'sealJson'>): Promise<void>
}

const context = 'vault_digests.sealed:1'
const kept = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/))

/** With the keys that a rotation kept; a purpose that is not among them has its key from the master key in use. */
export async function openDigests(
  db: Connection,
  seals: Pick<Seals, 'unsealJson'>,
  inUse: Pick<ReturnType<typeof openSeals>, 'digestKey'>,
): Promise<Digests> {
  const sealed = await readDigests(db)
  const held = sealed === undefined ? {} : kept.parse(seals.unsealJson(context, sealed))
  const keys = new Map(digestPurposes.map((purpose) => [purpose, keyOf(held[purpose]) ?? inUse.digestKey(purpose)]))
  return {
    keyed: (purpose, value) => {
      const key = keys.get(purpose)
      if (key === undefined) throw new Error('a keyed digest of a purpose that digests.ts does not know')
      return createHmac('sha256', key).update(value).digest('hex')
    },
    keep: (tx, next) => {
      const all = Object.fromEntries([...keys].map(([purpose, key]) => [purpose, key.toString('hex')]))
      return writeDigests(tx, next.sealJson(context, all))
    },
  }
}

const keyOf = (text: string | undefined) => (text === undefined ? undefined : Buffer.from(text, 'hex'))
