// The frames of an animation, which build on each other and are read a few at a time, so that memory stays bounded.
import { framesOf, headerOf, type Size } from './decoders.ts'
import type { File, Unread } from './file.ts'
import type { Film } from './film.ts'
import type { Take } from './frame.ts'

/** Frames decoded in one go: 48 MB of RGB. */
const GO_PIXELS = 16_000_000

/**
 * Frames build on those before them, so libvips begins each go at the first frame. Doubling what is read in a go keeps all
 * that to about three times the frames, and the last go to about twice the time of all before it. Where a go fails, or
 * libvips sees fewer frames than there are, films are made of what was read so far and ever fewer frames more: one that
 * fails alone is left out of all that follow.
 */
export async function animation(
  { bytes, limits, first }: File,
  film: Film | undefined,
  take: Take,
): Promise<Unread | undefined> {
  // As many as the film was looked through for: what lies beyond is not read in any case.
  const seen = Math.min(first?.frames ?? 0, limits.frames + 1)
  const further: Take = (frame) => (frame.index === first?.index ? undefined : take(frame))
  const numbers = Array.from({ length: Math.max(seen, film?.count ?? 0) }, (_, at) => at)
  const canRemake = film?.count === numbers.length && film.width * film.height <= limits.maxPixels
  let isRemade = canRemake && seen < numbers.length
  if (!first && !isRemade) return undefined
  let unread: Unread | undefined
  const started = performance.now()
  // What libvips gave as the first may be a later one when it skips some.
  for (let at = isRemade ? 0 : 1, go = 4; at < numbers.length; ) {
    if (performance.now() - started > limits.frameMs) return 'too_many_frames'
    go = Math.min(go, numbers.length - at)
    const reel = isRemade && film ? film.remade(numbers.slice(0, at + go)) : bytes
    const frame = isRemade ? await headerOf(reel) : first
    const size = frame ? Math.max(1, frame.width * frame.height) : 1
    const most = Math.min(limits.frames, Math.max(1, Math.floor(limits.framePixels / size)))
    const number = numbers[at] ?? 0
    if (number >= most) return 'too_many_frames'
    go = Math.min(go, Math.max(1, most - number), Math.max(1, Math.floor(GO_PIXELS / size)))
    const isTaken =
      frame !== undefined &&
      size <= limits.maxPixels &&
      (await takeGo(reel, { page: at, numbers: numbers.slice(at, at + go), frame }, further))
    if (isTaken) {
      at += go
      go *= 2
    } else if (!canRemake) return 'unread_frames'
    else if (!isRemade) isRemade = true
    else if (go > 1) go = Math.ceil(go / 2)
    else {
      numbers.splice(at, 1)
      unread = 'unread_frames'
    }
  }
  return unread
}

/** Frames as they stand in the file, from `page` on; `numbers` are theirs in the file that came. False: they do not decode. */
async function takeGo(
  bytes: Uint8Array,
  { page, numbers, frame }: { readonly page: number; readonly numbers: readonly number[]; readonly frame: Size },
  take: Take,
): Promise<boolean> {
  const frames = await framesOf(bytes, { page, count: numbers.length, frame })
  for (const [at, pixels] of frames?.entries() ?? []) take({ pixels, index: numbers[at] ?? page })
  return frames !== undefined
}
