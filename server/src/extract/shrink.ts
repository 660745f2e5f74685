// Fast mode: how small a large JPEG may be decoded so that its PDQ stays within a few bits.

/** The size to ask for, and the picture's own. */
export interface Shrunk {
  readonly width: number
  readonly height: number
  readonly fromWidth: number
  readonly fromHeight: number
}

/** Pictures with a shorter side than this gain too little. */
const LEAST_SIDE = 2048

/**
 * libjpeg can leave out the high frequencies while it decodes, by 2, 4 or 8, which is nearly free. The short side stays at
 * 512 or more. One pixel less than a whole fraction is asked for, since sharp otherwise takes the next smaller fraction and
 * resizes the rest at full cost. undefined: not to be shrunk.
 */
export function shrunkSize(of: { readonly width: number; readonly height: number } | undefined): Shrunk | undefined {
  if (!of || Math.min(of.width, of.height) < LEAST_SIDE) return undefined
  const by = Math.min(of.width, of.height) >= 2 * LEAST_SIDE ? 8 : 4
  const { width, height } = of
  return {
    width: Math.floor(width / by) - 1,
    height: Math.floor(height / by) - 1,
    fromWidth: width,
    fromHeight: height,
  }
}
