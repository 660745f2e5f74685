// The command-line flavour's first step: anything with a side over 512 px becomes exactly 512 x 512, aspect lost.
import type { Pixels } from './pixels.ts'

const SIDE = 512

/** Nearest neighbour on the bytes, before luma; a short side is stretched up. Smaller pictures pass. PDQ, section 1.2. */
export function resample(pixels: Pixels): Pixels {
  const { data, width, height, channels } = pixels
  if (width <= SIDE && height <= SIDE) return pixels

  const out = new Uint8Array(SIDE * SIDE * channels)
  for (let y = 0; y < SIDE; y++) {
    const row = Math.floor((y * height) / SIDE) * width
    for (let x = 0; x < SIDE; x++) {
      const from = (row + Math.floor((x * width) / SIDE)) * channels
      out.set(data.subarray(from, from + channels), (y * SIDE + x) * channels)
    }
  }
  return { data: out, width: SIDE, height: SIDE, channels }
}
