// What a decoder process and its parent say to each other. The parent believes nothing: a decoder may have been taken over.
import { z } from 'zod'
import type { Decoded, How, Limits } from '#extract'
import type { Digests, Picture } from './print.ts'

/** To the decoder. The bytes of an image follow through the pipe, in the order of the tasks. */
export type Task =
  | { readonly kind: 'image'; readonly sizeBytes: number; readonly limits: Limits; readonly how: How }
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
  | { readonly kind: 'forgotten' }

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`))
const hash = z.instanceof(Uint8Array).refine((bytes) => bytes.byteLength === 32)
const hashed = z.strictObject({ hash, quality: z.int().min(0).max(100) })
const side = z.int().min(1)

const picture = z.strictObject({
  index: z.int().min(0),
  width: side,
  height: side,
  commandLine: hashed,
  fullResolution: hashed,
  dihedral: z.strictObject({
    original: hash,
    rotate90: hash,
    rotate180: hash,
    rotate270: hash,
    flipX: hash,
    flipY: hash,
    flipPlus1: hash,
    flipMinus1: hash,
  }),
  fast: z.literal(true).optional(),
})

const answer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready') }),
  z.strictObject({ kind: z.literal('cannot_start'), words: z.string().max(500) }),
  z.strictObject({ kind: z.literal('begun') }),
  z.strictObject({
    kind: z.literal('digests'),
    digests: z.strictObject({ md5: hex(32), sha1: hex(40), sha256: hex(64) }),
  }),
  z.strictObject({ kind: z.literal('picture'), picture }),
  z.strictObject({ kind: z.literal('whole') }),
  z.strictObject({
    kind: z.literal('undecodable'),
    why: z.enum([
      'empty',
      'not_an_image',
      'unsupported_type',
      'too_many_pixels',
      'nothing_decodes',
      'too_many_frames',
      'unread_frames',
    ]),
  }),
  z.strictObject({ kind: z.literal('forgotten') }),
])

const answers = z.array(answer).min(1)

/** undefined: not a message of ours. */
export function parseAnswers(message: unknown): readonly Answer[] | undefined {
  const parsed = answers.safeParse(message)
  return parsed.success ? parsed.data : undefined
}
