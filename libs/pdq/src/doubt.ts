// How near is too near: the composed samples and the reference's differ by rounding errors, and where these could decide a
// bit, the exact order is asked.

/** In percent of the grey scale: differences between neighbours this near to a whole percent are in doubt. */
export const SLACK = 0.001

/** In units of a wave: cells this near to the median are in doubt. The reference's running sums drift with the side. */
export function doubtOf({ width, height }: { readonly width: number; readonly height: number }): number {
  return 1e-4 * (1 + Math.max(width, height) / 512)
}
