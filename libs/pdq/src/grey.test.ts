import fc from 'fast-check'
import { expect, it } from 'vitest'
import { collapseGrey } from './pdq.ts'
import { pictures, spread } from './testing/pictures.ts'

it('grey in three equal channels becomes the grey it was', () => {
  fc.assert(
    fc.property(pictures(0, 30, [1]), (grey) => {
      expect(collapseGrey(spread(grey))).toEqual(grey)
    }),
  )
})

it('one pixel that is off by one in one channel keeps the picture in colour', () => {
  fc.assert(
    fc.property(pictures(1, 30, [1]), fc.nat(), (grey, place) => {
      const nearly = spread(grey)
      const i = place % nearly.data.length
      nearly.data[i] = (nearly.data[i] ?? 0) ^ 1
      expect(collapseGrey(nearly)).toBe(nearly)
    }),
  )
})

it('what lies in the fourth channel makes no colour', () => {
  const half = { data: Uint8Array.of(7, 7, 7, 255, 9, 9, 9, 0), width: 2, height: 1, channels: 4 } as const
  expect(collapseGrey(half)).toEqual({ data: Uint8Array.of(7, 9), width: 2, height: 1, channels: 1 })
})
