import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { migrate, openDatabase, readMeta } from '#db'
import { emptyDatabase, emptyDatabases } from '../db/testing.ts'
import { openVaultWorld, quiet, type VaultWorld } from './testing.ts'
import { openVault } from './vault.ts'

const hourMs = 60 * 60 * 1000
const by = { actor: 'wardline', why: 'filing' } as const
const drawing = Buffer.from('a plain drawing')

describe.each(emptyDatabases)('an evidence folder and its database on %s', (_kind, empty) => {
  it('are bound to each other at the first start', async () => {
    await using world = await openVaultWorld(await empty())
    const stamp = await readFile(join(world.folder, 'deployment'), 'utf8')
    expect(stamp).toMatch(/^deployment_[0-9a-z]{28}\n$/)
    expect(await readMeta(world.database.read, 'vault.deployment')).toBe(stamp.trim())
    await put(world)
    await world.reopen()
    await world.reopen({ createKey: true })
    expect(await readFile(join(world.folder, 'deployment'), 'utf8')).toBe(stamp)
    expect((await readdir(world.folder)).sort()).toEqual(['deployment', 'objects'])
  })

  it('a new database on a folder with evidence is refused, and nothing is lost', async () => {
    await using world = await openVaultWorld(await empty())
    const ids: string[] = []
    for (let i = 0; i < 60; i += 1) ids.push(await put(world))
    world.clock.set(world.clock.now() + 2 * hourMs)
    for (const kind of ['sqlite', 'postgres'] as const) {
      await using other = openDatabase(await emptyDatabase(kind))
      await migrate(other)
      const start = openVault({ ...world, database: other, log: quiet, createKey: true })
      await expect(start).rejects.toMatchObject({
        code: 'folder_foreign',
        retry: 'never',
        message: expect.stringMatching(/set database[.]url .* data folder of its own/),
      })
      expect(await readMeta(other.read, 'vault.fingerprint')).toBeUndefined()
    }
    for (const id of ids) expect((await (await world.vault.open(id, by)).bytes()).equals(drawing)).toBe(true)
  })

  it('are refused when they belong to two deployments', async () => {
    await using world = await openVaultWorld(await empty())
    await using other = await openVaultWorld(await empty())
    await put(world)
    await expect(world.reopen({ folder: other.folder })).rejects.toMatchObject({ code: 'folder_foreign' })
    await expect(other.reopen({ folder: world.folder })).rejects.toMatchObject({ code: 'folder_foreign' })
    await expect(other.reopen({ folder: world.folder, createKey: true })).rejects.toMatchObject({
      code: 'folder_foreign',
    })
  })

  it('are refused while the evidence is elsewhere, as on a disk that is not mounted', async () => {
    await using world = await openVaultWorld(await empty())
    const id = await put(world)
    const away = join(dirname(world.folder), 'away')
    await rename(world.folder, away)
    await mkdir(world.folder)
    await expect(world.reopen({ createKey: true })).rejects.toMatchObject({
      code: 'folder_foreign',
      message: expect.stringContaining('mounted'),
    })
    expect(await readdir(world.folder)).toEqual([])
    await rm(world.folder, { recursive: true })
    await rename(away, world.folder)
    expect((await (await (await world.reopen()).open(id, by)).bytes()).equals(drawing)).toBe(true)
  })

  it('are bound anew while neither holds anything, as after a first start that was cut off', async () => {
    await using world = await openVaultWorld(await empty())
    const known = await readMeta(world.database.read, 'vault.deployment')
    await rm(join(world.folder, 'deployment'))
    await world.reopen({ createKey: true })
    expect(await readFile(join(world.folder, 'deployment'), 'utf8')).toBe(`${known}\n`)
    await world.database.read.deleteFrom('meta').execute()
    await mkdir(join(world.folder, 'objects', 'lost+found'))
    await world.reopen({ createKey: true })
    const stamp = await readFile(join(world.folder, 'deployment'), 'utf8')
    expect(stamp).not.toBe(`${known}\n`)
    expect(await readMeta(world.database.read, 'vault.deployment')).toBe(stamp.trim())
  })

  it('are one deployment when several servers start for the first time at the same moment', async () => {
    await using world = await openVaultWorld(await empty())
    await world.database.read.deleteFrom('meta').execute()
    await rm(world.folder, { recursive: true })
    await Promise.all(Array.from({ length: 5 }, () => world.reopen({ createKey: true })))
    const stamp = await readFile(join(world.folder, 'deployment'), 'utf8')
    expect(await readMeta(world.database.read, 'vault.deployment')).toBe(stamp.trim())
  })
})

describe.each(emptyDatabases)("the vault's probe on %s", (_kind, empty) => {
  it('notices a folder that cannot be written or is another, and asks the disk every 10 s at most', async () => {
    await using world = await openVaultWorld(await empty())
    const later = () => world.clock.set(world.clock.now() + 10_000)
    await world.vault.probe()
    // For root, too, a folder cannot be written as a file.
    await rm(join(world.folder, 'probe'))
    await mkdir(join(world.folder, 'probe'))
    world.clock.set(world.clock.now() + 9_999)
    await world.vault.probe()
    world.clock.set(world.clock.now() + 1)
    await expect(world.vault.probe()).rejects.toMatchObject({ code: 'vault_unwritable' })
    await rm(join(world.folder, 'probe'), { recursive: true })
    await expect(world.vault.probe()).rejects.toMatchObject({ code: 'vault_unwritable' })
    later()
    await world.vault.probe()
    await writeFile(join(world.folder, 'deployment'), 'deployment_of_another\n')
    later()
    await expect(world.vault.probe()).rejects.toMatchObject({ code: 'folder_foreign' })
  })
})

async function put({ vault, database }: VaultWorld): Promise<string> {
  const preserved = await vault.preserve(drawing)
  await database.transact((tx) => vault.record(tx, preserved))
  return preserved.id
}
