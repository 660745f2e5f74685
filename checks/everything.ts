// One run over everything: what the tests need, the libraries, the static checks, then all suites, counted together.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { startPostgres } from './postgres.ts'
import { checkStatics, root } from './statics.ts'
import { runSuites } from './suites.ts'
import { add, closingLine, nothing, succeeded, type Tally } from './tally.ts'

const tally = await runEverything().catch((error: unknown): Tally => {
  console.error(error instanceof Error ? error.message : error)
  return { ...nothing, failed: 1 }
})
if (!tally.ran) console.error('Not one test of the suites ran.')
for (const skip of tally.skips) console.log(`skipped: ${skip}`)
console.log(closingLine(tally))
process.exitCode = succeeded(tally) ? 0 : 1

async function runEverything(): Promise<Tally> {
  const cluster = await startPostgres()
  try {
    const built = spawnSync(process.execPath, [join(root, 'checks/build-libs.mjs')], { stdio: 'inherit' })
    if (built.status !== 0) throw new Error('The libraries do not build, and everything else stands on them.')
    return add(checkStatics(), await runSuites(process.argv.slice(2), cluster.url))
  } finally {
    cluster.stop()
  }
}
