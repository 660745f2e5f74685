// The picture's 16x16 slowest waves: what stays the same when a picture is re-encoded or resized.
import { SMALL } from './decimate.ts'
import { at, type Grid } from './grid.ts'

const f32 = Math.fround

/** Waves per side of the hash: 16 * 16 = 256 bits. */
export const WAVES = 16

/** D, 16x64: row i is the cosine of frequency i + 1 (the mean, frequency 0, is left out). PDQ, section 1.9. */
export const COSINES = cosines()

/** B = D * A * D^t: 256 coefficients, row-major, of the 64x64 picture A. PDQ, section 1.9. */
export function dct({ values }: Grid): Float32Array {
  const half = new Float32Array(WAVES * SMALL)
  for (let i = 0; i < WAVES; i++) {
    for (let j = 0; j < SMALL; j++) {
      let sum = 0
      for (let k = 0; k < SMALL; k++) sum = f32(sum + f32(at(COSINES, i * SMALL + k) * at(values, k * SMALL + j)))
      half[i * SMALL + j] = sum
    }
  }

  const waves = new Float32Array(WAVES * WAVES)
  for (let i = 0; i < WAVES; i++) {
    for (let j = 0; j < WAVES; j++) {
      let sum = 0
      for (let k = 0; k < SMALL; k++) sum = f32(sum + f32(at(half, i * SMALL + k) * at(COSINES, j * SMALL + k)))
      waves[i * WAVES + j] = sum
    }
  }
  return waves
}

/** In doubles except the scale, each product in this order, rounded once when stored. */
function cosines(): Float32Array {
  const scale = f32(Math.sqrt(2 / SMALL))
  const matrix = new Float32Array(WAVES * SMALL)
  for (let i = 0; i < WAVES; i++) {
    for (let j = 0; j < SMALL; j++) {
      matrix[i * SMALL + j] = scale * Math.cos((Math.PI / 2 / SMALL) * (i + 1) * (2 * j + 1))
    }
  }
  return matrix
}
