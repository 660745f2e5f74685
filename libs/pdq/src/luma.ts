// From colours to brightness.
import type { Grid } from './grid.ts'
import type { Pixels } from './pixels.ts'

const f32 = Math.fround
const RED = f32(0.299)
const GREEN = f32(0.587)
const BLUE = f32(0.114)

/** The picture's brightness, 0..255 as float32. PDQ, section 1.3. */
export function luma({ data, width, height, channels }: Pixels): Grid {
  const values = new Float32Array(width * height)
  for (let i = 0; i < values.length; i++) values[i] = channels === 1 ? byte(data, i) : brightness(data, i * channels)
  return { values, width, height }
}

/** (r*R + g*G) + b*B in this order, rounded after each step; the fourth channel is never read. */
function brightness(data: Pixels['data'], i: number): number {
  const redGreen = f32(f32(RED * byte(data, i)) + f32(GREEN * byte(data, i + 1)))
  return f32(redGreen + f32(BLUE * byte(data, i + 2)))
}

function byte(data: Pixels['data'], i: number): number {
  const value = data[i]
  if (value === undefined) throw new Error('a read outside the pixels')
  return value
}
