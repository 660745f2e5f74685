// `npm run soak:notices [-- REPORTS SEED KIND]`: by default 10,000 simulated reports on each database.
import { strict as assert } from 'node:assert'
import { startPostgres } from '../../../checks/postgres.ts'
import { kinds } from '../world.ts'
import { soakNotices } from './notices.ts'

const [reports, seed] = [process.argv[2] ?? 10_000, process.argv[3] ?? Date.now() % 100_000].map(Number)
const only = process.argv[4]
assert(reports && seed)
const cluster = await startPostgres()
process.env['WARDLINE_TEST_POSTGRES'] = cluster.url
process.on('exit', () => cluster.stop())

for (const kind of kinds.filter((one) => only === undefined || one === only)) {
  const began = performance.now()
  console.log(`${kind}: ${reports} reports, seed ${seed}`)
  const soaked = await soakNotices(kind, { reports, seed, tell: (words) => console.log(`${kind}: ${words}`) })
  console.log(JSON.stringify({ ...soaked, wrong: soaked.wrong.slice(0, 20) }, null, 2))
  assert.deepEqual(soaked.wrong, [])
  assert.equal(soaked.finished, reports)
  assert.equal(soaked.beforeReceipt + soaked.forbidden, 0)
  assert(soaked.lag.median <= 60)
  // What was not tried cannot have gone wrong.
  assert(soaked.sent >= soaked.addressees * 0.6, 'too few were told')
  assert(soaked.crashes >= reports / 100, 'too few crashes')
  assert(soaked.scanned >= soaked.sent, 'not every text was read')
  if (reports >= 1000) assert(soaked.languages >= 12, `only ${soaked.languages} languages`)
  console.log(`${kind}: as it must be, in ${Math.round((performance.now() - began) / 1000)} s`)
}
process.exit(0)
