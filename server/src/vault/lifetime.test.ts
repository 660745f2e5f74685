import { execFile } from 'node:child_process'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { readTrail } from '#audit'
import type { DatabaseSettings } from '#db'
import { emptyDatabases } from '../db/testing.ts'
import { openVaultWorld, type VaultWorld } from './testing.ts'

const hourMs = 60 * 60 * 1000
const by = { actor: 'wardline', why: 'filing' } as const
const drawing = Buffer.from('a plain drawing')

describe.each(emptyDatabases)("evidence's life on %s", (_kind, empty) => {
  it('ends with an erased key, a tombstone and a line in the trail', async () => {
    await using world = await openVaultWorld(await empty())
    const id = await put(world)
    await world.database.transact((tx) => world.vault.destroyAfter(tx, id, world.clock.now() + 1))
    await world.database.transact((tx) => world.vault.destroy(tx, id, 'dismissed'))
    await world.database.transact((tx) => world.vault.destroy(tx, id, 'again'))
    const row = await world.database.read.selectFrom('vault_objects').selectAll().executeTakeFirstOrThrow()
    expect(row).toMatchObject({
      state: 'destroyed',
      wrapped_key: null,
      size_bytes: drawing.length,
      destroyed_at: world.clock.now(),
      destroyed_why: 'dismissed',
    })
    await expect(world.vault.open(id, by)).rejects.toMatchObject({ code: 'evidence_destroyed' })
    const acts = (await readTrail(world.database.read, { subject: id, limit: 10 })).map((line) => line.act)
    expect(acts).toEqual(['destroy_evidence', 'open_evidence'])
    expect(await world.vault.sweep()).toMatchObject({ destroyed: 1 })
    expect(await files(world)).toEqual([])
  })

  it('cannot be ended before the day until which it must be kept, and that day only moves later', async () => {
    await using world = await openVaultWorld(await empty())
    const id = await put(world)
    const until = world.clock.now() + 365 * 24 * hourMs
    await world.database.transact((tx) => world.vault.keepUntil(tx, id, until))
    await world.database.transact((tx) => world.vault.keepUntil(tx, id, world.clock.now()))
    const destroy = () => world.database.transact((tx) => world.vault.destroy(tx, id, 'expired'))
    world.clock.set(until - 1)
    await expect(destroy()).rejects.toMatchObject({ code: 'evidence_kept' })
    world.clock.set(until)
    await destroy()
    await expect(world.vault.open(id, by)).rejects.toMatchObject({ code: 'evidence_destroyed' })
  })

  it('never began when the transaction failed: the file is discarded', async () => {
    await using world = await openVaultWorld(await empty())
    const preserved = await world.vault.preserve(drawing)
    await world.vault.discard(preserved)
    expect(await files(world)).toEqual([])
    expect(await world.database.read.selectFrom('vault_objects').selectAll().execute()).toEqual([])
  })

  it('is not ended by a discard while its transaction commits after all', async () => {
    await using world = await openVaultWorld(await empty())
    const preserved = await world.vault.preserve(drawing)
    const recorded = Promise.withResolvers<void>()
    const commit = Promise.withResolvers<void>()
    const committing = world.database.transact(async (tx) => {
      await world.vault.record(tx, preserved)
      recorded.resolve()
      await commit.promise
    })
    await recorded.promise
    const discarding = world.vault.discard(preserved)
    commit.resolve()
    await Promise.all([committing, discarding])
    expect((await (await world.vault.open(preserved.id, by)).bytes()).equals(drawing)).toBe(true)
  })

  it('does not begin on a folder that cannot be written', async () => {
    await using world = await openVaultWorld(await empty())
    await rm(join(world.folder, 'objects'), { recursive: true })
    await writeFile(join(world.folder, 'objects'), 'a file where the folder should be')
    await expect(world.vault.preserve(drawing)).rejects.toMatchObject({ code: 'vault_unwritable', retry: 'later' })
    await rm(join(world.folder, 'objects'))
    await put(world)
  })

  it('does not begin when there is no room, and leaves nothing half-written', async () => {
    const settings = await empty()
    await using world = await openVaultWorld(settings)
    const said = await preserveWithLittleRoom(settings, world)
    expect(said).toEqual({ big: 'vault_full', retry: 'later', small: 'preserved' })
    expect(await files(world)).toHaveLength(1)
  })
})

async function put(world: VaultWorld) {
  const preserved = await world.vault.preserve(drawing)
  await world.database.transact((tx) => world.vault.record(tx, preserved))
  return preserved.id
}

async function files(world: VaultWorld): Promise<string[]> {
  const entries = await readdir(join(world.folder, 'objects'), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
}

/** A process of its own whose kernel refuses files beyond half a MiB (EFBIG), for root and anyone else alike. */
async function preserveWithLittleRoom(settings: DatabaseSettings, { folder, keyFile }: VaultWorld): Promise<unknown> {
  const program = `
    const [settings, folder, keyFile, vaultUrl, dbUrl, baseUrl] = process.argv.slice(1)
    const { openVault } = await import(vaultUrl)
    const { openDatabase } = await import(dbUrl)
    const { systemClock } = await import(baseUrl)
    const log = { info() {}, warn() {}, error() {} }
    await using database = openDatabase(JSON.parse(settings))
    const vault = await openVault({ folder, keyFile, database, clock: systemClock, log, createKey: false })
    const big = await vault.preserve(Buffer.alloc(4 << 20)).then(() => ({}), (fault) => fault)
    const small = await vault.preserve(Buffer.alloc(100))
    console.log(JSON.stringify({ big: big.code, retry: big.retry, small: small.id ? 'preserved' : '' }))`
  const url = (path: string) => new URL(path, import.meta.url).href
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    'ulimit -f 1024; exec "$@"',
    'sh',
    process.execPath,
    '--input-type=module',
    '--eval',
    program,
    ...[JSON.stringify(settings), folder, keyFile, url('./vault.ts'), url('../db/db.ts'), url('../base/base.ts')],
  ])
  return JSON.parse(stdout)
}
