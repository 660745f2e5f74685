// From a picture of any size to 64x64 samples.
import { at, type Grid } from './grid.ts'

/** Samples per side of the small picture that is hashed. */
export const SMALL = 64

/** The value in the middle of each of 64x64 equal parts. PDQ, section 1.7. */
export function decimate({ values, width, height }: Grid): Grid {
  const small = new Float32Array(SMALL * SMALL)
  for (let i = 0; i < SMALL; i++) {
    const row = Math.floor(((i + 0.5) * height) / SMALL) * width
    for (let j = 0; j < SMALL; j++) {
      small[i * SMALL + j] = at(values, row + Math.floor(((j + 0.5) * width) / SMALL))
    }
  }
  return { values: small, width: SMALL, height: SMALL }
}
