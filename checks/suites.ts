// Runs vitest once over all suites and counts what came out, from vitest's own JSON: nothing may fail unseen.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { root } from './statics.ts'
import type { Tally } from './tally.ts'

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message?: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

/** No run takes this long, on two slow cores either: past it, a test hangs in a way that its own limit cannot end. */
const longestMs = 45 * 60_000

/** filters: what stands behind `npm test --`, passed on to vitest as it is. postgres: the cluster for the tests' databases. */
export async function runSuites(filters: readonly string[], postgres: string): Promise<Tally> {
  // Everything the tests write to the temporary folder goes away with it.
  const folder = mkdtempSync(join(tmpdir(), 'wardline-tests-'))
  const file = join(folder, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const exitCode = await runGroup([vitest, 'run', ...reporters, ...filters], {
    ...process.env,
    TMPDIR: folder,
    WARDLINE_TEST_POSTGRES: postgres,
  })
  const report: Report | undefined = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
  rmSync(folder, { recursive: true, force: true })
  return count(report, exitCode)
}

/** Runs this Node in a process group of its own, so that nothing it started outlives it. Gives its exit code, null when a signal ended it. */
async function runGroup(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number | null> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  })
  const end = () => endGroup(child.pid)
  process.on('SIGINT', end).on('SIGTERM', end)
  const tooLong = setTimeout(() => {
    console.error(`The suites did not end in ${longestMs / 60_000} minutes.`)
    end()
  }, longestMs)
  const [exitCode] = await once(child, 'close')
  clearTimeout(tooLong)
  process.off('SIGINT', end).off('SIGTERM', end)
  end()
  return exitCode
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody is left in the group, which is what was wanted.
  }
}

/** exitCode: vitest's own, null when a signal ended it. It alone tells of errors outside any test. */
export function count(report: Report | undefined, exitCode: number | null): Tally {
  const files = report?.testResults ?? []
  const tests = files.flatMap((file) =>
    file.assertionResults.map((test) => ({ ...test, place: `${relative(root, file.name)}: ${test.fullName}` })),
  )
  const passed = tests.filter((test) => test.status === 'passed').length
  const failedTests = tests.filter((test) => test.status === 'failed').length
  // A file that does not load, or whose set-up fails, holds no failed test; it counts as one itself.
  const failedFiles = files.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length
  const skips = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed').map((test) => test.place)
  const failed = failedTests + failedFiles
  return {
    passed,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skips,
    ran: passed + failedTests > 0,
  }
}
