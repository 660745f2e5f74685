// What is known of an image once it was hashed: digests of its bytes and, of each picture in it, PDQ. Never pixels.
import { openPdq, type Turn } from '@wardline/pdq'
import type { Frame, Undecodable } from '#extract'
import type { Digests } from './digests.ts'

/** hash: 32 bytes; quality: 0..100. */
export interface Hashed {
  readonly hash: Uint8Array
  readonly quality: number
}

export interface Picture {
  /** The frame's number in the file, from 0; frames that repeat an earlier one are left out. */
  readonly index: number
  readonly width: number
  readonly height: number
  readonly commandLine: Hashed
  readonly fullResolution: Hashed
  /** The eight in the command-line flavour. At exactly 64x64 `original` may differ from `commandLine.hash`, as in the reference. */
  readonly dihedral: Readonly<Record<Turn, Uint8Array>>
  /** It was decoded at a fraction of its size (fast mode): its hashes are a few bits off, `fullResolution` is a stand-in. */
  readonly fast?: true | undefined
}

/** pictures: in the order of their frames. */
export interface Print {
  readonly digests: Digests
  readonly pictures: readonly Picture[]
}

/** The last three are about the decoder: it was killed, or died, of this image. */
export type Unscannable = Undecodable | 'too_slow' | 'too_much_memory' | 'decoder_crashed'

/**
 * unscannable: not all of the image was read, and its print holds what was: the digests in any case, so that an exact match
 * counts, and the pictures that were hashed before it went wrong.
 */
export type Extracted =
  | { readonly kind: 'print'; readonly print: Print }
  | { readonly kind: 'unscannable'; readonly why: Unscannable; readonly print: Print }

/**
 * Of a file that the decoder was to open itself: why it did not look at it, as a code of the system (`ENOENT`) or as one of ours.
 * no_image: seen from its first bytes, and no more was read. changed: it ended a decoder, and read once more it is no image.
 * too_slow: its bytes did not come in time.
 */
export interface Unopened {
  readonly kind: 'unopened'
  readonly why: 'no_image' | 'not_a_file' | 'too_large' | 'changed' | 'too_slow' | `E${string}`
}

const hasher = openPdq()

/** All hashes of a picture. */
export function pictureOf({ pixels, index, shrunkFrom }: Frame): Picture {
  if (shrunkFrom) return { index, ...shrunkFrom, ...hasher.allShrunk(pixels, shrunkFrom), fast: true }
  const { width, height } = pixels
  return { index, width, height, ...hasher.all(pixels) }
}
