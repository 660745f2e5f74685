import { describe, expect, it } from 'vitest'
import { shrunkSize } from './shrink.ts'

describe('a JPEG is decoded smaller', () => {
  it.each([
    [2048, 2048, { width: 682, height: 682 }],
    [9000, 2559, { width: 3000, height: 853 }],
    [2560, 2561, { width: 512, height: 512 }],
    [4000, 3000, { width: 800, height: 600 }],
    [4607, 9000, { width: 921, height: 1800 }],
    [4608, 9000, { width: 512, height: 1000 }],
  ])('%i x %i: to a third, a fifth or a ninth, and never below 512', (fromWidth, fromHeight, size) => {
    expect(shrunkSize({ width: fromWidth, height: fromHeight })).toEqual({ ...size, fromWidth, fromHeight })
  })

  it('only if its shorter side is 2048 or more', () => {
    expect(shrunkSize({ width: 2047, height: 9000 })).toBeUndefined()
    expect(shrunkSize(undefined)).toBeUndefined()
  })
})
