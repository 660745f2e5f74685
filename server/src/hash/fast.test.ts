// Fast mode decodes a large JPEG at a fraction of its size. Its hash must stay near enough to find what the full one finds.
import { distanceBits } from '@wardline/pdq'
import { describe, expect, it } from 'vitest'
import { bothWays, diceFrom, photographJpeg } from './testing.ts'

/** `npm run soak:fast`: so many more, of sizes and qualities by chance. */
const soaked = Number(process.env['WARDLINE_SOAK_PICTURES'] ?? 0)

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

  if (soaked > 0)
    it(`${soaked} photographs are hashed to within 4 bits`, { timeout: soaked * 20_000 }, async () => {
      const counts = new Map<number, number>()
      for (let seed = 1001; seed <= 1000 + soaked; seed += 1) {
        const dice = diceFrom(seed)
        const [width, height] = [0, 1].map(() => 2048 + Math.floor(dice() ** 2 * 2200))
        const jpeg = await photographJpeg(seed, width ?? 0, height ?? 0, 60 + Math.floor(dice() * 38))
        const { full, fast } = await bothWays(jpeg)
        const bits = distanceBits(full.commandLine.hash, fast.commandLine.hash)
        expect(bits, `seed ${seed}, ${width} x ${height}`).toBeLessThanOrEqual(4)
        counts.set(bits, (counts.get(bits) ?? 0) + 1)
      }
      console.log('bits off: pictures', Object.fromEntries(counts))
    })
})
