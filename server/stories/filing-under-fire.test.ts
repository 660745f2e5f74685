import { describe, expect, it } from 'vitest'
import { soakFiling } from './soak/filing.ts'
import { assertSoaked } from './soak/judge.ts'
import { kinds } from './world.ts'

// `npm run soak:filing` is the long form.
describe.each(kinds)('on %s, filings that meet faults on servers that are killed', (kind) => {
  it('end with exactly one finished report each, and nothing left open that could have been retracted', async () => {
    const soaked = await soakFiling(kind, { filings: 12, kills: 5, seed: 20_261_122, share: 0.2 })
    expect(soaked.kills).toBeGreaterThanOrEqual(5)
    expect(Object.keys(soaked.verdict.faults).length).toBeGreaterThan(3)
    expect(soaked.retried).toBe(0)
    assertSoaked(soaked)
  }, 240_000)
})
