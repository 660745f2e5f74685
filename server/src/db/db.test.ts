import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  type Database,
  type DatabaseSettings,
  lockFolder,
  migrate,
  openDatabase,
  pendingMigrations,
  readMeta,
  stampEnvironment,
  writeMeta,
} from './db.ts'
import { emptyDatabases } from './testing.ts'

describe.each(emptyDatabases)('a %s database', (_kind, empty) => {
  it('is brought up to date once, and a second start finds nothing to do', async () => {
    await using database = openDatabase(await empty())
    expect((await pendingMigrations(database)).length).toBeGreaterThan(0)
    await migrate(database)
    await migrate(database)
    expect(await pendingMigrations(database)).toEqual([])
  })

  it('belongs to one environment for ever', async () => {
    await using database = await open(await empty())
    await stampEnvironment(database, 'sandbox')
    await stampEnvironment(database, 'sandbox')
    await expect(stampEnvironment(database, 'production')).rejects.toMatchObject({ code: 'environment_mixed' })
  })

  it('keeps nothing of a transaction that failed', async () => {
    await using database = await open(await empty())
    await expect(
      database.transact(async (tx) => {
        await writeMeta(tx, 'half', 'done')
        throw new Error('stop')
      }),
    ).rejects.toThrow('stop')
    expect(await readMeta(database.read, 'half')).toBeUndefined()
  })

  it('loses no increment when fifty transactions meet, from two connections', async () => {
    const settings = await empty()
    await using one = await open(settings)
    await using other = openDatabase(settings)
    await one.transact((tx) => writeMeta(tx, 'count', '0'))
    const increment = (database: Database) =>
      database.transact(async (tx) => writeMeta(tx, 'count', String(Number(await readMeta(tx, 'count')) + 1)))
    await Promise.all(Array.from({ length: 50 }, (_, i) => increment(i % 2 ? one : other)))
    expect(await readMeta(one.read, 'count')).toBe('50')
  })

  it('gives bytes and large times back as they went in', async () => {
    await using database = await open(await empty())
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
    await database.transact((tx) =>
      tx
        .insertInto('vault_objects')
        .values({ id: 'v', size_bytes: 2 ** 40 + 1, wrapped_key: bytes, state: 'stored', stored_at: 1_800_000_000_000 })
        .execute(),
    )
    const row = await database.read.selectFrom('vault_objects').selectAll().executeTakeFirstOrThrow()
    expect(row.size_bytes).toBe(2 ** 40 + 1)
    expect(Uint8Array.from(row.wrapped_key ?? [])).toEqual(bytes)
    expect(row.keep_until).toBeNull()
  })
})

describe('the lock of a data folder', () => {
  it('lets one server in, and the next one when that has gone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'wardline-'))
    const release = lockFolder(folder)
    expect(() => lockFolder(folder)).toThrow(expect.objectContaining({ code: 'folder_in_use' }))
    release()
    lockFolder(folder)()
  })

  it('is gone with a process that was killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wardline-'))
    const program = `import { lockFolder } from '#db'; lockFolder(${JSON.stringify(folder)}); console.log('held'); setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
      cwd: import.meta.dirname,
    })
    await once(child.stdout, 'data')
    expect(() => lockFolder(folder)).toThrow(expect.objectContaining({ code: 'folder_in_use' }))
    child.kill('SIGKILL')
    await once(child, 'exit')
    lockFolder(folder)()
  })
})

async function open(settings: DatabaseSettings): Promise<Database> {
  const database = openDatabase(settings)
  await migrate(database)
  return database
}
