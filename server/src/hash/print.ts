// What is known of an image once it was hashed: digests of its bytes and, of each picture in it, PDQ. Never pixels.
import { createHash } from 'node:crypto'
import { type Pixels, pdq, pdqDihedral, type Turn } from '@wardline/pdq'
import type { Undecodable } from '#extract'

/** Of the bytes as received; lower-case hex. */
export interface Digests {
  readonly md5: string
  readonly sha1: string
  readonly sha256: string
}

/** hash: 32 bytes; quality: 0..100. */
export interface Hashed {
  readonly hash: Uint8Array
  readonly quality: number
}

export interface Picture {
  readonly index: number
  readonly width: number
  readonly height: number
  readonly commandLine: Hashed
  readonly fullResolution: Hashed
  /** The eight in the command-line flavour. At exactly 64x64 `original` may differ from `commandLine.hash`, as in the reference. */
  readonly dihedral: Readonly<Record<Turn, Uint8Array>>
}

export interface Print {
  readonly digests: Digests
  readonly pictures: readonly Picture[]
}

/** The last three are about the decoder: it was killed, or died, of this image. */
export type Unscannable = Undecodable | 'too_slow' | 'too_much_memory' | 'decoder_crashed'

/** The digests come in either case, so an exact match counts even where nothing decodes. */
export type Extracted =
  | { readonly kind: 'print'; readonly print: Print }
  | { readonly kind: 'unscannable'; readonly why: Unscannable; readonly digests: Digests }

export function digestsOf(bytes: Uint8Array): Digests {
  const digest = (algorithm: keyof Digests) => createHash(algorithm).update(bytes).digest('hex')
  return { md5: digest('md5'), sha1: digest('sha1'), sha256: digest('sha256') }
}

/** Nothing is computed twice: the eight hashes bring the first, and small pictures have one flavour. */
export function pictureOf(pixels: Pixels, index: number): Picture {
  const { width, height } = pixels
  const { hashes, quality } = pdqDihedral(pixels)
  // The reference hashes exactly this size in two ways; PDQ, section 1.5.
  const commandLine = width === 64 && height === 64 ? pdq(pixels) : { hash: hashes.original, quality }
  const fullResolution = width <= 512 && height <= 512 ? commandLine : pdq(pixels, 'full_resolution')
  return { index, width, height, commandLine, fullResolution, dihedral: hashes }
}
