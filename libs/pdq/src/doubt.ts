// How near is too near. The reference's running sums drift, so its samples lie a little beside the true ones that the
// composed kernel finds. Where that little could decide a bit or the quality, the exact order is asked.
import { WAVES } from './dct.ts'

/** How far each wave may be off. */
export const DOUBTS = doubts()

/**
 * In percent of the grey scale: differences between neighbours as near as this to a whole percent are counted both ways.
 * Samples were seen 0.0014 grey levels off at most, and 0.0001 usually.
 */
export const SLACK = 0.0002

/**
 * A drift grows slowly along its line, so it is slow waves that it moves. Measured on 2,000 pictures of 5 to 5,000 px
 * (2026-11-22): at most 0.0038 for the slowest, falling as one over the slower of the two frequencies, at any size of picture.
 */
function doubts(): Float32Array {
  return Float32Array.from(
    { length: WAVES * WAVES },
    (_, k) => 0.003 / (1 + Math.min(k % WAVES, Math.floor(k / WAVES))),
  )
}
