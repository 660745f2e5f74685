import { describe, expect, it } from 'vitest'
import { shrunkSize } from './shrink.ts'

describe('a JPEG is decoded smaller', () => {
  it.each([
    [2048, 2048, { width: 511, height: 511 }],
    [4000, 3000, { width: 999, height: 749 }],
    [4095, 9000, { width: 1022, height: 2249 }],
    [4096, 9000, { width: 511, height: 1124 }],
  ])('%i x %i: one pixel less than a fourth or an eighth', (fromWidth, fromHeight, size) => {
    expect(shrunkSize({ width: fromWidth, height: fromHeight })).toEqual({ ...size, fromWidth, fromHeight })
  })

  it('only if its shorter side is 2048 or more', () => {
    expect(shrunkSize({ width: 2047, height: 9000 })).toBeUndefined()
    expect(shrunkSize(undefined)).toBeUndefined()
  })
})
