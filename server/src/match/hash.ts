// Hashes for look-up tables, with a seed of the process's own: who writes entry ids cannot make them meet.
import { secretBytes } from '#base'

const seed = secretBytes(4).readUInt32LE()

/** 32 bits, each of which depends on all of the given ones. (The finaliser of MurmurHash3, which is in the public domain.) */
export function mixed(word: number): number {
  let hash = word
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

export function bytesHash(bytes: DataView, at: number, length: number): number {
  let hash = seed ^ length
  let byte = 0
  for (; byte + 4 <= length; byte += 4) {
    hash = Math.imul(hash ^ bytes.getUint32(at + byte, true), 0x9e37_79b1)
    hash ^= hash >>> 15
  }
  for (; byte < length; byte += 1) hash = Math.imul(hash ^ bytes.getUint8(at + byte), 0x0100_0193)
  return mixed(hash)
}

export function textHash(text: string): number {
  const bytes = Buffer.from(text, 'utf8')
  return bytesHash(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length)
}
