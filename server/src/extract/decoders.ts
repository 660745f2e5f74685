// sharp and libvips, as far as this program uses them. Every failure is "no": their words quote from strangers' files.
import { collapseGrey, type Pixels } from '@wardline/pdq'
import type { Sharp } from 'sharp'

/** Of one frame, in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** `pages`: how many frames the file says it has. */
export interface Header extends Size {
  readonly pages: number
}

/** undefined: it cannot be read. */
export async function headerOf(bytes: Uint8Array, page = 0): Promise<Header | undefined> {
  const open = await loaded()
  try {
    // Without sharp's own limit: "too many" must be told from "damaged".
    const { width, height, pageHeight, pages } = await open(bytes, {
      limitInputPixels: false,
      failOn: 'none',
      page,
    }).metadata()
    return { width, height: pageHeight ?? height, pages: pages ?? 1 }
  } catch {
    return undefined
  }
}

export interface Wanted {
  readonly maxPixels: number
  readonly page?: number
  /** For JPEG: decoded so small from the start. */
  readonly shrinkTo?: Size | undefined
}

export async function pixelsOf(bytes: Uint8Array, { maxPixels, page = 0, shrinkTo }: Wanted) {
  const open = await loaded()
  const image = open(bytes, { ignoreIcc: true, failOn: 'none', limitInputPixels: maxPixels, page })
  // Linear: as near as the slower kernels, by the bits of 40 photographs (2026-11-22).
  const sized = shrinkTo ? image.resize(shrinkTo.width, shrinkTo.height, { fit: 'fill', kernel: 'linear' }) : image
  const raw = await rawOf(sized)
  return raw && collapsed(raw.data, raw)
}

/** `count` frames from `page` on, all of the size `frame`. Memory: their pixels three to five times over. */
export async function framesOf(
  bytes: Uint8Array,
  { page, count, frame }: { readonly page: number; readonly count: number; readonly frame: Size },
): Promise<Pixels[] | undefined> {
  const open = await loaded()
  const { width, height } = frame
  const limitInputPixels = width * height * count
  const roll = await rawOf(open(bytes, { ignoreIcc: true, failOn: 'none', limitInputPixels, page, pages: count }))
  if (!roll || roll.width !== width || roll.height !== height * count) return undefined
  const size = width * height * roll.channels
  return Array.from({ length: count }, (_, at) =>
    collapsed(roll.data.subarray(at * size, (at + 1) * size), { width, height, channels: roll.channels }),
  )
}

/**
 * For a process that does nothing else: libvips may open only the six kinds, keeps no cache between strangers' images and
 * uses one thread, since the pool is what runs side by side. Throws if sharp cannot be loaded here.
 */
export async function confine(): Promise<void> {
  const open = await loaded()
  open.concurrency(1)
  open.cache(false)
  open.block({ operation: ['VipsForeignLoad'] })
  const allowed = ['Jpeg', 'Png', 'Nsgif', 'Webp', 'Heif', 'Tiff']
  open.unblock({ operation: allowed.map((kind) => `VipsForeignLoad${kind}Buffer`) })
}

interface Raw {
  readonly data: Buffer
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
}

async function rawOf(image: Sharp): Promise<Raw | undefined> {
  try {
    const { data, info } = await image.removeAlpha().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
    const { width, height, channels } = info
    return channels === 1 || channels === 3 ? { data, width, height, channels } : undefined
  } catch {
    return undefined
  }
}

function collapsed(data: Buffer, { width, height, channels }: Omit<Raw, 'data'>): Pixels {
  return collapseGrey({ data, width, height, channels })
}

/** Not at the top: the server asks this folder only what kind a file is, and must not carry the decoders. */
async function loaded(): Promise<typeof import('sharp').default> {
  sharp ??= (await import('sharp')).default
  return sharp
}

let sharp: typeof import('sharp').default | undefined
