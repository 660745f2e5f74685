// Runs once before all tests, in vitest's own process: the PostgreSQL cluster that every database test stands on, and one folder
// in which all temporary folders of the tests lie, so that a test run leaves nothing behind, whatever it killed.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from './postgres.ts'

export default async function setup(): Promise<() => void> {
  const stop = await databases()
  const folder = mkdtempSync(join(tmpdir(), 'wardline-tests-'))
  // Some tests run a program as another user, who must come through here.
  chmodSync(folder, 0o755)
  process.env['TMPDIR'] = folder
  return () => {
    stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function databases(): Promise<() => void> {
  if (process.env['WARDLINE_TEST_POSTGRES']) return () => {}
  const cluster = await startPostgres()
  process.env['WARDLINE_TEST_POSTGRES'] = cluster.url
  return () => cluster.stop()
}
