// `npm run soak:filing [-- FILINGS KILLS SEED DATABASE]`: by default 1,000 filings and 250 SIGKILLs on each database.
import { strict as assert } from 'node:assert'
import { startPostgres } from '../../../checks/postgres.ts'
import { kinds } from '../world.ts'
import { soakFiling } from './filing.ts'
import { assertSoaked } from './judge.ts'

const [filings, kills, seed] = [
  process.argv[2] ?? 1_000,
  process.argv[3] ?? 250,
  process.argv[4] ?? Date.now() % 100_000,
].map(Number)
assert(filings && kills && seed)
const only = process.argv[5]
const cluster = await startPostgres()
process.env['WARDLINE_TEST_POSTGRES'] = cluster.url
process.on('exit', () => cluster.stop())

for (const kind of kinds.filter((one) => only === undefined || one === only)) {
  const began = performance.now()
  console.log(`${kind}: ${filings} filings, ${kills} SIGKILLs, seed ${seed}`)
  const soaked = await soakFiling(kind, { filings, kills, seed, tell: (words) => console.log(`${kind}: ${words}`) })
  console.log(JSON.stringify(soaked, null, 2))
  assertSoaked(soaked)
  assert(soaked.kills >= kills, 'fewer kills than asked for')
  const least = Math.min(...Object.values(soaked.hits))
  console.log(
    `${kind}: ${soaked.kills} SIGKILLs, each of ${Object.keys(soaked.hits).length} journaled steps hit at least ${least} times`,
  )
  if (soaked.retried > 0)
    console.log(`${kind}: ${soaked.retried} reports were begun anew too often and asked for a person first`)
  if (kills >= 250) assert(least >= 10, 'a step that was hit less than 10 times')
  console.log(`${kind}: as it must be, in ${Math.round((performance.now() - began) / 1000)} s`)
}
