import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openSeals } from '../vault/seal.ts'
import { inShare } from './guards.ts'

const vault = openSeals(Buffer.alloc(32, 1))
const other = openSeals(Buffer.alloc(32, 2))
const digests = Array.from({ length: 4_000 }, (_, at) => at.toString(16).padStart(64, '0'))

it('a list that is compared with a share of traffic counts for about that share of images', () => {
  for (const share of [0.01, 0.1, 0.5, 0.9]) {
    const counted = digests.filter((sha256) => inShare(vault, 'list', sha256, share)).length / digests.length
    // Three standard deviations, and the key is fixed: this is the same at every run.
    expect(Math.abs(counted - share)).toBeLessThan(3 * Math.sqrt((share * (1 - share)) / digests.length))
  }
})

it('of all traffic everything counts and of none nothing, and a greater share holds the lesser', () => {
  const sha256 = fc.constantFrom(...digests)
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(sha256, share, share, (digest, one, another) => {
      expect(inShare(vault, 'list', digest, 1)).toBe(true)
      expect(inShare(vault, 'list', digest)).toBe(true)
      expect(inShare(vault, 'list', digest, 0)).toBe(false)
      const [less, more] = [Math.min(one, another), Math.max(one, another)]
      if (inShare(vault, 'list', digest, less)) expect(inShare(vault, 'list', digest, more)).toBe(true)
    }),
  )
})

it('which images count hangs on the list and on a key that nobody outside has', () => {
  const countedBy = (seals: typeof vault, list: string) =>
    digests.map((sha256) => (inShare(seals, list, sha256, 0.5) ? '1' : '0')).join('')
  const all = [countedBy(vault, 'list'), countedBy(vault, 'another'), countedBy(other, 'list')]
  expect(new Set(all).size).toBe(3)
  expect(countedBy(vault, 'list')).toBe(all[0])
})
