// PDQ, the perceptual image hash, bit by bit as the C++ reference computes it: the same pixels give the same hash.
import type { Pdq, PdqDihedral } from './answer.ts'
import { type Hasher, openPdq } from './hasher.ts'
import type { Pixels } from './pixels.ts'
import type { Flavour } from './reduce.ts'
import * as twin from './twin.ts'

export type { Pdq, PdqAll, PdqAllRoom, PdqDihedral, PdqDihedralRoom, PdqRoom } from './answer.ts'
export { roomForAll, roomForEight, roomForOne } from './answer.ts'
export type { Turn } from './dihedral.ts'
export { distanceBits } from './distance.ts'
export { collapseGrey } from './grey.ts'
export { type Hasher, type HasherSettings, type Mode, openPdq } from './hasher.ts'
export type { Pixels } from './pixels.ts'
export type { Flavour } from './reduce.ts'
export type { Size } from './shrunk.ts'
export { fromHex, isPdqHex, toBinary, toHex } from './text.ts'
export type { Build } from './wasm.ts'

/**
 * The picture's hash and quality. Under 5 px on a side: a zero hash of quality 0 (in the flavour `command_line` only if no
 * side is over 512 px, since it stretches those first). RangeError or TypeError if sizes and data do not fit.
 */
export function pdq(pixels: Pixels, flavour: Flavour = 'command_line'): Pdq {
  const hasher = ours()
  return hasher ? hasher.hash(pixels, flavour) : twin.pdq(pixels, flavour)
}

/**
 * The eight hashes for about the price of one. `original` is what `pdq` gives, except at exactly 64x64, where the reference
 * blurs on this path only. The others come near the hash of the really turned picture (up to 18 bits seen), not to it.
 */
export function pdqDihedral(pixels: Pixels, flavour: Flavour = 'command_line'): PdqDihedral {
  const hasher = ours()
  return hasher ? hasher.dihedral(pixels, flavour) : twin.pdqDihedral(pixels, flavour)
}

let opened: Hasher | 'refused' | undefined

/** One for all callers, since a call never waits. Where WASM is refused (a page's CSP may do so) the twin gives the same. */
function ours(): Hasher | undefined {
  if (opened === undefined) {
    try {
      opened = openPdq()
    } catch {
      opened = 'refused'
    }
  }
  return opened === 'refused' ? undefined : opened
}
