// PDQ in plain TypeScript, bit by bit as the C++ reference computes it: the same pixels give the same hash.
// Written to be read, not to be fast: the twin that the WASM kernel is compared with, and its stand-in where WASM is refused.
import type { Pdq, PdqDihedral } from './answer.ts'
import { bits, HASH_BYTES } from './bits.ts'
import { dct } from './dct.ts'
import { TURNS, type Turn, turned } from './dihedral.ts'
import { assertPixels, type Pixels } from './pixels.ts'
import { quality } from './quality.ts'
import { assertFlavour, type Flavour, reduce } from './reduce.ts'

export type { Pdq, PdqDihedral } from './answer.ts'
export type { Turn } from './dihedral.ts'
export type { Pixels } from './pixels.ts'
export type { Flavour } from './reduce.ts'

/**
 * The picture's hash and quality. Under 5 px on a side: a zero hash of quality 0 (in the flavour `command_line` only if no
 * side is over 512 px, since it stretches those first). RangeError or TypeError if sizes and data do not fit.
 */
export function pdq(pixels: Pixels, flavour: Flavour = 'command_line'): Pdq {
  assertRequest(pixels, flavour)
  const small = reduce(pixels, flavour, 'kept')
  if (small === undefined) return { hash: new Uint8Array(HASH_BYTES), quality: 0 }
  return { hash: bits(dct(small)), quality: quality(small) }
}

/**
 * The eight hashes for about the price of one. `original` is what `pdq` gives, except at exactly 64x64, where the reference
 * blurs on this path only. The others come near the hash of the really turned picture (up to 18 bits seen), not to it.
 */
export function pdqDihedral(pixels: Pixels, flavour: Flavour = 'command_line'): PdqDihedral {
  assertRequest(pixels, flavour)
  const small = reduce(pixels, flavour, 'blurred')
  if (small === undefined) return { quality: 0, hashes: eachTurn(() => new Uint8Array(HASH_BYTES)) }
  const waves = dct(small)
  return { quality: quality(small), hashes: eachTurn((turn) => bits(turned(waves, turn))) }
}

function eachTurn(hashOf: (turn: Turn) => Uint8Array): Record<Turn, Uint8Array> {
  const [original, rotate90, rotate180, rotate270, flipX, flipY, flipPlus1, flipMinus1] = TURNS
  return {
    original: hashOf(original),
    rotate90: hashOf(rotate90),
    rotate180: hashOf(rotate180),
    rotate270: hashOf(rotate270),
    flipX: hashOf(flipX),
    flipY: hashOf(flipY),
    flipPlus1: hashOf(flipPlus1),
    flipMinus1: hashOf(flipMinus1),
  }
}

function assertRequest(pixels: Pixels, flavour: Flavour): void {
  assertPixels(pixels)
  assertFlavour(flavour)
}
