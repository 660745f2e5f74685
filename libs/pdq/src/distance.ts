// How far apart two hashes are.
import { HASH_BYTES } from './bits.ts'

/** The number of bits, 0..256, in which two hashes of 32 bytes differ. PDQ, section 1.12. RangeError for another length. */
export function distanceBits(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== HASH_BYTES || b.length !== HASH_BYTES) throw new RangeError('a PDQ hash has 32 bytes')
  return a.reduce((sum, byte, i) => sum + onesIn(byte ^ (b[i] ?? 0)), 0)
}

/** One bits of a byte: clears the lowest one until none is left. */
function onesIn(byte: number): number {
  let ones = 0
  for (let rest = byte; rest !== 0; rest &= rest - 1) ones++
  return ones
}
