// Runs once before all tests, in vitest's own process: the PostgreSQL cluster that every database test stands on.
import { startPostgres } from './postgres.ts'

export default async function setup(): Promise<() => void> {
  if (process.env['WARDLINE_TEST_POSTGRES']) return () => {}
  const cluster = await startPostgres()
  process.env['WARDLINE_TEST_POSTGRES'] = cluster.url
  return () => cluster.stop()
}
