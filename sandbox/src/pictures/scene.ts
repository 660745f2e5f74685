/** One landscape: sky, sun, clouds, ranges of hills, houses, trees, kites. Strong, large contrasts, so that its hash is steady. */
import type { Canvas, Colour } from './canvas.ts'
import { blend, fill, shade } from './canvas.ts'
import type { Random } from './random.ts'
import { random } from './random.ts'

export const paintScene = (canvas: Canvas, seed: number): void => {
  const chance = random(seed)
  paintSky(canvas, chance)
  for (let count = chance.whole(1, 3); count > 0; count--) paintDisc(canvas, chance)
  for (let count = chance.whole(3, 6); count > 0; count--) paintKite(canvas, chance)
  const ranges = chance.whole(2, 4)
  for (let range = 0; range < ranges; range++) {
    paintHills(canvas, chance, 0.35 + (0.5 * (range + chance.next())) / ranges)
    for (let count = chance.whole(1, 3); count > 0; count--) paintHouse(canvas, chance, 0.45 + (0.4 * range) / ranges)
    for (let count = chance.whole(2, 4); count > 0; count--) paintTree(canvas, chance, 0.5 + (0.45 * range) / ranges)
  }
}

const whole = { left: 0, top: 0, right: 1, bottom: 1 }

const anyColour = (chance: Random): Colour => [chance.between(0, 255), chance.between(0, 255), chance.between(0, 255)]

/** Light or dark, never in between: neighbours must differ. */
const strongColour = (chance: Random): Colour =>
  chance.next() < 0.5 ? blend(anyColour(chance), [255, 255, 255], 0.6) : blend(anyColour(chance), [0, 0, 0], 0.6)

const paintSky = (canvas: Canvas, chance: Random): void => {
  const above = strongColour(chance)
  const below = strongColour(chance)
  const lean = chance.between(-0.5, 0.5)
  const waves = ripples(chance, 5)
  const colour = (x: number, y: number) => shade(blend(above, below, y + lean * (x - 0.5)), 45 * waves(x, y))
  fill(canvas, whole, () => true, colour)
}

const paintDisc = (canvas: Canvas, chance: Random): void => {
  const [x0, y0, radius] = [chance.between(0.1, 0.9), chance.between(0.08, 0.5), chance.between(0.06, 0.16)]
  const [middle, rim] = [strongColour(chance), strongColour(chance)]
  const away = (x: number, y: number) => ((x - x0) * (x - x0) + (y - y0) * (y - y0)) / (radius * radius)
  const box = { left: x0 - radius, top: y0 - radius, right: x0 + radius, bottom: y0 + radius }
  fill(
    canvas,
    box,
    (x, y) => away(x, y) < 1,
    (x, y) => blend(middle, rim, away(x, y)),
  )
}

const paintKite = (canvas: Canvas, chance: Random): void => {
  const [x0, y0] = [chance.between(0.05, 0.95), chance.between(0.05, 0.6)]
  const [wide, high] = [chance.between(0.04, 0.13), chance.between(0.05, 0.15)]
  const [left, right] = [strongColour(chance), strongColour(chance)]
  fill(
    canvas,
    { left: x0 - wide, top: y0 - high, right: x0 + wide, bottom: y0 + high },
    (x, y) => Math.abs(x - x0) / wide + Math.abs(y - y0) / high < 1,
    (x) => (x < x0 ? left : right),
  )
}

const paintHills = (canvas: Canvas, chance: Random, level: number): void => {
  const crest = ripples(chance, 3)
  const [top, bottom] = [strongColour(chance), strongColour(chance)]
  const furrows = ripples(chance, 7)
  const edge = (x: number) => level + 0.13 * crest(x, 0)
  fill(
    canvas,
    whole,
    (x, y) => y > edge(x),
    (x, y) => shade(blend(top, bottom, Math.min(1, (y - edge(x)) * 2)), 40 * furrows(x, y)),
  )
}

const paintHouse = (canvas: Canvas, chance: Random, level: number): void => {
  const [left, top] = [chance.between(0, 0.85), level + chance.between(-0.12, 0.15)]
  const [wide, high] = [chance.between(0.08, 0.2), chance.between(0.1, 0.22)]
  const [wall, roof, window] = [strongColour(chance), strongColour(chance), strongColour(chance)]
  const inWindow = (x: number, y: number) =>
    Math.floor(((x - left) / wide) * 5) % 2 === 1 && Math.floor(((y - top) / high) * 5) % 2 === 1
  const body = { left, top, right: left + wide, bottom: top + high }
  fill(
    canvas,
    body,
    (x, y) => x >= left && x < left + wide && y >= top && y < top + high,
    (x, y) => (inWindow(x, y) ? window : wall),
  )
  const slope = (x: number) => Math.abs(x - left - wide / 2) / (wide * 0.6)
  fill(
    canvas,
    { left: left - wide * 0.1, top: top - high * 0.6, right: left + wide * 1.1, bottom: top },
    (x, y) => y < top && y > top - high * 0.6 * (1 - slope(x)),
    () => roof,
  )
}

const paintTree = (canvas: Canvas, chance: Random, level: number): void => {
  const [x0, foot, high] = [chance.between(0.03, 0.97), level + chance.between(0, 0.25), chance.between(0.12, 0.3)]
  const [leaf, trunk] = [strongColour(chance), strongColour(chance)]
  const half = high * chance.between(0.2, 0.4)
  fill(
    canvas,
    { left: x0 - half, top: foot - high, right: x0 + half, bottom: foot },
    (x, y) =>
      y > foot - high * 0.25
        ? Math.abs(x - x0) < half * 0.15
        : Math.abs(x - x0) / half < (y - foot + high) / (high * 0.75),
    (_x, y) => (y > foot - high * 0.25 ? trunk : leaf),
  )
}

/** A sum of triangle waves over the canvas, within -1..1. Triangles rather than sines: Math.sin may differ between engines. */
const ripples = (chance: Random, most: number): ((x: number, y: number) => number) => {
  const waves = Array.from({ length: 3 }, () => ({
    across: chance.between(-most, most),
    down: chance.between(-most, most),
    start: chance.next(),
  }))
  return (x, y) => {
    let sum = 0
    for (const { across, down, start } of waves) {
      const phase = across * x + down * y + start
      sum += Math.abs((phase - Math.floor(phase)) * 2 - 1) * 2 - 1
    }
    return sum / waves.length
  }
}
