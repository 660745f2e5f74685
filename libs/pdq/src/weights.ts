// Lays the tables by which the kernel weighs: which pixels count for which sample, and how much.
import { SMALL } from './decimate.ts'
import { AT } from './layout.ts'
import type { Pixels } from './pixels.ts'
import { type Taps, weigh } from './taps.ts'
import type { Memory } from './wasm.ts'

/** Brightness in thousandths, PDQ, section 1.3; the fourth channel weighs nothing. */
const BRIGHTNESS = [299, 587, 114, 0] as const

/** Which pixels along a side count for sample o, and how much. */
export type Weigh = (length: number, o: number, taps: Taps) => void

/** The kernel's memory as it is written; to be taken anew when it has grown. */
export type Views = ReturnType<typeof views>

export function views({ buffer }: Memory) {
  return {
    u8: new Uint8Array(buffer),
    i16: new Int16Array(buffer),
    u32: new Uint32Array(buffer),
    f32: new Float32Array(buffer),
  }
}

/** Of a picture with both sides up to 512. Returns how many rows the kernel takes for a sample. */
export function layDownSmall({ i16, u32, f32 }: Views, taps: Taps, height: number): number {
  const tapsDown = height <= 128 ? 1 : height <= 256 ? 3 : 7
  for (let o = 0; o < SMALL; o++) {
    weigh(height, o, taps)
    // All taps must be rows of the picture, also where fewer count.
    const first = Math.min(taps.first, height - tapsDown)
    const record = AT.vertical + 32 * o
    u32[record / 4] = first
    i16.fill(0, record / 2 + 8, record / 2 + 16)
    for (let k = 0; k < taps.count; k++) i16[record / 2 + 8 + taps.first - first + k] = taps.weights[k] ?? 0
    f32[AT.scaleY / 4 + o] = 1 / taps.sum
  }
  return tapsDown
}

/** Of a picture with both sides up to 512. */
export function layAcrossSmall(
  { i16, u32, f32 }: Views,
  taps: Taps,
  width: number,
  channels: Pixels['channels'],
): void {
  for (let o = 0; o < SMALL; o++) {
    weigh(width, o, taps)
    const record = AT.horizontal + 80 * o
    u32[record / 4] = 2 * taps.first * channels
    i16.fill(0, record / 2 + 8, record / 2 + 40)
    for (let k = 0; k < taps.count; k++) {
      for (let c = 0; c < channels; c++) {
        const bright = channels === 1 ? 1 : (BRIGHTNESS[c] ?? 0)
        i16[record / 2 + 8 + k * channels + c] = (taps.weights[k] ?? 0) * bright
      }
    }
    f32[AT.scaleX / 4 + o] = 1 / (taps.sum * (channels === 1 ? 1 : 1000))
  }
}

/** Of a larger picture, all of whose pixels count: its weights lie from the address `at` on. */
export function layAcrossLarge(
  { u32, f32 }: Views,
  taps: Taps,
  { width, channels }: Pick<Pixels, 'width' | 'channels'>,
  at: number,
  across: Weigh,
): void {
  let next = at / 4
  for (let o = 0; o < SMALL; o++) {
    across(width, o, taps)
    const values = taps.count * channels
    const vectors = Math.ceil(values / 4)
    u32[AT.columns / 4 + 2 * o] = 4 * taps.first * channels
    u32[AT.columns / 4 + 2 * o + 1] = vectors
    for (let n = 0; n < 4 * vectors; n++, next++) {
      const bright = channels === 1 ? 1 : (BRIGHTNESS[n % channels] ?? 0) / 1000
      f32[next] = n < values ? ((taps.weights[Math.floor(n / channels)] ?? 0) / taps.sum) * bright : 0
    }
  }
}
