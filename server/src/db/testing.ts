// For tests: an empty database of each kind. PostgreSQL is the throw-away cluster that the test set-up started.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { newId, systemClock } from '#base'
import type { DatabaseSettings } from './database.ts'

type Kind = DatabaseSettings['kind']

export async function emptyDatabase(kind: Kind): Promise<DatabaseSettings> {
  if (kind === 'sqlite') return { kind, file: join(mkdtempSync(join(tmpdir(), 'wardline-')), 'wardline.db') }
  const cluster = process.env['WARDLINE_TEST_POSTGRES']
  if (cluster === undefined) throw new Error('no PostgreSQL: run the tests through `npm test`, which starts one')
  const name = newId('test', systemClock)
  const admin = new pg.Client({ connectionString: cluster })
  await admin.connect()
  await admin.query(`create database ${name}`)
  await admin.end()
  const url = new URL(cluster)
  url.pathname = `/${name}`
  return { kind, url: url.href, poolSize: 4 }
}

/** `[kind, make]` for `describe.each`: every test that stands on a database runs on both. */
export const emptyDatabases: readonly (readonly [Kind, () => Promise<DatabaseSettings>])[] = [
  ['sqlite', () => emptyDatabase('sqlite')],
  ['postgres', () => emptyDatabase('postgres')],
]
