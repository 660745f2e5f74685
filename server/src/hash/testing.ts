// For tests: large pictures that a compressor and a shrinking decoder treat as they treat photographs.
import type { Pixels } from '@wardline/pdq'
import sharp from 'sharp'
import { decodeAll } from '../extract/testing.ts'
import { type Picture, pictureOf } from './print.ts'

/**
 * A sum of soft waves in many directions whose strength falls with their frequency (as it does in photographs), a few hard
 * edges, and grain like a sensor's. Drawn from `seed`; RGB.
 */
export async function photographLike(seed: number, width: number, height: number): Promise<Pixels> {
  const dice = diceFrom(seed)
  const edges = Array.from({ length: 6 }, () => ({
    x: dice() * width,
    y: dice() * height,
    side: (0.05 + dice() * 0.3) * Math.min(width, height),
    by: (dice() - 0.5) * 120,
  }))
  // The waves at a quarter of the size: they are soft, and that costs a sixteenth.
  const [w, h] = [Math.ceil(width / 4), Math.ceil(height / 4)]
  const data = await sharp(waves(dice, w, h), { raw: { width: w, height: h, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer()
  let grain = seed >>> 0 || 1
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 3) {
      grain = (Math.imul(grain, 1_664_525) + 1_013_904_223) >>> 0
      let add = ((grain >>> 16) / 65_536 - 0.5) * 12
      for (const edge of edges) if (Math.abs(x - edge.x) + Math.abs(y - edge.y) < edge.side) add += edge.by
      data[at] = clamped((data[at] ?? 0) + add)
      data[at + 1] = clamped((data[at + 1] ?? 0) + add / 2)
      data[at + 2] = clamped((data[at + 2] ?? 0) - add)
    }
  }
  return { data, width, height, channels: 3 }
}

export async function photographJpeg(seed: number, width: number, height: number, quality = 88): Promise<Buffer> {
  const { data } = await photographLike(seed, width, height)
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer()
}

function waves(dice: () => number, width: number, height: number): Uint8Array {
  const all = Array.from({ length: 24 }, () => {
    const cycles = 2 ** (dice() * 7)
    const angle = dice() * Math.PI * 2
    const column = table(width, (Math.cos(angle) * cycles * 2 * Math.PI) / width, 0)
    // sin(a + b) from the sines of a and b: columns and rows are enough.
    const row = table(height, (Math.sin(angle) * cycles * 2 * Math.PI) / height, dice() * 7)
    return { column, row, tint: [dice(), dice(), dice()].map((each) => ((0.5 + each) * 90) / cycles ** 0.8) }
  })
  const data = new Uint8Array(width * height * 3)
  for (let at = 0; at < data.length; at += 3) {
    const [x, y] = [(at / 3) % width, Math.floor(at / 3 / width)]
    const sum = [118, 118, 118]
    for (const { column, row, tint } of all) {
      const value = (row.sin[y] ?? 0) * (column.cos[x] ?? 0) + (row.cos[y] ?? 0) * (column.sin[x] ?? 0)
      for (let channel = 0; channel < 3; channel += 1) sum[channel] = (sum[channel] ?? 0) + value * (tint[channel] ?? 0)
    }
    for (let channel = 0; channel < 3; channel += 1) data[at + channel] = clamped(sum[channel] ?? 0)
  }
  return data
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
