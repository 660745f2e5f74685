// The frames after the first: of animations, and of files of many pages.
import { createHash } from 'node:crypto'
import type { Pixels } from '@wardline/pdq'
import { animation } from './animation.ts'
import { isAvifSequence } from './boxes.ts'
import { headerOf, pixelsOf } from './decoders.ts'
import type { File, First, Unread } from './file.ts'
import type { Film } from './film.ts'
import type { Frame, Limits, Take } from './frame.ts'
import { gifFilm } from './gif.ts'
import { pages } from './pages.ts'
import { type ImageType, isAnimatedPng } from './sniff.ts'
import { pageTurner, tiffPages } from './tiff.ts'
import { webpFilm } from './webp.ts'

/** The number in the file of the first frame that libvips gives. It says nothing of those that libwebp passes over. */
export async function firstIndex(bytes: Uint8Array, type: ImageType, { frames, maxPixels }: Limits): Promise<number> {
  const film = type === 'webp' ? webpFilm(bytes, frames + 1) : undefined
  if (!film || ((await headerOf(bytes))?.pages ?? 0) >= film.count) return 0
  for (let index = 0; index < film.count; index += 1)
    if (await pixelsOf(film.remade([index]), { maxPixels })) return index
  return 0
}

/** What is to be remembered of the first frame. */
export async function firstOf(bytes: Uint8Array, type: ImageType, { pixels, index }: Frame): Promise<First> {
  const { width, height } = pixels
  const frames = await framesSeen(bytes, type)
  const isOneOfMany = frames > 1 || (filmOf(type, bytes, 2)?.count ?? 0) > 1
  return { index, width, height, frames, digest: isOneOfMany ? digestOf(pixels) : undefined }
}

async function framesSeen(bytes: Uint8Array, type: ImageType): Promise<number> {
  if (type === 'jpeg' || type === 'png') return 1
  if (type === 'tiff') return tiffPages(bytes, 2).directories.length
  // Without a header nobody can say that there is no other.
  return (await headerOf(bytes))?.pages ?? 2
}

/** undefined: nothing of the file is left. */
export async function furtherFrames(file: File, take: Take): Promise<Unread | undefined> {
  const { bytes, type, limits, first } = file
  const further = differing(first?.digest, take)
  switch (type) {
    case 'jpeg':
      return undefined
    case 'png':
      return isAnimatedPng(bytes) ? 'unread_frames' : undefined
    case 'gif':
    case 'webp':
      return animation(file, filmOf(type, bytes, limits.frames + 1), further)
    case 'avif': {
      // Of a file whose first picture has no header the second one may tell how many there are.
      const count = first?.frames ?? (await headerOf(bytes))?.pages ?? (await headerOf(bytes, 1))?.pages ?? 1
      const unread = await pages(file, count, (page) => ({ bytes, page }), further)
      return unread ?? (isAvifSequence(bytes) ? 'unread_frames' : undefined)
    }
    case 'tiff': {
      const { directories, isWhole, isReadable } = tiffPages(bytes, limits.frames + 1)
      const seen = (await headerOf(bytes))?.pages ?? 0
      const turn = seen < directories.length ? pageTurner(bytes, directories) : (page: number) => ({ bytes, page })
      const unread = await pages(file, directories.length, turn, further)
      return unread ?? (isWhole && isReadable ? undefined : 'unread_frames')
    }
  }
}

function filmOf(type: ImageType, bytes: Uint8Array, most: number): Film | undefined {
  if (type === 'gif') return gifFilm(bytes, most)
  return type === 'webp' ? webpFilm(bytes, most) : undefined
}

/** Passes on a frame whose pixels no frame before it had. */
function differing(first: string | undefined, take: Take): Take {
  const seen = new Set(first === undefined ? [] : [first])
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
