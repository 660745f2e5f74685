// How far two PDQ hashes are apart, for the few that corrections and canaries hold. The matcher has its own, faster way.

/** Bits of 256 that differ; 32 bytes each. */
export function distanceBits(one: Uint8Array, other: Uint8Array): number {
  let bits = 0
  for (let at = 0; at < 32; at += 1) bits += ones[(one[at] ?? 0) ^ (other[at] ?? 0)] ?? 0
  return bits
}

const ones = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length)
