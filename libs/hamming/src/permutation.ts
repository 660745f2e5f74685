// Real lists are skewed: some bits are nearly always the same. A band of such bits makes huge buckets, so bits are dealt to the
// bands in such an order that each band gets its share of the good ones.
import { CODE_BYTES } from './codes.ts'
import { BANDS, TABLE_BYTES } from './layout.ts'

/** to[i]: where bit i goes (bit i is byte i >> 3, weight 1 << (i & 7)). A permutation of 0..255. */
export type Permutation = Uint8Array

export const IDENTITY: Permutation = Uint8Array.from({ length: 256 }, (_, bit) => bit)

/**
 * Bits sorted by collision entropy over the sample, best first, dealt to the bands in snake order: 0..15, 15..0, 0..15 ...
 * samples: codes, one after another. A bit that is set with probability p collides with p² + (1-p)².
 */
export function balanced(samples: Uint8Array): Permutation {
  const count = samples.length / CODE_BYTES
  const set = new Float64Array(256)
  for (let at = 0; at < samples.length; at++) {
    const byte = samples[at] as number
    for (let bit = 0; bit < 8; bit++) {
      const place = (at % CODE_BYTES) * 8 + bit
      set[place] = (set[place] as number) + ((byte >> bit) & 1)
    }
  }
  const collision = Array.from(set, (ones) => (ones / count) ** 2 + (1 - ones / count) ** 2)
  const best = Array.from(IDENTITY).sort((a, b) => (collision[a] as number) - (collision[b] as number) || a - b)
  const to = new Uint8Array(256)
  best.forEach((bit, place) => {
    const round = Math.floor(place / BANDS)
    const band = round % 2 === 0 ? place % BANDS : BANDS - 1 - (place % BANDS)
    to[bit] = band * 16 + round
  })
  return to
}

/** Undoes `from`, then does `to`. */
export function instead(from: Permutation, to: Permutation): Permutation {
  const both = new Uint8Array(256)
  for (let bit = 0; bit < 256; bit++) both[from[bit] as number] = to[bit] as number
  return both
}

export function isIdentity(permutation: Permutation): boolean {
  return permutation.every((to, bit) => to === bit)
}

/** The kernel's form: entry (half byte h, value v) holds the 32 bytes that v's set bits become. */
export function tableOf(permutation: Permutation): Uint8Array {
  const table = new Uint8Array(TABLE_BYTES)
  for (let half = 0; half < 64; half++) {
    for (let value = 0; value < 16; value++) {
      const entry = (half * 16 + value) * CODE_BYTES
      for (let bit = 0; bit < 4; bit++) {
        if (((value >> bit) & 1) === 0) continue
        const to = permutation[half * 4 + bit] as number
        setBit(table, entry * 8 + to)
      }
    }
  }
  return table
}

/** One code, bit by bit: for samples. */
export function permuted(code: Uint8Array, permutation: Permutation): Uint8Array {
  const out = new Uint8Array(CODE_BYTES)
  for (let bit = 0; bit < 256; bit++) {
    if ((((code[bit >> 3] as number) >> (bit & 7)) & 1) === 0) continue
    const to = permutation[bit] as number
    setBit(out, to)
  }
  return out
}

/** Sets bit n, counted as a permutation counts. */
export function setBit(bits: Uint8Array, n: number): void {
  bits[n >> 3] = (bits[n >> 3] as number) | (1 << (n & 7))
}
