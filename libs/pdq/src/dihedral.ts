// The seven other ways to hold a picture, told from its waves: a turn or a flip only moves cells and changes signs.
import { WAVES } from './dct.ts'
import { at } from './grid.ts'

/** In the order in which the reference program prints them. Rotations are counter-clockwise. */
export const TURNS = [
  'original',
  'rotate90',
  'rotate180',
  'rotate270',
  'flipX',
  'flipY',
  'flipPlus1',
  'flipMinus1',
] as const

/** flipX: top to bottom; flipY: mirrored; flipPlus1: about the main diagonal; flipMinus1: about the other one. */
export type Turn = (typeof TURNS)[number]

/** Cell (i, j) of the turned picture: the cell it comes from (itself, or (j, i)) and whether its sign stays. */
type Move = { readonly from: 'same' | 'transposed'; readonly keepsSign: (i: number, j: number) => boolean }

const odd = (n: number): boolean => n % 2 === 1

/** PDQ, section 1.13, where a transposed target B[j][i] is written; here i and j are always the target's row and column. */
const MOVES: Readonly<Record<Turn, Move>> = {
  original: { from: 'same', keepsSign: () => true },
  rotate90: { from: 'transposed', keepsSign: (i) => odd(i) },
  rotate180: { from: 'same', keepsSign: (i, j) => !odd(i + j) },
  rotate270: { from: 'transposed', keepsSign: (_, j) => odd(j) },
  flipX: { from: 'same', keepsSign: (i) => odd(i) },
  flipY: { from: 'same', keepsSign: (_, j) => odd(j) },
  flipPlus1: { from: 'transposed', keepsSign: () => true },
  flipMinus1: { from: 'transposed', keepsSign: (i, j) => !odd(i + j) },
}

/** The waves (16x16) of the picture held another way. Their median moves too: take the bits anew. PDQ, section 1.13. */
export function turned(waves: Float32Array, turn: Turn): Float32Array {
  const { from, keepsSign } = MOVES[turn]
  const out = new Float32Array(WAVES * WAVES)
  for (let i = 0; i < WAVES; i++) {
    for (let j = 0; j < WAVES; j++) {
      const cell = at(waves, from === 'same' ? i * WAVES + j : j * WAVES + i)
      out[i * WAVES + j] = keepsSign(i, j) ? cell : -cell
    }
  }
  return out
}
