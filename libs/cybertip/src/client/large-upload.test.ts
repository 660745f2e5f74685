import { expect, it } from 'vitest'
import { largeUpload } from '../testing/large-upload.ts'

// `npm run soak:upload` does so with 2.2 GiB.
it('a large file passes through in flat memory', { timeout: 120_000 }, async () => {
  const { sentBytes, growthMb } = await largeUpload(256 * 2 ** 20)
  expect(sentBytes).toBe(256 * 2 ** 20)
  expect(growthMb).toBeLessThan(64)
})
