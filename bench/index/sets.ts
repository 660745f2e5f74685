// What is searched and what is asked. Drawn by a random generator: no code here comes from a picture.
import { writeFileSync } from 'node:fs'

export const SETS = ['uniform', 'skewed', 'uneven'] as const
export type SetName = (typeof SETS)[number]

/** Queries to be timed: 1 in 100 lies at some distance 0..31 of an entry. */
export const TIMED = 6400
const EACH = 30
/** Queries to be checked: 30 at each distance 0..35. */
export const CHECKED = 36 * EACH
export const distanceOfChecked = (query: number): number => Math.floor((query - TIMED) / EACH)

/** 32 random bits at each call (xorshift). */
export function random(seed: number): () => number {
  let state = (seed * 2654435761 + 1) | 1
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  for (let i = 0; i < 16; i++) next()
  return next
}

/**
 * uniform: every bit even. skewed: 192 bits even, 32 set in 15 of 16 codes and 32 in 3 of 4, standing side by side; and 3 of 10
 * codes within 24 bits of one of a thousandth of the codes, half of those near the first twentieth of them. uneven, harder than real lists: the same clusters, but 128 bits set in 1 of 16 codes.
 */
export function drawCodes(set: SetName, count: number, seed: number): Uint32Array {
  const next = random(seed)
  const words = new Uint32Array(count * 8)
  for (let at = 0; at < words.length; at++) {
    const word = at % 8
    if (set === 'uniform' || word < (set === 'skewed' ? 6 : 4)) words[at] = next()
    else if (set === 'uneven') words[at] = next() & next() & next() & next()
    else words[at] = word === 6 ? next() | next() | next() | next() : next() | next()
  }
  if (set === 'uniform') return words
  const centres = Math.max(1, Math.floor(count / 1000))
  for (let row = centres; row < count; row++) {
    if (next() % 10 >= 3) continue
    const centre = next() % 2 === 0 ? next() % centres : next() % Math.max(1, Math.floor(centres / 20))
    words.copyWithin(row * 8, centre * 8, centre * 8 + 8)
    flip(words.subarray(row * 8, row * 8 + 8), next() % 25, next)
  }
  return words
}

/** Turns exactly so many bits. */
export function flip(code: Uint32Array, bits: number, next: () => number): void {
  const turned = new Set<number>()
  while (turned.size < bits) {
    const bit = next() % 256
    if (turned.has(bit)) continue
    turned.add(bit)
    code[bit >> 5] = (code[bit >> 5] as number) ^ (1 << (bit & 31))
  }
}

/** Codes, and queries: those timed, then those checked. */
export function writeSet(set: SetName, count: number, codesPath: string, queriesPath: string): void {
  const codes = drawCodes(set, count, 1)
  writeFileSync(codesPath, new Uint8Array(codes.buffer))
  const next = random(2)
  const queries = drawCodes(set, TIMED + CHECKED, 3)
  for (let query = 0; query < TIMED + CHECKED; query++) {
    const planted = query >= TIMED || query % 100 === 99
    if (!planted) continue
    const row = next() % count
    const code = codes.slice(row * 8, row * 8 + 8)
    flip(code, query >= TIMED ? distanceOfChecked(query) : Math.floor(query / 100) % 32, next)
    queries.set(code, query * 8)
  }
  writeFileSync(queriesPath, new Uint8Array(queries.buffer))
}
