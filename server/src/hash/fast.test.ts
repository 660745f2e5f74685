// Fast mode decodes a large JPEG at a fraction of its size. Its hash must stay near enough to find what the full one finds.
import { distanceBits } from '@wardline/pdq'
import { describe, expect, it } from 'vitest'
import { bothWays, photographJpeg } from './testing.ts'

describe('in fast mode', () => {
  it.each([
    [1, 2048, 2048],
    [2, 2300, 2049],
    [3, 2600, 2100],
    [4, 2049, 2731],
    [5, 2560, 2200],
    [6, 3000, 2048],
    [7, 2111, 2333],
    [8, 2500, 2500],
    [9, 2048, 3001],
    [10, 2222, 2222],
    [11, 2049, 2049],
    [12, 4097, 4096],
  ])('photograph %i, %i x %i, is hashed to within 4 bits', async (seed, width, height) => {
    const { full, fast } = await bothWays(await photographJpeg(seed, width, height))
    expect(fast).toMatchObject({ width, height, fast: true })
    expect(full.fast).toBeUndefined()
    expect(distanceBits(full.commandLine.hash, fast.commandLine.hash)).toBeLessThanOrEqual(4)
    expect(distanceBits(full.fullResolution.hash, fast.fullResolution.hash)).toBeLessThanOrEqual(16)
  })
})
