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

/** Blobs of several sizes under a little noise: as near to a photograph as the tests come. The same seed, the same picture. */
export function scene({ seed, width, height, channels }: Omit<Pixels, 'data'> & { readonly seed: number }): Pixels {
  const grain = noise({ seed, width, height, channels }).data
  const knots = noise({ seed: seed + 1, width: 64, height: 64, channels: 1 }).data
  const dark = 1 + (seed % 5)
  const data = new Uint8Array(width * height * channels)
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / channels)
    const [x, y] = [(pixel % width) / width, Math.floor(pixel / width) / height]
    const light = blob(knots, 0, 3, x, y) * 0.5 + blob(knots, 999, 9, x, y) * 0.3 + blob(knots, 2022, 25, x, y) * 0.2
    data[i] = (light * (1 - (i % channels) / 9) + (grain[i] ?? 0) / 16) / dark
  }
  return { data, width, height, channels }
}

/** The same scene with hardly any contrast, from `level` of 255 up: where its running sums pass a power of two, they drift most. */
export function paled(picture: Pixels, level: number, halvings: number): Pixels {
  return { ...picture, data: picture.data.map((byte) => Math.min(255, level + (byte >> halvings))) }
}

function blob(knots: Pixels['data'], from: number, across: number, x: number, y: number): number {
  const [column, row] = [Math.floor(x * across), Math.floor(y * across)]
  const knot = (dx: number, dy: number) => knots[(from + (row + dy) * (across + 1) + column + dx) % knots.length] ?? 0
  const [right, down] = [x * across - column, y * across - row]
  return (
    (knot(0, 0) * (1 - right) + knot(1, 0) * right) * (1 - down) +
    (knot(0, 1) * (1 - right) + knot(1, 1) * right) * down
  )
}
