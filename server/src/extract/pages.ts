// The pages of a file, each of which stands for itself.
import { headerOf, pixelsOf, type Wanted } from './decoders.ts'
import type { File, Unread } from './file.ts'
import type { Take } from './frame.ts'

/** Where a page is to be had: in which bytes, as which of theirs. */
export type Turn = (page: number) => { readonly bytes: Uint8Array; readonly page: number }

/** Pages stand each for itself: of any size, and one that is damaged or too large hides no other. */
export async function pages(
  { limits, first }: File,
  count: number,
  turn: Turn,
  take: Take,
): Promise<Unread | undefined> {
  const { maxPixels, frames, framePixels, frameMs } = limits
  const started = performance.now()
  let unread: Unread | undefined = first ? undefined : 'unread_frames'
  let sum = first ? first.width * first.height : 0
  for (let number = 1; number < count; number += 1) {
    if (number >= frames || performance.now() - started > frameMs) return 'too_many_frames'
    const { bytes, page } = turn(number)
    const header = await headerOf(bytes, page)
    const size = header ? header.width * header.height : 0
    // What a page merely says of its size must not stop the others.
    if (size <= maxPixels) sum += size
    if (sum > framePixels) return 'too_many_frames'
    const isTaken = size <= maxPixels && (await takePage(bytes, { maxPixels, page, number }, take))
    if (!isTaken) unread = 'unread_frames'
  }
  return unread
}

async function takePage(
  bytes: Uint8Array,
  { number, ...wanted }: Wanted & { readonly number: number },
  take: Take,
): Promise<boolean> {
  const pixels = await pixelsOf(bytes, wanted)
  if (pixels) take({ pixels, index: number })
  return pixels !== undefined
}
