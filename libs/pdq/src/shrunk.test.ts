// A picture decoded at a fraction of its size: its hashes are those of the whole one's points, found again between its pixels.
import { describe, expect, it } from 'vitest'
import { distanceBits, openPdq, type Pixels, roomForAll } from './pdq.ts'
import { weighShrunk } from './shrunk.ts'
import { newTaps } from './taps.ts'
import { noise, scene } from './testing/pictures.ts'
import { sampled } from './testing/sampled.ts'

const shrunk = [
  [512, 683, 4608, 6147],
  [800, 600, 4000, 3000],
  [1333, 683, 4000, 2049],
  [683, 1365, 2049, 4097],
] as const

describe.each(['simd', 'scalar'] as const)('%s build', (build) => {
  const hasher = openPdq({ build })

  it.each(shrunk)('%i x %i of %i x %i: hashes are those of the sampled points, but for their rounding', (...sides) => {
    const [width, height, wholeWidth, wholeHeight] = sides
    for (const channels of [1, 3, 4] as const) {
      const pixels = scene({ seed: width, width, height, channels })
      const whole = { width: wholeWidth, height: wholeHeight }
      const all = hasher.allShrunk(pixels, whole)
      const twin = hasher.all(sampled(pixels, whole))
      expect(distanceBits(all.commandLine.hash, twin.commandLine.hash)).toBeLessThanOrEqual(2)
      expect(Math.abs(all.commandLine.quality - twin.commandLine.quality)).toBeLessThanOrEqual(1)
      for (const turn of ['original', 'rotate90', 'flipPlus1'] as const)
        expect(distanceBits(all.dihedral[turn], twin.dihedral[turn])).toBeLessThanOrEqual(2)
      const { fullResolution } = hasher.all(pixels)
      expect(distanceBits(all.fullResolution.hash, fullResolution.hash)).toBeLessThanOrEqual(2)
    }
  })

  it('a picture that was not shrunk at all is what it is', () => {
    const pixels = scene({ seed: 5, width: 700, height: 600, channels: 3 })
    const all = hasher.allShrunk(pixels, pixels)
    const { commandLine, fullResolution } = hasher.all(pixels)
    expect(distanceBits(all.commandLine.hash, commandLine.hash)).toBeLessThanOrEqual(2)
    expect(distanceBits(all.fullResolution.hash, fullResolution.hash)).toBeLessThanOrEqual(2)
  })
})

it('the weights of each sample are the shares of its points, whole, and those that follow begin no earlier', () => {
  const taps = newTaps()
  for (const [length, whole] of [...shrunk.map(([width, , of]) => [width, of] as const), [21_845, 65_535] as const]) {
    let end = 0
    for (let o = 0; o < 64; o++) {
      weighShrunk(length, whole, o, taps)
      expect(taps.first).toBeGreaterThanOrEqual(end - 1)
      end = taps.first + taps.count
      expect(end).toBeLessThanOrEqual(length)
      const weights = [...taps.weights.subarray(0, taps.count)]
      expect(weights.every((weight) => Number.isInteger(weight) && weight >= 0 && weight <= 32_767)).toBe(true)
      expect(Math.abs(taps.sum - 16_384)).toBeLessThan(16)
      // The middle of the weights is where the reference's points lie, a fraction of a pixel of the whole picture off.
      const middle = weights.reduce((sum, weight, k) => sum + weight * (taps.first + k), 0) / taps.sum
      if (o > 0 && o < 63) expect(Math.abs((middle + 0.5) / length - (o + 0.5 + 1 / 16) / 64)).toBeLessThan(1 / 512)
    }
  }
})

it('writes into the room it is given', () => {
  const pixels = noise({ seed: 1, width: 600, height: 600, channels: 3 })
  const room = roomForAll()
  const hasher = openPdq()
  expect(hasher.allShrunk(pixels, { width: 1800, height: 1800 }, room)).toBe(room)
  expect(room).toEqual(hasher.allShrunk(pixels, { width: 1800, height: 1800 }))
})

it.each([
  ['a side that is smaller than the points are many', { width: 511 }, { width: 2048, height: 2048 }, /512.*511/],
  ['a side longer than the one it was shrunk from', {}, { width: 599, height: 2048 }, /600.*599/],
  ['a size that is no number', {}, { width: 2048, height: Number.NaN }, /NaN/],
])('refuses %s', (_, change, whole, words) => {
  const size = { width: 600, height: 600, ...change }
  const pixels: Pixels = { ...size, data: new Uint8Array(size.width * size.height), channels: 1 }
  const take = () => openPdq().allShrunk(pixels, whole)
  expect(take).toThrow(RangeError)
  expect(take).toThrow(words)
})
