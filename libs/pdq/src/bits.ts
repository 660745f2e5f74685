// From 256 waves to 256 bits.
import { at } from './grid.ts'

/** Bytes of a hash. */
export const HASH_BYTES = 32

/**
 * Bit k is 1 where cell k lies strictly above the median, so 128 bits are set unless cells tie. PDQ, sections 1.10 and 1.11.
 * The answer is one big-endian number of 32 bytes: byte 0 holds bits 255..248.
 */
export function bits(cells: Float32Array): Uint8Array {
  const median = lowerMedian(cells)
  const hash = new Uint8Array(HASH_BYTES)
  cells.forEach((cell, k) => {
    const byte = HASH_BYTES - 1 - (k >> 3)
    if (cell > median) hash[byte] = (hash[byte] ?? 0) | (1 << (k & 7))
  })
  return hash
}

/** The 128th smallest of 256: the reference's search (Torben's) ends on the lower of the two in the middle. */
function lowerMedian(cells: Float32Array): number {
  return at(cells.toSorted(), cells.length / 2 - 1)
}
