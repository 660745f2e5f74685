// What a decoder process and its parent say to each other.
import type { Decoded, How, Limits } from '#extract'
import type { Digests } from './digests.ts'
import type { FileToRead } from './file.ts'
import type { Picture, Unopened } from './print.ts'

/** To the decoder, as JSON through the pipe. The bytes of an image follow it. */
export type Task =
  | { readonly kind: 'image'; readonly sizeBytes: number; readonly limits: Limits; readonly how: How }
  /** An image that nobody else needs the bytes of: the decoder reads them itself. */
  | { readonly kind: 'file'; readonly file: FileToRead; readonly limits: Limits; readonly how: How }
  /** The last image that was sent is wanted no more. Too late if it was begun: then it is answered as any other. */
  | { readonly kind: 'forget' }

/**
 * About one image after the other: `begun` comes first and before a byte is decoded, since the image is to blame for what
 * happens to the process from then on; `whole` and `undecodable` end what is said about one. A message holds some answers in
 * their order: each message costs both processes a wake-up.
 */
export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'cannot_start'; readonly words: string }
  | { readonly kind: 'begun' }
  | { readonly kind: 'digests'; readonly digests: Digests }
  | { readonly kind: 'picture'; readonly picture: Picture }
  | Decoded
  /** Instead of `begun`. */
  | Unopened
  | { readonly kind: 'forgotten' }
