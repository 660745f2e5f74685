// Fast mode: the 512 x 512 points that the command-line flavour looks at, found again in a picture decoded smaller.
import type { Pixels } from '@wardline/pdq'

const SIDE = 512

/**
 * 512 x 512 pixels. The reference takes column floor(x * W / 512) of W; its middle lies at (that + 0.5) * w / W - 0.5 of the
 * w columns of the smaller picture. Between four pixels the value is theirs by their nearness, rounded.
 */
export function sampled({ data, width, height, channels }: Pixels, from: Size): Pixels {
  const [columns, rows] = [points(width, from.width), points(height, from.height)]
  const out = new Uint8Array(SIDE * SIDE * channels)
  let at = 0
  for (const row of rows) {
    for (const column of columns) {
      for (let channel = 0; channel < channels; channel += 1) {
        const value = (y: number, x: number) => data[(y * width + x) * channels + channel] ?? 0
        const above = value(row.at, column.at) * (1 - column.part) + value(row.at, column.next) * column.part
        const below = value(row.next, column.at) * (1 - column.part) + value(row.next, column.next) * column.part
        out[at] = Math.round(above * (1 - row.part) + below * row.part)
        at += 1
      }
    }
  }
  return { data: out, width: SIDE, height: SIDE, channels }
}

interface Size {
  readonly width: number
  readonly height: number
}

/** Between which two of `small` pixels each point lies, and which part of the way from the first to the second. */
function points(small: number, large: number) {
  return Array.from({ length: SIDE }, (_, x) => {
    const exact = ((Math.floor((x * large) / SIDE) + 0.5) * small) / large - 0.5
    const place = Math.min(Math.max(exact, 0), small - 1)
    const at = Math.floor(place)
    return { at, next: Math.min(at + 1, small - 1), part: place - at }
  })
}
