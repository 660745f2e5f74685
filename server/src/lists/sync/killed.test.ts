import { expect, it } from 'vitest'
import { emptyDatabases } from '../../db/testing.ts'
import { killAgainAndAgain } from './testing/killing.ts'

// `npm run soak:sync` does it 200 times.
it.each(emptyDatabases)(
  'killed ten times at any moment, a sync loses, doubles and wrongly keeps nothing (%s)',
  async (_kind, empty) => {
    const killed = await killAgainAndAgain(
      await empty(),
      { kills: 10, compareEvery: 5, entries: 2_000, churn: 40 },
      ({ expected, found, expectedRejected, foundRejected }) => {
        expect(found).toEqual(expected)
        expect(foundRejected).toBe(expectedRejected)
      },
    )
    expect(killed).toBeGreaterThan(0)
  },
  180_000,
)
