// What can be told about the code without running it. Each check counts as one test. `npm run check` runs these alone.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { closingLine, succeeded, type Tally } from './tally.ts'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Everything dependency-cruiser looks at, as arguments to it. The libraries' dist is what others resolve to, not source. */
export const cruised = ['libs/*/src', 'sandbox/src', 'api/src', 'server', 'cli', 'bench', 'checks']

interface Static {
  readonly name: string
  /** Arguments to this Node: a script below the repository's root, and what it is told. */
  readonly command: readonly [script: string, ...args: string[]]
}

const statics: readonly Static[] = [
  { name: 'types', command: ['node_modules/typescript7/bin/tsc', '-p', 'tsconfig.json'] },
  { name: 'style', command: ['node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '.'] },
  { name: 'nothing unused', command: ['node_modules/knip/bin/knip.js', '--no-progress'] },
  {
    name: 'imports',
    command: [
      'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
      '-c',
      '.dependency-cruiser.mjs',
      ...cruised,
    ],
  },
]

export function checkStatics(): Tally {
  const failed = statics.filter((check) => !holds(check)).length
  return { passed: statics.length - failed, failed, skips: [], ran: false }
}

function holds({ name, command: [script, ...args] }: Static): boolean {
  const started = performance.now()
  const done = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, encoding: 'utf8' })
  const took = `${((performance.now() - started) / 1000).toFixed(1)} s`
  console.log(`${done.status === 0 ? ' ✓' : ' ✗'} ${name} (${took})`)
  if (done.status !== 0) console.log(`${done.stdout}${done.stderr}${done.error?.message ?? ''}`)
  return done.status === 0
}

if (import.meta.main) {
  const tally = checkStatics()
  console.log(closingLine(tally))
  process.exitCode = succeeded({ ...tally, ran: true }) ? 0 : 1
}
