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
 * libjpeg can leave out the high frequencies while it decodes, by 2, 4 or 8, which is nearly free. For shrinking by 2 to 3,
 * by 4 to 5 or by 8 to 9, sharp does not use it fully: it decodes at the next smaller fraction and resizes the rest, which
 * for 12 megapixels costs as much as the decoding. So the least that makes it use 2, 4 and 8 is asked for: 3, 5 and 9, with
 * a short side of 512 or more. The small rest that sharp resizes keeps the phase. undefined: not to be shrunk.
 */
export function shrunkSize(of: { readonly width: number; readonly height: number } | undefined): Shrunk | undefined {
  if (!of || Math.min(of.width, of.height) < LEAST_SIDE) return undefined
  const { width, height } = of
  const most = Math.min(width, height) / 512
  const by = most >= 9 ? 9 : most >= 5 ? 5 : 3
  return { width: Math.floor(width / by), height: Math.floor(height / by), fromWidth: width, fromHeight: height }
}
