import { expect, it } from 'vitest'
import { COSINES, dct, WAVES } from './dct.ts'
import { SMALL } from './decimate.ts'
import { TURNS, type Turn, turned } from './dihedral.ts'
import { at, type Grid } from './grid.ts'
import { luma } from './luma.ts'
import { noise } from './testing/pictures.ts'

it('the cosines lie so far from a rounding edge that any JavaScript engine stores the same ones', () => {
  // Math.cos is left to the engine; real ones err by under 1e-15.
  const scale = Math.fround(Math.sqrt(2 / SMALL))
  for (let i = 0; i < WAVES; i++) {
    for (let j = 0; j < SMALL; j++) {
      const exact = scale * Math.cos((Math.PI / 2 / SMALL) * (i + 1) * (2 * j + 1))
      expect(Math.fround(exact * (1 + 1e-12))).toBe(at(COSINES, i * SMALL + j))
      expect(Math.fround(exact * (1 - 1e-12))).toBe(at(COSINES, i * SMALL + j))
    }
  }
})

it('a picture that is one wave has one coefficient, at its row and column', () => {
  const values = new Float32Array(SMALL * SMALL)
  const [down, across] = [3, 9]
  for (let y = 0; y < SMALL; y++) {
    for (let x = 0; x < SMALL; x++) values[y * SMALL + x] = wave(down, y) * wave(across, x)
  }
  const waves = dct({ values, width: SMALL, height: SMALL })
  waves.forEach((cell, k) => {
    expect(cell).toBeCloseTo(k === (down - 1) * WAVES + across - 1 ? SMALL / 2 : 0, 3)
  })
})

function wave(frequency: number, place: number): number {
  return Math.cos((Math.PI / SMALL) * frequency * (place + 0.5))
}

/** Where the turned picture's pixel (row y, column x) comes from, M being the last row and column. */
const M = SMALL - 1
const SOURCES: Record<Turn, (y: number, x: number) => readonly [number, number]> = {
  original: (y, x) => [y, x],
  rotate90: (y, x) => [x, M - y],
  rotate180: (y, x) => [M - y, M - x],
  rotate270: (y, x) => [M - x, y],
  flipX: (y, x) => [M - y, x],
  flipY: (y, x) => [y, M - x],
  flipPlus1: (y, x) => [x, y],
  flipMinus1: (y, x) => [M - x, M - y],
}

it.each(TURNS)('the waves turned by %s are the waves of the picture that was turned', (turn) => {
  const small = luma(noise({ seed: 5, width: SMALL, height: SMALL, channels: 1 }))
  const told = turned(dct(small), turn)
  const seen = dct(really(small, turn))
  told.forEach((cell, k) => {
    expect(cell).toBeCloseTo(at(seen, k), 2)
  })
})

function really({ values }: Grid, turn: Turn): Grid {
  const out = values.map((_, k) => {
    const [y, x] = SOURCES[turn](Math.floor(k / SMALL), k % SMALL)
    return at(values, y * SMALL + x)
  })
  return { values: out, width: SMALL, height: SMALL }
}
