import { expect, it } from 'vitest'
import { resample } from './resample.ts'
import { noise } from './testing/pictures.ts'

it('a picture of 512 x 512 passes untouched', () => {
  const pixels = noise({ seed: 1, width: 512, height: 512, channels: 1 })
  expect(resample(pixels)).toBe(pixels)
})

it.each([
  [513, 40],
  [40, 513],
  [1024, 1024],
  [1600, 1004],
  [1, 700],
])('%d x %d becomes 512 x 512 of its own pixels, the nearest to the left and above', (width, height) => {
  const pixels = noise({ seed: 2, width, height, channels: 3 })
  const small = resample(pixels)
  expect([small.width, small.height, small.channels, small.data.length]).toEqual([512, 512, 3, 512 * 512 * 3])
  for (const [x, y] of [
    [0, 0],
    [1, 1],
    [255, 300],
    [511, 511],
  ] as const) {
    const from = (Math.floor((y * height) / 512) * width + Math.floor((x * width) / 512)) * 3
    const to = (y * 512 + x) * 3
    expect([...small.data.subarray(to, to + 3)]).toEqual([...pixels.data.subarray(from, from + 3)])
  }
})
