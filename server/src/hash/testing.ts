// For tests: large pictures that a compressor and a shrinking decoder treat as they treat photographs.
import type { Pixels } from '@wardline/pdq'
import { decodeAll } from '../extract/testing.ts'
import { type Picture, pictureOf } from './print.ts'

/**
 * A sum of soft waves in many directions whose strength falls with their frequency (as it does in photographs), a few hard
 * edges, and grain like a sensor's. Drawn from `seed`; RGB.
 */
export function photographLike(seed: number, width: number, height: number): Pixels {
  const dice = diceFrom(seed)
  const waves = Array.from({ length: 24 }, () => {
    const cycles = 2 ** (dice() * 7)
    const angle = dice() * Math.PI * 2
    return {
      across: (Math.cos(angle) * cycles * 2 * Math.PI) / width,
      down: (Math.sin(angle) * cycles * 2 * Math.PI) / height,
      phase: dice() * 7,
      tint: [dice(), dice(), dice()].map((each) => ((0.5 + each) * 90) / cycles ** 0.8),
    }
  })
  const edges = Array.from({ length: 6 }, () => ({
    x: dice() * width,
    y: dice() * height,
    side: (0.05 + dice() * 0.3) * Math.min(width, height),
    by: (dice() - 0.5) * 120,
  }))
  // Waves are made of columns and rows: sin(a + b) from sines of each, so that 12 megapixels take a second or two.
  const rows = waves.map(({ down, phase }) => table(height, down, phase))
  const columns = waves.map(({ across }) => table(width, across, 0))
  const data = new Uint8Array(width * height * 3)
  let grain = seed >>> 0 || 1
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let [red, green, blue] = [118, 118, 118]
      for (let w = 0; w < waves.length; w += 1) {
        const [row, column, tint] = [rows[w], columns[w], waves[w]?.tint]
        if (!row || !column || !tint) continue
        const value = (row.sin[y] ?? 0) * (column.cos[x] ?? 0) + (row.cos[y] ?? 0) * (column.sin[x] ?? 0)
        red += value * (tint[0] ?? 0)
        green += value * (tint[1] ?? 0)
        blue += value * (tint[2] ?? 0)
      }
      for (const edge of edges) {
        if (Math.abs(x - edge.x) + Math.abs(y - edge.y) > edge.side) continue
        red += edge.by
        green += edge.by / 2
        blue -= edge.by
      }
      grain = (Math.imul(grain, 1_664_525) + 1_013_904_223) >>> 0
      const noise = ((grain >>> 16) / 65_536 - 0.5) * 12
      data[at] = clamped(red + noise)
      data[at + 1] = clamped(green + noise)
      data[at + 2] = clamped(blue + noise)
      at += 3
    }
  }
  return { data, width, height, channels: 3 }
}

/** The picture of a JPEG decoded in full, and in fast mode. */
export async function bothWays(jpeg: Uint8Array): Promise<{ readonly full: Picture; readonly fast: Picture }> {
  const [full, fast] = await Promise.all(
    [false, true].map(async (fast) => (await decodeAll(jpeg, { how: { fast } })).frames.map(pictureOf)[0]),
  )
  if (!full || !fast) throw new Error('a drawn picture did not decode')
  return { full, fast }
}

function table(length: number, step: number, phase: number) {
  const sin = Float32Array.from({ length }, (_, at) => Math.sin(at * step + phase))
  const cos = Float32Array.from({ length }, (_, at) => Math.cos(at * step + phase))
  return { sin, cos }
}

function clamped(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value
}

/** 0..1, the same for the same seed (mulberry32). */
export function diceFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
