// Everything that is done with one master key: sealing values for columns, keyed digests, the fingerprint. Several keys make a
// ring (ring.ts).
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto'
import { secretBytes } from '#base'
import { broken } from './fault.ts'

export interface Seals {
  /** First 16 hex digits of an HMAC of a constant: tells keys apart and says nothing about them. */
  readonly fingerprint: string
  /**
   * Encrypts a value for one place: `context` is `table.column:id`, and only the same context opens it again, so a
   * sealed value moved to another row or column is noticed. Result: version 2, the key's fingerprint (8), nonce (12),
   * ciphertext, tag (16).
   */
  seal(context: string, plain: Uint8Array | string): Uint8Array
  /** Throws the Fault `seal_broken` for altered bytes, another context or another key. */
  unseal(context: string, sealed: Uint8Array): Buffer
  sealJson(context: string, value: unknown): Uint8Array
  unsealJson(context: string, sealed: Uint8Array): unknown
  /** HMAC-SHA-256, 64 hex digits, under a key of its own for each purpose: equal inputs can be found, not read. */
  keyed(purpose: string, value: Uint8Array | string): string
}

/** Version 1 named no key: there was only one. */
const unnamed = 1
const named = 2
const fingerprintBytes = 8
const nonceBytes = 12
const tagBytes = 16

/** `digestKey`: what `keyed` uses for a purpose; it does not tell the master key (HKDF), so it may outlive it. */
export function openSeals(masterKey: Uint8Array): Seals & { digestKey(purpose: string): Buffer } {
  const derived = new Map<string, Buffer>()
  const derive = (purpose: string) => {
    const known = derived.get(purpose)
    if (known) return known
    // HKDF-SHA-256 (RFC 5869), no salt: the master key is uniformly random already.
    const key = Buffer.from(hkdfSync('sha256', masterKey, '', `wardline/1/${purpose}`, 32))
    derived.set(purpose, key)
    return key
  }
  const hmac = (purpose: string, value: Uint8Array | string) =>
    createHmac('sha256', derive(purpose)).update(value).digest('hex')
  const fingerprint = hmac('fingerprint', 'wardline vault key').slice(0, fingerprintBytes * 2)
  const header = headerOf(fingerprint)

  const seal: Seals['seal'] = (context, plain) => {
    // A random 96-bit nonce is safe for 2^32 values under one key (NIST SP 800-38D, section 8.3: the chance that two
    // nonces meet stays below 2^-32). Each column has its own key; ten million list entries use 0.3 % of that, and
    // meet with a chance of about 2^-50.
    const nonce = secretBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', derive(`seal/${placeOf(context)}`), nonce)
    cipher.setAAD(Buffer.from(context, 'utf8'))
    const body = cipher.update(typeof plain === 'string' ? Buffer.from(plain, 'utf8') : plain)
    cipher.final()
    return Buffer.concat([header, nonce, body, cipher.getAuthTag()])
  }
  const unseal: Seals['unseal'] = (context, sealed) => {
    const key = derive(`seal/${placeOf(context)}`)
    const from = sealed[0] === unnamed ? 1 : header.length
    if (sealed.length < from + nonceBytes + tagBytes) throw broken(placeOf(context))
    if (from > 1 && !header.equals(sealed.subarray(0, from))) throw broken(placeOf(context))
    const nonce = sealed.subarray(from, from + nonceBytes)
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
    decipher.setAAD(Buffer.from(context, 'utf8'))
    decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
    try {
      const body = decipher.update(sealed.subarray(from + nonceBytes, sealed.length - tagBytes))
      return Buffer.concat([body, decipher.final()])
    } catch (cause) {
      throw broken(placeOf(context), undefined, cause)
    }
  }
  return {
    fingerprint,
    seal,
    unseal,
    sealJson: (context, value) => {
      const text = JSON.stringify(value)
      if (text === undefined) throw new Error(`there is no JSON for what is to be sealed in ${placeOf(context)}`)
      return seal(context, text)
    },
    unsealJson: (context, sealed): unknown => JSON.parse(unseal(context, sealed).toString('utf8')),
    keyed: (purpose, value) => hmac(`keyed/${purpose}`, value),
    digestKey: (purpose) => derive(`keyed/${purpose}`),
  }
}

/** What a value begins with that is sealed under the key of this fingerprint. */
const headerOf = (fingerprint: string): Buffer => Buffer.concat([Buffer.of(named), Buffer.from(fingerprint, 'hex')])

/** A header's length, and that of header and nonce, by which two sealed values of one place can be told apart. */
export const HEADER_BYTES = 1 + fingerprintBytes
export const TELLING_BYTES = HEADER_BYTES + nonceBytes

/** The fingerprint that a sealed value (or its header) names; undefined for one of version 1, or of no version there is. */
export function sealedUnder(sealed: Uint8Array): string | undefined {
  if (sealed[0] !== named || sealed.length < HEADER_BYTES) return undefined
  return Buffer.from(sealed.subarray(1, HEADER_BYTES)).toString('hex')
}

/** The `table.column` of a context; a closed handful, so each gets a key of its own. */
export function placeOf(context: string): string {
  const found = /^([a-z_]+\.[a-z_]+):./.exec(context)?.[1]
  if (found === undefined) throw new Error('a seal needs a context of the form table.column:id')
  return found
}
