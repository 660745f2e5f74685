// Fast mode: the 512 x 512 points that the command-line flavour looks at, found again in a picture decoded smaller.
import type { Pixels } from '@wardline/pdq'

const SIDE = 512

/** Parts of the way from one pixel to the next, in whole numbers: 8 bits each way leave 32 bits room for the products. */
const WAY = 256

/**
 * 512 x 512 pixels. The reference takes column floor(x * W / 512) of W; its middle lies at (that + 0.5) * w / W - 0.5 of the
 * w columns of the smaller picture. Between four pixels the value is theirs by their nearness, rounded.
 */
export function sampled({ data, width, height, channels }: Pixels, from: Size): Pixels {
  const [across, down] = [points(width, from.width), points(height, from.height)]
  const out = new Uint8Array(SIDE * SIDE * channels)
  for (let y = 0, to = 0; y < SIDE; y += 1) {
    const above = (down.at[y] ?? 0) * width * channels
    const below = (down.next[y] ?? 0) * width * channels
    const part = down.part[y] ?? 0
    for (let x = 0; x < SIDE; x += 1) {
      const left = (across.at[x] ?? 0) * channels
      const right = (across.next[x] ?? 0) * channels
      const way = across.part[x] ?? 0
      for (let channel = 0; channel < channels; channel += 1, to += 1) {
        const upper = at(data, above + left + channel) * (WAY - way) + at(data, above + right + channel) * way
        const lower = at(data, below + left + channel) * (WAY - way) + at(data, below + right + channel) * way
        out[to] = (upper * (WAY - part) + lower * part + (WAY * WAY) / 2) >> 16
      }
    }
  }
  return { data: out, width: SIDE, height: SIDE, channels }
}

interface Size {
  readonly width: number
  readonly height: number
}

function at(data: Pixels['data'], place: number): number {
  return data[place] ?? 0
}

/** Between which two of `small` pixels each point lies, and which part of the way from the first to the second. */
function points(small: number, large: number) {
  const [at, next, part] = [new Int32Array(SIDE), new Int32Array(SIDE), new Int32Array(SIDE)]
  for (let x = 0; x < SIDE; x += 1) {
    const exact = ((Math.floor((x * large) / SIDE) + 0.5) * small) / large - 0.5
    const place = Math.min(Math.max(exact, 0), small - 1)
    at[x] = Math.floor(place)
    next[x] = Math.min(Math.floor(place) + 1, small - 1)
    part[x] = Math.round((place - Math.floor(place)) * WAY)
  }
  return { at, next, part }
}
