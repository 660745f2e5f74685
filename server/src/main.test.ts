import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { systemClock } from '#base'
import { type Config, type ConfigOverrides, loadConfig } from '#config'
import { openDatabase, pendingMigrations } from '#db'
import { emptyDatabase } from './db/testing.ts'
import { databaseSettings, openGround, openWardline } from './main.ts'

const quiet = { info: () => {}, warn: () => {}, error: () => {} }
const outside = { clock: systemClock, log: quiet }

describe.each(['sqlite', 'postgres'] as const)('a start on %s', (kind) => {
  it('that fails after it began to listen leaves nothing behind: no port, no lock', async () => {
    await using place = await aPlace(kind)
    await (await openWardline(place.config, outside)).close()
    await rename(place.config, 'cases', 'cases_elsewhere')
    const port = await freePort()
    const config = { ...place.config, server: { ...place.config.server, port } }
    await expect(openWardline(config, outside)).rejects.toThrow()
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
    await rename(place.config, 'cases_elsewhere', 'cases')
    await using again = await openWardline(config, outside)
    expect((await fetch(new URL('/healthz', again.url))).status).toBe(200)
  })

  it('of a server whose evidence folder cannot be written is not ready, and says what to do', async () => {
    await using place = await aPlace(kind)
    await using server = await openWardline(place.config, outside)
    expect(await vaultCheck(server.url)).toEqual({ name: 'vault', ok: true, words: 'can be written' })
    const other = { ...place.config, server: { ...place.config.server, port: 0 } }
    await server.close()
    // For root, too, a folder cannot be written as a file.
    await rm(join(place.config.data, 'vault', 'probe'))
    await mkdir(join(place.config.data, 'vault', 'probe'))
    await using spoiled = await openWardline(other, outside)
    expect(await vaultCheck(spoiled.url)).toMatchObject({ ok: false, words: expect.stringContaining('check disk') })
    expect((await fetch(new URL('/readyz', spoiled.url))).status).toBe(503)
  })
})

describe('a second server on a data folder', () => {
  it('is refused before it touches anything, also its tables and its environment', async () => {
    await using place = await aPlace('sqlite')
    await using ground = await openGround(place.config, outside, { createKey: true, alone: true })
    const { database } = ground
    await sql`drop table kysely_migration`.execute(database.read)
    const other = place.with({ environment: 'test' })
    await expect(openWardline(other, outside)).rejects.toMatchObject({ code: 'folder_in_use' })
    expect(await pendingMigrations(database)).not.toEqual([])
  })

  it('is welcome once the first has closed its ground, or could not open it', async () => {
    await using place = await aPlace('sqlite')
    const open = (config: Config) => openGround(config, outside, { createKey: true, alone: true })
    await (await open(place.config)).close()
    await expect(open(place.with({ environment: 'test' }))).rejects.toMatchObject({ code: 'environment_mixed' })
    await (await open(place.config)).close()
  })

  it('is no command: those work beside a running server', async () => {
    await using place = await aPlace('sqlite')
    await using _server = await openGround(place.config, outside, { createKey: true, alone: true })
    await using command = await openGround(place.config, outside, { createKey: false })
    await command.database.ping()
  })

  it('is told in words when the folder is no place for a lock', async () => {
    await using place = await aPlace('sqlite')
    await mkdir(join(place.config.data, 'server.lock'), { recursive: true })
    await expect(openWardline(place.config, outside)).rejects.toMatchObject({ code: 'data_folder_unusable' })
  })
})

async function aPlace(kind: 'sqlite' | 'postgres') {
  const folder = await mkdtemp(join(tmpdir(), 'wardline-start-'))
  const settings = await emptyDatabase(kind)
  const overrides: ConfigOverrides = {
    environment: 'sandbox',
    data: join(folder, 'data'),
    vault: { keyFile: join(folder, 'vault.key') },
    ...(settings.kind === 'postgres' ? { database: { url: settings.url } } : {}),
    server: { port: 0 },
    metrics: { port: 0 },
    limits: { decoders: 1, freeDiskMb: 0 },
  }
  const load = (other: ConfigOverrides = {}) => loadConfig({ env: {}, overrides: { ...overrides, ...other }, folder })
  return {
    config: load(),
    with: load,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

async function rename(config: Config, from: string, to: string): Promise<void> {
  await using database = openDatabase(databaseSettings(config))
  await sql`alter table ${sql.table(from)} rename to ${sql.table(to)}`.execute(database.read)
}

async function vaultCheck(url: string): Promise<unknown> {
  const answer = (await (await fetch(new URL('/readyz', url))).json()) as { checks: { name: string }[] }
  return answer.checks.find((check) => check.name === 'vault')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
