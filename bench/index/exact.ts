// Exactness where it is hardest, against the naive twin: every distance 0..35, and "15 words with two bits turned, one with one".
import { openIndex, openScan } from '@wardline/hamming'
import { drawCodes, flip, random } from './sets.ts'

export interface Exactness {
  readonly queries: number
  readonly different: number
  readonly hits: number
}

const ROWS = 1500
const BATCH = 1000

const sets: Readonly<Record<string, () => Uint32Array>> = {
  uniform: () => drawCodes('uniform', ROWS, 5),
  skewed: () => drawCodes('skewed', ROWS, 6),
  duplicates: () => {
    const five = drawCodes('uniform', 5, 7)
    return Uint32Array.from({ length: ROWS * 8 }, (_, at) => five[at % 40] as number)
  },
  near: () => {
    const next = random(8)
    const one = drawCodes('uniform', 1, 9)
    const codes = Uint32Array.from({ length: ROWS * 8 }, (_, at) => one[at % 8] as number)
    for (let row = 0; row < ROWS; row++) flip(codes.subarray(row * 8, row * 8 + 8), next() % 40, next)
    return codes
  },
}

/** Asks so many boundary queries of a ring over each of four sets. */
export async function exactness(queries: number): Promise<Exactness> {
  let [asked, different, hits] = [0, 0, 0]
  for (const draw of Object.values(sets)) {
    const codes = draw()
    await using index = openIndex()
    await index.fill(
      Uint32Array.from({ length: ROWS }, (_, row) => row),
      new Uint8Array(codes.buffer),
    )
    const twin = openScan()
    for (let row = 0; row < ROWS; row++) twin.add(row, new Uint8Array(codes.buffer, row * 32, 32))
    const next = random(10)
    for (let done = 0; done < queries / 4; done += BATCH) {
      const batch = Array.from({ length: BATCH }, (_, i) => boundary(codes, next, done + i))
      const [ours, theirs] = [index.withinAll(batch, 31).hits, twin.withinAll(batch, 31).hits]
      for (const [i, mine] of ours.entries()) {
        if (JSON.stringify(mine) !== JSON.stringify(theirs[i])) different++
        hits += mine.length
        asked++
      }
    }
  }
  return { queries: asked, different, hits }
}

function boundary(codes: Uint32Array, next: () => number, i: number): Uint8Array {
  const row = next() % ROWS
  const code = codes.slice(row * 8, row * 8 + 8)
  if (i % 4 !== 3) flip(code, i % 36, next)
  else {
    const poor = next() % 16
    for (let word = 0; word < 16; word++) {
      const [one, other] = [next() % 16, 1 + (next() % 15)]
      const bits = word === poor ? [one] : [one, (one + other) % 16]
      for (const bit of bits) code[word >> 1] = (code[word >> 1] as number) ^ (1 << (bit + (word & 1) * 16))
    }
  }
  return new Uint8Array(code.buffer)
}
