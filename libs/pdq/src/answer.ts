// What comes out: hashes and qualities, in objects that may be used again so that nothing is allocated for each picture.
import { HASH_BYTES } from './bits.ts'
import type { Turn } from './dihedral.ts'

/** hash: 32 bytes, one big-endian number. quality: 0..100; Meta's advice is to throw away a hash under 50. */
export type Pdq = { readonly hash: Uint8Array; readonly quality: number }

/** The hashes of the picture as it is, turned and flipped (32 bytes each), and the one quality they share. */
export type PdqDihedral = { readonly quality: number; readonly hashes: Readonly<Record<Turn, Uint8Array>> }

/** Everything PDQ can say of one picture. `dihedral` has the quality of `commandLine`. */
export type PdqAll = {
  readonly commandLine: Pdq
  readonly fullResolution: Pdq
  /** The eight in the flavour `command_line`. At exactly 64x64 `original` may differ from `commandLine.hash`. */
  readonly dihedral: Readonly<Record<Turn, Uint8Array>>
}

/** To be filled: `hash` may be any 32 bytes of yours. */
export type PdqRoom = { readonly hash: Uint8Array; quality: number }
export type PdqDihedralRoom = { readonly hashes: Readonly<Record<Turn, Uint8Array>>; quality: number }
export type PdqAllRoom = {
  readonly commandLine: PdqRoom
  readonly fullResolution: PdqRoom
  readonly dihedral: Readonly<Record<Turn, Uint8Array>>
}

export function roomForOne(): PdqRoom {
  return { hash: new Uint8Array(HASH_BYTES), quality: 0 }
}

export function roomForEight(): PdqDihedralRoom {
  return { hashes: eight(), quality: 0 }
}

/** Room for `all`, to be handed in again and again. */
export function roomForAll(): PdqAllRoom {
  return { commandLine: roomForOne(), fullResolution: roomForOne(), dihedral: eight() }
}

function eight(): Record<Turn, Uint8Array> {
  const fresh = () => new Uint8Array(HASH_BYTES)
  return {
    original: fresh(),
    rotate90: fresh(),
    rotate180: fresh(),
    rotate270: fresh(),
    flipX: fresh(),
    flipY: fresh(),
    flipPlus1: fresh(),
    flipMinus1: fresh(),
  }
}
