// What a decoder process and its parent say to each other. The parent believes nothing: a decoder may have been taken over.
import { z } from 'zod'
import type { Digests, Picture, Unscannable } from './print.ts'

/** To the decoder: one image. It gets the next only after it answered `pictures` or `undecodable`. */
export interface Task {
  readonly bytes: Uint8Array
  readonly maxPixels: number
}

export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'cannot_start'; readonly words: string }
  | { readonly kind: 'digests'; readonly digests: Digests }
  | { readonly kind: 'pictures'; readonly pictures: readonly Picture[] }
  | { readonly kind: 'undecodable'; readonly why: Unscannable }

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
})

const answer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready') }),
  z.strictObject({ kind: z.literal('cannot_start'), words: z.string().max(500) }),
  z.strictObject({
    kind: z.literal('digests'),
    digests: z.strictObject({ md5: hex(32), sha1: hex(40), sha256: hex(64) }),
  }),
  z.strictObject({ kind: z.literal('pictures'), pictures: z.array(picture).min(1).max(10_000) }),
  z.strictObject({
    kind: z.literal('undecodable'),
    why: z.enum(['empty', 'not_an_image', 'unsupported_type', 'too_many_pixels', 'nothing_decodes']),
  }),
])

/** undefined: not an answer of ours. */
export function parseAnswer(message: unknown): Answer | undefined {
  const parsed = answer.safeParse(message)
  return parsed.success ? parsed.data : undefined
}
