// `npm run soak:sync`: 200 SIGKILLs (or as many as the first argument says) at random moments of a sync, on both databases or on
// the one that the second argument names.
import { deepStrictEqual } from 'node:assert/strict'
import { startPostgres } from '../../../../../checks/postgres.ts'
import { emptyDatabases } from '../../../db/testing.ts'
import { killAgainAndAgain } from './killing.ts'

const kills = Number(process.argv[2] ?? 200)
const only = process.argv[3]
const cluster = await startPostgres()
process.env['WARDLINE_TEST_POSTGRES'] = cluster.url
process.on('exit', () => cluster.stop())

for (const [kind, empty] of emptyDatabases) {
  if (only !== undefined && only !== kind) continue
  const began = performance.now()
  const told = (words: string) => console.log(`${kind}: ${words}`)
  const killed = await killAgainAndAgain(
    await empty(),
    { kills, compareEvery: 10, entries: 6_000, churn: 150, told },
    ({ expected, found, expectedRejected, foundRejected }) => {
      deepStrictEqual(new Map([...found].sort()), new Map([...expected].sort()))
      deepStrictEqual(foundRejected, expectedRejected)
    },
  )
  const seconds = Math.round((performance.now() - began) / 1000)
  console.log(`${kind}: ${kills} SIGKILLs, ${killed} of them while it was at work: equal each time (${seconds} s)`)
}
