// One run over everything: what the tests need, the libraries, the static checks, then all suites, counted together.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { findPostgres } from './postgres.ts'
import { checkStatics, root } from './statics.ts'
import { runSuites } from './suites.ts'
import { add, closingLine, nothing, succeeded } from './tally.ts'

const ready = setUp()
const tally = ready ? add(checkStatics(), runSuites(process.argv.slice(2))) : { ...nothing, failed: 1 }

if (ready && !tally.ran) console.error('Not one test ran.')
for (const skip of tally.skips) console.log(`skipped: ${skip}`)
console.log(closingLine(tally))
process.exitCode = succeeded(tally) ? 0 : 1

/** False when something is missing; what to do about it is then already said. */
function setUp(): boolean {
  try {
    findPostgres()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return false
  }
  const built = spawnSync(process.execPath, [join(root, 'checks/build-libs.mjs')], { stdio: 'inherit' })
  if (built.status !== 0) console.error('The libraries do not build, and everything else stands on them.')
  return built.status === 0
}
