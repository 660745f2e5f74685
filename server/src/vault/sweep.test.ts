import { chmod, mkdir, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Log } from '#base'
import { emptyDatabases } from '../db/testing.ts'
import { openVaultWorld, quiet, type VaultWorld } from './testing.ts'

const hourMs = 60 * 60 * 1000
const dayMs = 24 * hourMs
const nothing = { destroyed: 0, setAside: 0, broughtBack: 0, expired: 0 }
const drawing = Buffer.from('a plain drawing')
const by = { actor: 'wardline', why: 'filing' } as const

describe.each(emptyDatabases)('a sweep on %s', (_kind, empty) => {
  it('sets aside what the database has not known for an hour, and ends it after a month', async () => {
    await using world = await openVaultWorld(await empty())
    const kept = await put(world)
    const orphan = (await world.vault.preserve(drawing)).id
    const half = join(world.folder, 'objects', orphan.slice(-2), `${orphan}.part`)
    await writeFile(half, 'half')
    await utimes(half, world.clock.now() / 1000, world.clock.now() / 1000)
    world.clock.set(world.clock.now() + hourMs)
    expect(await world.vault.sweep()).toEqual(nothing)
    world.clock.set(world.clock.now() + 1000)
    expect(await world.vault.sweep()).toEqual({ ...nothing, setAside: 2 })
    expect(await filesIn(world, 'unknown')).toEqual([orphan, `${orphan}.part`])
    expect(await filesIn(world, kept.slice(-2))).toEqual([kept])
    world.clock.set(world.clock.now() + 30 * dayMs)
    expect(await world.vault.sweep()).toEqual(nothing)
    world.clock.set(world.clock.now() + 1000)
    expect(await world.vault.sweep()).toEqual({ ...nothing, expired: 2 })
    expect(await filesIn(world, 'unknown')).toEqual([])
    expect(await filesIn(world, kept.slice(-2))).toEqual([kept])
  })

  it('with an older copy of the database destroys nothing, and puts all back once the right one is there', async () => {
    await using world = await openVaultWorld(await empty())
    const ids: string[] = []
    for (let i = 0; i < 60; i += 1) ids.push(await put(world))
    const rows = await world.database.read.selectFrom('vault_objects').selectAll().execute()
    await world.database.read
      .deleteFrom('vault_objects')
      .where('id', '!=', ids[0] ?? '')
      .execute()
    world.clock.set(world.clock.now() + 2 * hourMs)
    expect(await world.vault.sweep()).toEqual({ ...nothing, setAside: 59 })
    const missing = rows.filter((row) => row.id !== ids[0])
    await world.database.read.insertInto('vault_objects').values(missing).execute()
    expect(await world.vault.sweep()).toEqual({ ...nothing, broughtBack: 59 })
    for (const id of ids) expect((await (await world.vault.open(id, by)).bytes()).equals(drawing)).toBe(true)
  })

  it('ends the file of a destroyed object wherever it lies', async () => {
    await using world = await openVaultWorld(await empty())
    const [here, aside] = [await put(world), await put(world)]
    await mkdir(join(world.folder, 'objects', 'unknown'))
    await rename(fileOf(world, aside), join(world.folder, 'objects', 'unknown', aside))
    for (const id of [here, aside]) await world.database.transact((tx) => world.vault.destroy(tx, id, 'dismissed'))
    expect(await world.vault.sweep()).toEqual({ ...nothing, destroyed: 2 })
    expect(await filesIn(world, 'unknown')).toEqual([])
    expect(await filesIn(world, here.slice(-2))).toEqual([])
  })

  it('passes over what is not ours or cannot be read, and goes on', async () => {
    await using world = await openVaultWorld(await empty())
    const destroyed = await put(world)
    await world.database.transact((tx) => world.vault.destroy(tx, destroyed, 'dismissed'))
    const objects = join(world.folder, 'objects')
    const shard = destroyed.slice(-2)
    const strays = [join('lost+found', '#12'), 'notes.txt', join(shard, 'notes.txt')]
    await mkdir(join(objects, 'lost+found'))
    for (const stray of strays) await writeFile(join(objects, stray), 'a stray')
    // A file where a shard would be, a folder where an object would be, a shard that (unless we are root) cannot be read.
    await writeFile(join(objects, otherThan(shard, 'zz', 'yy')), 'a stray')
    await mkdir(join(objects, shard, destroyed.replace(/.{4}$/, `00${shard}`)))
    await mkdir(join(objects, otherThan(shard, '00', '11')))
    await chmod(join(objects, otherThan(shard, '00', '11')), 0)
    world.clock.set(world.clock.now() + 400 * dayMs)
    expect(await world.vault.sweep()).toEqual({ ...nothing, destroyed: 1 })
    expect(await filesIn(world, 'lost+found')).toEqual(['#12'])
    expect(await filesIn(world, shard)).toEqual(['notes.txt'])
    await chmod(join(objects, otherThan(shard, '00', '11')), 0o700)
  })

  it('does nothing when the folder is no longer the one of its database, and says so', async () => {
    await using world = await openVaultWorld(await empty())
    const told: string[] = []
    const log: Log = { ...quiet, error: (_fields, words) => told.push(words) }
    const vault = await world.reopen({ log })
    const id = await put(world)
    await world.database.transact((tx) => world.vault.destroy(tx, id, 'dismissed'))
    await rm(join(world.folder, 'deployment'))
    expect(await vault.sweep()).toEqual(nothing)
    expect(await filesIn(world, id.slice(-2))).toEqual([id])
    expect(told).toEqual([expect.stringContaining('is its disk mounted')])
  })

  it('is not needed for one object: its file goes alone, and only if it was destroyed', async () => {
    await using world = await openVaultWorld(await empty())
    const [one, other] = [await put(world), await put(world)]
    await world.database.transact((tx) => world.vault.destroy(tx, one, 'dismissed'))
    for (const id of [one, other, 'evidence_nobody_knows']) await world.vault.removeFile(id)
    expect(await filesIn(world, one.slice(-2))).not.toContain(one)
    expect(await filesIn(world, other.slice(-2))).toContain(other)
  })
})

async function put({ vault, database }: VaultWorld): Promise<string> {
  const preserved = await vault.preserve(drawing)
  await database.transact((tx) => vault.record(tx, preserved))
  return preserved.id
}

const fileOf = ({ folder }: VaultWorld, id: string) => join(folder, 'objects', id.slice(-2), id)

async function filesIn({ folder }: VaultWorld, name: string): Promise<string[]> {
  const found = await readdir(join(folder, 'objects', name), { withFileTypes: true })
  return found
    .filter((one) => one.isFile())
    .map((one) => one.name)
    .sort()
}

const otherThan = (shard: string, first: string, second: string) => (shard === first ? second : first)
