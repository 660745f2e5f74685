// Runs vitest once over all suites and counts what came out, from vitest's own JSON: nothing may fail unseen.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
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

/** filters: what stands behind `npm test --`, passed on to vitest as it is. */
export function runSuites(filters: readonly string[]): Tally {
  // Everything the tests write to the temporary folder goes away with it. Others must reach in: PostgreSQL runs as another user.
  const folder = mkdtempSync(join(tmpdir(), 'wardline-tests-'))
  chmodSync(folder, 0o711)
  const file = join(folder, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const done = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...filters], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TMPDIR: folder },
  })
  const report: Report | undefined = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
  rmSync(folder, { recursive: true, force: true })
  return count(report, done.status)
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
