// How near is too near. The reference's running sums drift, so its samples lie a little beside the true ones that the
// composed kernel finds. Where that little could decide a bit or the quality, the exact order is asked.
import { WAVES } from './dct.ts'
import type { Pixels } from './pixels.ts'

/** How far each wave may be off: of a picture with both sides up to 512 px, and of a larger one, all of whose pixels count. */
export const DOUBTS = doubts(0.003)
export const LARGE_DOUBTS = doubts(0.009)

/**
 * Pictures with a longer side go the exact way at once: a drift grows with the length of its line, and faster where the sum
 * passes a power of two. In pale RGB pictures made for it, it was four times as large from 8,192 px on, and four hashes of
 * 20,000 px had two wrong bits.
 */
export const LONGEST_DOUBTED = 8000

/**
 * Pictures with a shorter side go the exact way: the same few lines are thinned to 64 samples, so the drift of one counts many
 * times. An adversary that changes one byte after the other found two wrong bits in pictures of 387x10.
 */
const NARROWEST_DOUBTED = 64

/**
 * Pictures of a quality below this, times their mean brightness from 0 to 1, do: a drift grows with the brightness, and the
 * waves of pale pictures are so small that they lie within reach of each other.
 */
export const FAINT = 20

/**
 * In percent of the grey scale: differences between neighbours as near as this to a whole percent are counted both ways.
 * Nearly all are; in pale pictures some were 0.001 off up to 512 px and 0.005 up to 8,000 px. That changed no quality of the
 * 19,000 pictures of a soak, since a quality is the sum of 8,064 differences divided by 90.
 */
export const SLACK = 0.0002

/** Whether it is known how far the composed sums may be off; all others go the exact way. */
export function isComposable({ width, height }: Pick<Pixels, 'width' | 'height'>): boolean {
  return Math.max(width, height) <= LONGEST_DOUBTED && !isNarrow({ width, height })
}

/** Also of a picture that is stretched before it is hashed: its few lines stay what they are. */
export function isNarrow({ width, height }: Pick<Pixels, 'width' | 'height'>): boolean {
  return Math.min(width, height) < NARROWEST_DOUBTED
}

/**
 * A drift grows slowly along its line, so it is slow waves that it moves: it falls as one over the slower of the two
 * frequencies. Measured 2026-11-22, for the slowest wave: of scenes up to 512 px at most 0.003, up to 8,000 px 0.008; of pale
 * ones with hardly any contrast, made to drift, 0.01 and 0.033. Beyond what is doubted a bit is wrong only where a wave lies
 * just there: none was in 9,000 such pictures.
 */
function doubts(slowest: number): Float32Array {
  return Float32Array.from(
    { length: WAVES * WAVES },
    (_, k) => slowest / (1 + Math.min(k % WAVES, Math.floor(k / WAVES))),
  )
}
