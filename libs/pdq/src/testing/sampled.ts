// The twin of allShrunk, slow and obvious: the 512 x 512 points of the whole picture, found again in a smaller one.
import type { Pixels } from '../pixels.ts'
import type { Size } from '../shrunk.ts'

const SIDE = 512

/** Between four pixels the value is theirs by their nearness, rounded to a byte. */
export function sampled({ data, width, height, channels }: Pixels, whole: Size): Pixels {
  const out = new Uint8Array(SIDE * SIDE * channels)
  for (let y = 0; y < SIDE; y++) {
    const [top, bottom, down] = between(y, height, whole.height)
    for (let x = 0; x < SIDE; x++) {
      const [left, right, across] = between(x, width, whole.width)
      for (let c = 0; c < channels; c++) {
        const at = (column: number, row: number) => data[(row * width + column) * channels + c] ?? Number.NaN
        const above = at(left, top) * (1 - across) + at(right, top) * across
        const below = at(left, bottom) * (1 - across) + at(right, bottom) * across
        out[(y * SIDE + x) * channels + c] = Math.round(above * (1 - down) + below * down)
      }
    }
  }
  return { data: out, width: SIDE, height: SIDE, channels }
}

/** The two pixels of `small` beside the middle of pixel floor(point * large / 512) of `large`, and the way from the first. */
function between(point: number, small: number, large: number): readonly [number, number, number] {
  const middle = Math.floor((point * large) / SIDE) + 0.5
  const place = Math.min(Math.max((middle * small) / large - 0.5, 0), small - 1)
  return [Math.floor(place), Math.min(Math.floor(place) + 1, small - 1), place - Math.floor(place)]
}
