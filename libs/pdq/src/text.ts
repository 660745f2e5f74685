// Hashes as text. Nothing here repeats what it was given: a hash of known material is a secret, in error messages too.
import { HASH_BYTES } from './bits.ts'

const HEX = /^[0-9a-f]{64}$/

/** The 64 lower-case hex digits of a hash. PDQ, section 1.11. RangeError unless it has 32 bytes. */
export function toHex(hash: Uint8Array): string {
  return digits(hash, 16, 2)
}

/** The 256 binary digits, bit 255 first. RangeError unless the hash has 32 bytes. */
export function toBinary(hash: Uint8Array): string {
  return digits(hash, 2, 8)
}

/** The 32 bytes of a hash written as exactly 64 lower-case hex digits; RangeError for any other text. */
export function fromHex(text: string): Uint8Array {
  if (!isPdqHex(text)) throw new RangeError('a PDQ hash is written as 64 lower-case hex digits')
  return Uint8Array.from({ length: HASH_BYTES }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16))
}

/** Whether this is the text of a hash: exactly 64 digits 0-9a-f, no capitals, no spaces. */
export function isPdqHex(text: unknown): text is string {
  return typeof text === 'string' && HEX.test(text)
}

function digits(hash: Uint8Array, radix: 2 | 16, perByte: 2 | 8): string {
  if (hash.length !== HASH_BYTES) throw new RangeError('a PDQ hash has 32 bytes')
  return Array.from(hash, (byte) => byte.toString(radix).padStart(perByte, '0')).join('')
}
