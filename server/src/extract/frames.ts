// The frames after the first: of animations, and of files of many pages. A few at a time, so that memory stays bounded.
import { createHash } from 'node:crypto'
import type { Pixels } from '@wardline/pdq'
import { framesOf, headerOf, pixelsOf } from './decoders.ts'
import type { Limits, Take } from './frame.ts'
import { type ImageType, isAnimatedPng, isAvifSequence } from './sniff.ts'
import { tiffPages } from './tiff.ts'

interface File {
  readonly bytes: Uint8Array
  readonly type: ImageType
  readonly limits: Limits
  /** Frame 0, already taken. */
  readonly first: Pixels
}

type Unread = 'too_many_frames' | 'unread_frames'

/** Frames decoded in one go: 48 MB of RGB. */
const GO_PIXELS = 16_000_000

/** undefined: nothing of the file is left. */
export async function furtherFrames(file: File, take: Take): Promise<Unread | undefined> {
  const { bytes, type } = file
  switch (type) {
    case 'jpeg':
      return undefined
    case 'png':
      return isAnimatedPng(bytes) ? 'unread_frames' : undefined
    case 'gif':
    case 'webp':
      return furtherOf(file, take, animation)
    case 'avif':
      return (await furtherOf(file, take, pages)) ?? (isAvifSequence(bytes) ? 'unread_frames' : undefined)
    case 'tiff':
      return (await furtherOf(file, take, pages)) ?? (await missingPages(file))
  }
}

/** libtiff counts no further than it can read, and a page behind that is a picture all the same to another program. */
async function missingPages({ bytes, limits }: File): Promise<Unread | undefined> {
  const read = (await headerOf(bytes))?.pages ?? 0
  return (tiffPages(bytes, limits.frames) ?? Number.POSITIVE_INFINITY) > read ? 'unread_frames' : undefined
}

async function furtherOf(file: File, take: Take, read: typeof pages): Promise<Unread | undefined> {
  const header = await headerOf(file.bytes)
  if (!header) return 'unread_frames'
  return header.pages > 1 ? read(file, header.pages, differing(file.first, take)) : undefined
}

/**
 * Frames build on those before them, so libvips begins each go at the first frame. Doubling what is read in a go keeps all
 * that to about three times the frames, and the last go to about twice the time of all before it.
 */
async function animation({ bytes, limits, first }: File, count: number, take: Take): Promise<Unread | undefined> {
  const size = first.width * first.height
  const most = Math.min(count, limits.frames, Math.max(1, Math.floor(limits.framePixels / Math.max(1, size))))
  const started = performance.now()
  for (let page = 1, go = 4; page < most; page += go, go *= 2) {
    if (performance.now() - started > limits.frameMs) return 'too_many_frames'
    go = Math.min(go, most - page, Math.max(1, Math.floor(GO_PIXELS / size)))
    const frames = await framesOf(bytes, { page, count: go, frame: first })
    if (!frames) return 'unread_frames'
    for (const [at, pixels] of frames.entries()) take({ pixels, index: page + at })
  }
  return most < count ? 'too_many_frames' : undefined
}

/** Pages stand each for itself: of any size, and one that is damaged hides no other. */
async function pages({ bytes, limits, first }: File, count: number, take: Take): Promise<Unread | undefined> {
  const { maxPixels, frames, framePixels, frameMs } = limits
  const started = performance.now()
  let unread: Unread | undefined
  let sum = first.width * first.height
  for (let page = 1; page < count; page += 1) {
    const header = await headerOf(bytes, page)
    sum += header ? header.width * header.height : 0
    if (page >= frames || sum > framePixels || performance.now() - started > frameMs) return 'too_many_frames'
    const pixels = header && (await pixelsOf(bytes, { maxPixels, page }))
    if (pixels) take({ pixels, index: page })
    else unread = 'unread_frames'
  }
  return unread
}

/** Passes on a frame whose pixels no frame before it had. */
function differing(first: Pixels, take: Take): Take {
  const seen = new Set([digestOf(first)])
  return (frame) => {
    const digest = digestOf(frame.pixels)
    if (seen.has(digest)) return
    seen.add(digest)
    take(frame)
  }
}

/** Cryptographic, since a stranger could otherwise make a frame that counts as another and is never looked at. */
function digestOf({ data, width, height, channels }: Pixels): string {
  return createHash('sha256').update(`${width} ${height} ${channels} `).update(data).digest('base64')
}
