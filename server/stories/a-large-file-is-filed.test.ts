import { expect, it } from 'vitest'
import { fileLarge, mostGrowthMb } from './large-file.ts'

it('a file of 300 MB is uploaded without ever standing in memory', async () => {
  const { grewMb, reports } = await fileLarge(300)
  expect(reports).toEqual([{ state: 'finished', sizes: [300 * 1024 * 1024] }])
  expect(grewMb).toBeLessThan(mostGrowthMb)
}, 180_000)
