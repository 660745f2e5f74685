// Drawn pictures for the tests: noise from a seed, any size, any number of channels.
import fc from 'fast-check'
import type { Pixels } from '../pdq.ts'

/** The same seed always gives the same noise. */
export function noise({ seed, width, height, channels }: Omit<Pixels, 'data'> & { readonly seed: number }): Pixels {
  const data = new Uint8Array(width * height * channels)
  let state = seed >>> 0
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    data[i] = state >>> 24
  }
  return { data, width, height, channels }
}

/** Noise of min..max pixels a side; one and the same generator serves every property. */
export function pictures(min: number, max: number, channels: readonly Pixels['channels'][] = [1, 3, 4]) {
  const side = fc.integer({ min, max })
  return fc
    .record({ seed: fc.nat(), width: side, height: side, channels: fc.constantFrom(...channels) })
    .map((request) => noise(request))
}

/** A picture computed from each pixel's place. */
export function drawn(width: number, height: number, colour: (x: number, y: number) => readonly number[]): Pixels {
  const data = Array.from({ length: width * height }, (_, i) => colour(i % width, Math.floor(i / width)))
  return { data: Uint8Array.from(data.flat()), width, height, channels: 3 }
}

/** The same grey picture in as many equal channels. */
export function spread({ data, width, height }: Pixels): Pixels {
  return { data: Uint8Array.from(Array.from(data).flatMap((v) => [v, v, v])), width, height, channels: 3 }
}
