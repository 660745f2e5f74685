// How much there is to see: a hash of fog is worth nothing, and this number says so.
import { at, type Grid } from './grid.ts'

const f32 = Math.fround

/** 0 (flat) to 100, from the differences between neighbours; one under 2.55 grey levels counts nothing. PDQ, section 1.8. */
export function quality({ values, width, height }: Grid): number {
  let sum = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const here = y * width + x
      if (y + 1 < height) sum += step(at(values, here), at(values, here + width))
      if (x + 1 < width) sum += step(at(values, here), at(values, here + 1))
    }
  }
  return Math.min(100, Math.floor(sum / 90))
}

/** The difference in whole percent of the grey scale. */
function step(u: number, v: number): number {
  return Math.abs(Math.trunc(f32(f32(f32(u - v) * 100) / 255)))
}
