// From the bytes of an image to its pictures. The bytes come from strangers: decoding happens only in a decoder process.
import { headerOf, pixelsOf } from './decoders.ts'
import type { First } from './file.ts'
import type { How, Limits, Take } from './frame.ts'
import { firstIndex, firstOf, furtherFrames } from './frames.ts'
import { mended } from './mend.ts'
import { shrunkSize } from './shrink.ts'
import { type ImageType, sniff } from './sniff.ts'

export { confine } from './decoders.ts'
export type { Frame, How, Limits } from './frame.ts'
export { type ImageType, SNIFF_BYTES, type Sniffed, sniff } from './sniff.ts'

/**
 * too_many_frames: a limit was reached. unread_frames: the file has frames that do not decode, or that this decoder cannot
 * read (animated PNG, the tracks of an AVIF sequence). After these two, and only then, frames were taken all the same.
 */
export type Undecodable =
  | 'empty'
  | 'not_an_image'
  | 'unsupported_type'
  | 'too_many_pixels'
  | 'nothing_decodes'
  | 'too_many_frames'
  | 'unread_frames'

/** whole: at least one frame was taken, and nothing is left. */
export type Decoded = { readonly kind: 'whole' } | { readonly kind: 'undecodable'; readonly why: Undecodable }

/**
 * Hands each frame that differs from those before it to `take`, in their order, as soon as it is decoded.
 * Pixels as the PDQ reference sees them: no colour profile, no turn by EXIF, alpha thrown away (hidden colours count), no
 * resize; 16 bits and CMYK come as 8-bit RGB, and a picture without colour as one channel. A truncated or damaged picture
 * is decoded as far as it goes; what is missing is grey or black, as the decoder leaves it.
 */
export async function decode(bytes: Uint8Array, limits: Limits, how: How, take: Take): Promise<Decoded> {
  if (bytes.byteLength === 0) return undecodable('empty')
  const sniffed = sniff(bytes)
  if (sniffed.kind === 'unknown') return undecodable('not_an_image')
  if (sniffed.kind === 'unsupported') return undecodable('unsupported_type')
  const first = await attempt(bytes, sniffed.type, limits, how, take)
  if (first.kind === 'whole' || first.why !== 'nothing_decodes') return first
  const whole = mended(bytes, limits)
  return whole ? attempt(whole, sniffed.type, limits, how, take) : first
}

async function attempt(bytes: Uint8Array, type: ImageType, limits: Limits, how: How, take: Take): Promise<Decoded> {
  const first = await takeFirst(bytes, type, limits, how, take)
  let others = 0
  const counted: Take = (frame) => {
    others += 1
    take(frame)
  }
  // A first frame that cannot be had hides no other.
  const known = typeof first === 'string' ? undefined : first
  const why = await furtherFrames({ bytes, type, limits, first: known }, counted)
  if (typeof first === 'string' && others === 0) return undecodable(first)
  return why ? undecodable(why) : { kind: 'whole' }
}

/** On its own, so that nothing holds on to its pixels while the others are read. */
async function takeFirst(
  bytes: Uint8Array,
  type: ImageType,
  limits: Limits,
  how: How,
  take: Take,
): Promise<First | Undecodable> {
  const { maxPixels } = limits
  // The pixels are asked for at once and the header only where it is needed: so the caller can use the time.
  const small = type === 'jpeg' && how.fast ? shrunkSize(await headerOf(bytes)) : undefined
  const pixels = await pixelsOf(bytes, { maxPixels, shrinkTo: small })
  if (!pixels) {
    const header = await headerOf(bytes)
    // sharp says "too many" and "damaged" alike.
    return header && header.width * header.height > maxPixels ? 'too_many_pixels' : 'nothing_decodes'
  }
  const index = await firstIndex(bytes, type, limits)
  take({ pixels, index, ...(small && { shrunkFrom: { width: small.fromWidth, height: small.fromHeight } }) })
  return firstOf(bytes, type, { pixels, index })
}

function undecodable(why: Undecodable): Decoded {
  return { kind: 'undecodable', why }
}
