// An adversary: changes a picture byte by byte until the composed kernel's hash is wrong and nothing tells it so.
import { DOUBTS, LARGE_DOUBTS } from '../doubt.ts'
import { at } from '../grid.ts'
import type { Pixels } from '../pixels.ts'
import { Workbench } from '../workbench.ts'
import { paled, scene } from './pictures.ts'

/** Both in units of what is doubted, for the worst of the 256 waves. */
export type Exposure = {
  /** How far the drift reaches beyond the gap to the median: from 0 on the composed hash may be wrong. */
  readonly reach: number
  /** The smallest gap: above 1 no wave is in doubt. */
  readonly gap: number
  /** The largest drift relative to the median's. */
  readonly drift: number
  readonly quality: number
}

export type Edit = readonly [place: number, byte: number]

export function newAdversary() {
  const [composed, exact] = [new Workbench('simd'), new Workbench('simd')]

  /** Of the flavour `full_resolution`. */
  const exposure = (pixels: Pixels): Exposure => {
    const isLarge = pixels.width > 512 || pixels.height > 512
    if (isLarge) composed.walkLarge(pixels, false, true)
    else composed.composeSmall(pixels)
    exact.exact(pixels)
    const quality = composed.finish(false, 'nothing')
    exact.finish(false, 'nothing')
    return compared(composed.waves(), exact.waves(), isLarge ? LARGE_DOUBTS : DOUBTS, quality)
  }

  /** At most so many tries; each changes one byte to one of `shades`. `isBroken`: wrong, and nothing in doubt. */
  const climb = (start: Pixels, tries: number, shades: ArrayLike<number>, random: () => number) => {
    const data = Uint8Array.from(start.data)
    const pixels: Pixels = { ...start, data }
    const edits: Edit[] = []
    let now = exposure(pixels)
    let drift = now.drift
    for (let n = 0; n < tries && !isBroken(now); n++) {
      const place = Math.floor(random() * data.length)
      const former = data[place] ?? 0
      data[place] = shades[Math.floor(random() * shades.length)] ?? former
      if (data[place] === former) continue
      const tried = exposure(pixels)
      if (score(tried) < score(now)) data[place] = former
      else {
        now = tried
        drift = Math.max(drift, now.drift)
        edits.push([place, data[place] ?? 0])
      }
    }
    return { pixels, edits, isBroken: isBroken(now), drift }
  }
  return { exposure, climb }
}

/** Where drifts are large: narrow and pale, pale, and a scene of which a part is a regular pattern; and the bytes to change to. */
export function victim(seed: number): { readonly pixels: Pixels; readonly shades: readonly number[] } {
  const random = dice(seed)
  const [kind, side, other] = [seed % 3, 64 + Math.floor(random() * 330), 64 + Math.floor(random() * 60)]
  const [width, height] = kind === 0 ? [side, 5 + (other % 40)] : random() < 0.5 ? [side, other] : [other, side]
  const drawn = scene({ seed: seed * 5 + (kind < 2 ? 0 : seed & 1), width, height, channels: 3 })
  if (kind === 2) return { pixels: patterned(drawn, random), shades: Array.from({ length: 256 }, (_, byte) => byte) }
  const [level, halvings] = [150 + Math.floor(random() * 90), 3 + Math.floor(random() * 4)]
  const shades = Array.from({ length: 1 + (255 >> halvings) }, (_, n) => Math.min(255, level + n))
  return { pixels: paled(drawn, level, halvings), shades }
}

/** Stripes of 2 to 9 colours over the right part of it. */
function patterned({ data, width, height }: Pixels, random: () => number): Pixels {
  const [colours, from, how] = [2 + Math.floor(random() * 8), random() * 0.9 * width, Math.floor(random() * 3)]
  const palette = Array.from({ length: colours * 3 }, () => 120 + Math.floor(random() * 128))
  const striped = data.map((byte, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)]
    const stripe = (how === 0 ? x : how === 1 ? y : x + y) % colours
    return x < from ? byte : (palette[stripe * 3 + (i % 3)] ?? 0)
  })
  return { data: striped, width, height, channels: 3 }
}

/** Numbers from 0 up to 1 from a seed. */
export function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    return state / 2 ** 32
  }
}

/** Were the doubts all there is. */
function isBroken({ reach, gap }: Exposure): boolean {
  return reach >= 0 && gap > 1
}

function score({ reach, gap }: Exposure): number {
  return reach + 2 * Math.min(0, gap - 1)
}

function compared(told: Float32Array, right: Float32Array, doubts: Float32Array, quality: number): Exposure {
  const order = [...told.keys()].sort((a, b) => at(told, a) - at(told, b))
  const median = order[127] ?? 0
  const trueMedian = at(right.toSorted(), 127)
  let [reach, gap, drift] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0]
  for (let k = 0; k < told.length; k++) {
    if (k === median) continue
    const doubt = at(doubts, k) + at(doubts, median)
    const apart = (at(told, k) - at(told, median)) / doubt
    const off = apart - (at(right, k) - trueMedian) / doubt
    gap = Math.min(gap, Math.abs(apart))
    drift = Math.max(drift, Math.abs(off))
    // Only a drift towards the median carries a wave across.
    reach = Math.max(reach, off * Math.sign(apart) - Math.abs(apart))
  }
  return { reach, gap, drift, quality }
}
