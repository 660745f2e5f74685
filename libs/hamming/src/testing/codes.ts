// Sets of codes for tests: even ones and skewed ones, always the same for the same seed.

type Random = () => number

/** 32 random bits at each call (xorshift). */
function random(seed: number): Random {
  let state = (seed * 2654435761 + 1) | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

export function uniform(count: number, seed: number): Uint8Array[] {
  const next = random(seed)
  for (let i = 0; i < 8; i++) next()
  return Array.from({ length: count }, () => Uint8Array.from({ length: 32 }, () => next() >>> 24))
}

/** The code with exactly so many bits turned. */
export function flipped(code: Uint8Array, bits: number, seed: number): Uint8Array {
  const next = random(seed + 77)
  const out = code.slice()
  const turned = new Set<number>()
  while (turned.size < bits) turned.add(next() % 256)
  for (const bit of turned) out[bit >> 3] = (out[bit >> 3] as number) ^ (1 << (bit & 7))
  return out
}

/** The hardest at distance 31: two bits turned in each of 15 words of 16 bits, and one in the word left. */
export function spread(code: Uint8Array, poor: number, seed: number): Uint8Array {
  const next = random(seed + 99)
  const out = code.slice()
  for (let word = 0; word < 16; word++) {
    const one = next() % 16
    const bits = word === poor ? [one] : [one, (one + 1 + (next() % 15)) % 16]
    for (const bit of bits) out[word * 2 + (bit >> 3)] = (out[word * 2 + (bit >> 3)] as number) ^ (1 << (bit & 7))
  }
  return out
}

/** Codes that lie near one another: each within some bits of one of a few centres. */
function clusters(count: number): Uint8Array[] {
  const centres = uniform(8, 21)
  return Array.from({ length: count }, (_, i) => flipped(centres[(i * i) % 8] as Uint8Array, i % 33, i))
}

/** Half of the bits nearly always the same. */
function biased(count: number): Uint8Array[] {
  const [a, b, c] = [31, 32, 33].map((seed) => uniform(count, seed)) as [Uint8Array[], Uint8Array[], Uint8Array[]]
  return a.map((code, i) =>
    code.map((byte, at) => (at < 16 ? byte & (b[i]?.[at] ?? 0) & (c[i]?.[at] ?? 0) & (b[i]?.[31 - at] ?? 0) : byte)),
  )
}

/** Five codes again and again. */
function duplicates(count: number): Uint8Array[] {
  const five = uniform(5, 41)
  return Array.from({ length: count }, (_, i) => five[i % 5] as Uint8Array)
}

function same(count: number): Uint8Array[] {
  return Array.from({ length: count }, () => new Uint8Array(32))
}

export const SETS: Readonly<Record<string, (count: number) => Uint8Array[]>> = {
  uniform: (count) => uniform(count, 11),
  clusters,
  biased,
  duplicates,
  'all codes equal': same,
}
