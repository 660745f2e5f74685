// The short form of `npm run soak:notices`, which does the same with 10,000 reports on each database.
import { expect, it } from 'vitest'
import { soakNotices } from './soak/notices.ts'
import { kinds } from './world.ts'

it.each(kinds)(
  'on %s every addressee of a finished report is told, waits with a reason, or is recorded as not told',
  async (kind) => {
    const reports = 60
    const soaked = await soakNotices(kind, { reports, seed: 7 })
    expect(soaked).toMatchObject({ wrong: [], finished: reports, beforeReceipt: 0, forbidden: 0 })
    expect(soaked.lag.median).toBeLessThanOrEqual(60)
    const { addressees, sent, waiting, notSent, dead } = soaked
    const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((all, one) => all + one, 0)
    expect(sent + sum(waiting) + sum(notSent) + sum(dead)).toBe(addressees)
    expect(soaked.crashes, 'nobody died').toBeGreaterThan(0)
    expect(sent, 'hardly anybody was told').toBeGreaterThan(reports / 2)
  },
  120_000,
)
