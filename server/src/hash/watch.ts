// Looks at a decoder while it works: how long at one image, and how much memory its process holds.
import { systemClock } from '#base'
import { MEMORY_EVERY_MS, residentMb } from './memory.ts'

export interface Watched {
  /** For one image, from the moment it is begun. */
  readonly deadlineMs: number
  /** Resident memory of the whole process: 85 MB at rest and 11 MB a megapixel, measured up to 150 megapixels. */
  readonly memoryMb: number
  /** Another scale than ours: tests bring slow ones. */
  readonly weigh?: ((pid: number) => Promise<number>) | undefined
}

/** An image that a decoder works on, or is to begin. */
export interface Turn {
  /** The decoder reads it itself, from a disk that may be slow. */
  readonly isFile: boolean
  /** When its turn came, then when it was begun; of `performance.now()`, since the time of day may be set back. */
  since: number
  hasBegun: boolean
}

export interface Watch {
  /** That an image's turn has come, or that it was begun. */
  see(): void
  /** The most that was seen so far. */
  largestMb(): number
  stop(): void
}

/** From its turn until an image is begun, which takes as long as its bytes take to arrive from here. */
const BEGIN_MS = 10_000

/**
 * One look every so often and not a clock for each image: of small ones many pass between two looks. `turn`: the image whose
 * turn it is, if any. `tooMuch` is told at most once for an image.
 */
export function openWatch(
  { deadlineMs, memoryMb, weigh = residentMb }: Watched,
  pid: number | undefined,
  turn: () => Turn | undefined,
  tooMuch: (why: 'too_slow' | 'too_much_memory') => void,
): Watch {
  const everyMs = Math.min(MEMORY_EVERY_MS, deadlineMs)
  const stop = new AbortController()
  let isWatching = false
  let isWeighing = false
  let weighedAt = Number.NEGATIVE_INFINITY
  let largestMb = 0

  const weighed = async (image: Turn) => {
    const now = performance.now()
    if (pid === undefined || isWeighing || now - weighedAt < MEMORY_EVERY_MS) return
    isWeighing = true
    weighedAt = now
    const mb = await weigh(pid)
    isWeighing = false
    largestMb = Math.max(largestMb, mb)
    // Of an image that was answered meanwhile nothing is to be said, and the next one is weighed itself.
    if (mb > memoryMb && turn() === image) tooMuch('too_much_memory')
  }

  const watch = async () => {
    isWatching = true
    for (let image = turn(); image && !stop.signal.aborted; image = turn()) {
      if (performance.now() - image.since >= (image.hasBegun || image.isFile ? deadlineMs : BEGIN_MS))
        tooMuch('too_slow')
      else if (image.hasBegun) void weighed(image)
      await systemClock.wait(everyMs, stop.signal)
    }
    isWatching = false
  }

  return {
    see: () => {
      const image = turn()
      if (image?.hasBegun) void weighed(image)
      if (!isWatching) void watch()
    },
    largestMb: () => largestMb,
    stop: () => stop.abort('over'),
  }
}
