// From the bytes of an image to its pictures. The bytes come from strangers: decoding happens only in a decoder process.
import { collapseGrey, type Pixels } from '@wardline/pdq'
import { mended } from './mend.ts'
import { sniff } from './sniff.ts'

export { type ImageType, SNIFF_BYTES, type Sniffed, sniff } from './sniff.ts'

/** maxPixels: width * height of one picture; more is refused from the header, before anything is decoded. */
export interface Limits {
  readonly maxPixels: number
}

export type Undecodable = 'empty' | 'not_an_image' | 'unsupported_type' | 'too_many_pixels' | 'nothing_decodes'

/** pictures: at least one; of an animation or a file of many pages only the first. */
export type Decoded =
  | { readonly kind: 'pictures'; readonly pictures: readonly Pixels[] }
  | { readonly kind: 'undecodable'; readonly why: Undecodable }

/**
 * Pixels as the PDQ reference sees them: no colour profile, no turn by EXIF, alpha thrown away (hidden colours count), no
 * resize; 16 bits and CMYK come as 8-bit RGB, and a picture without colour as one channel. A truncated or damaged file is
 * decoded as far as it goes; what is missing is grey or black, as the decoder leaves it.
 */
export async function decode(bytes: Uint8Array, limits: Limits): Promise<Decoded> {
  if (bytes.byteLength === 0) return undecodable('empty')
  const { kind } = sniff(bytes)
  if (kind === 'unknown') return undecodable('not_an_image')
  if (kind === 'unsupported') return undecodable('unsupported_type')
  const first = await attempt(bytes, limits)
  if (first.kind === 'pictures' || first.why !== 'nothing_decodes') return first
  const whole = mended(bytes, limits)
  return whole ? attempt(whole, limits) : first
}

/**
 * For a process that does nothing else: libvips may open only the six kinds, keeps no cache between strangers' images and
 * uses one thread, since the pool is what runs side by side. Throws if sharp cannot be loaded here.
 */
export async function confine(): Promise<void> {
  const { default: sharp } = await import('sharp')
  sharp.concurrency(1)
  sharp.cache(false)
  sharp.block({ operation: ['VipsForeignLoad'] })
  const allowed = ['Jpeg', 'Png', 'Nsgif', 'Webp', 'Heif', 'Tiff']
  sharp.unblock({ operation: allowed.map((kind) => `VipsForeignLoad${kind}Buffer`) })
}

async function attempt(bytes: Uint8Array, { maxPixels }: Limits): Promise<Decoded> {
  // Loaded here and not above: the server asks this folder only what kind a file is, and must not carry the decoders.
  const { default: sharp } = await import('sharp')
  try {
    // The header alone, without sharp's own limit: "too many" must be told from "damaged".
    const header = await sharp(bytes, { limitInputPixels: false, failOn: 'none' }).metadata()
    const height = header.pageHeight ?? header.height
    if (header.width * height > maxPixels) return undecodable('too_many_pixels')
    const { data, info } = await sharp(bytes, { ignoreIcc: true, failOn: 'none', limitInputPixels: maxPixels })
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const { width, channels } = info
    if (channels !== 1 && channels !== 3) return undecodable('nothing_decodes')
    return { kind: 'pictures', pictures: [collapseGrey({ data, width, height: info.height, channels })] }
  } catch {
    // libvips says in words what it met; they are about the file and quote from it, so only the fact goes on.
    return undecodable('nothing_decodes')
  }
}

function undecodable(why: Undecodable): Decoded {
  return { kind: 'undecodable', why }
}
