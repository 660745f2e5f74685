// From pixels to the 64x64 samples that are hashed, in plain TypeScript.
import { blur } from './blur.ts'
import { decimate, SMALL } from './decimate.ts'
import type { Grid } from './grid.ts'
import { luma } from './luma.ts'
import type { Pixels } from './pixels.ts'
import { resample } from './resample.ts'

/**
 * The two official flavours, both in use: `command_line` brings anything with a side over 512 px to 512x512 first (the C++
 * program and the tables made with it); `full_resolution` takes all pixels (the Java and Python libraries, HMA).
 */
export type Flavour = 'command_line' | 'full_resolution'

export function assertFlavour(flavour: Flavour): void {
  if (flavour !== 'command_line' && flavour !== 'full_resolution') {
    throw new RangeError('flavour must be command_line or full_resolution')
  }
}

/** Pictures with a shorter side have no hash. PDQ, section 1.4. */
export const SHORTEST_SIDE = 5

/** The 64x64 picture, or undefined where the picture is too small to hash. `at64`: what a picture of just that size gets. */
export function reduce(pixels: Pixels, flavour: Flavour, at64: 'kept' | 'blurred'): Grid | undefined {
  if (pixels.width === 0 || pixels.height === 0) return undefined

  // Resampling comes before the question of size, as in the reference: 1x600 is stretched to 512x512 and has a hash.
  const { width, height } = pixels
  const grid = luma(flavour === 'command_line' ? resample(pixels) : pixels)
  if (grid.width < SHORTEST_SIDE || grid.height < SHORTEST_SIDE) return undefined
  if (at64 === 'kept' && width === SMALL && height === SMALL) return grid

  blur(grid)
  return decimate(grid)
}
