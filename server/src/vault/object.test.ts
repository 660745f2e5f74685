import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTrail } from '#audit'
import type { Id } from '#base'
import { emptyDatabases } from '../db/testing.ts'
import { openVaultWorld, type VaultWorld } from './testing.ts'

const chunk = 64 * 1024
const by = { actor: 'wardline', why: 'filing' } as const

describe.each(emptyDatabases)('evidence in the vault on %s', (_kind, empty) => {
  it('comes back byte for byte, whatever its size', async () => {
    await using world = await openVaultWorld(await empty())
    const sizes = fc.oneof(fc.constantFrom(0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk), fc.nat(4 * chunk))
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(255), async (size, seed) => {
        const plain = pattern(size, seed)
        const { id, sizeBytes } = await put(world, plain)
        expect(sizeBytes).toBe(size)
        const evidence = await world.vault.open(id, by)
        expect(evidence.sizeBytes).toBe(size)
        expect((await evidence.bytes()).equals(plain)).toBe(true)
        expect((await stat(fileOf(world, id))).size).toBe(8 + size + 16 * Math.max(1, Math.ceil(size / chunk)))
      }),
      { numRuns: 12 },
    )
  })

  it('lies encrypted, in a folder and a file for the owner only, with nothing left beside it', async () => {
    await using world = await openVaultWorld(await empty())
    const { id } = await put(world, Buffer.alloc(1000, 'plain drawing '))
    const file = fileOf(world, id)
    expect((await readFile(file)).includes('plain')).toBe(false)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(join(world.folder, 'objects'))).mode & 0o777).toBe(0o700)
    expect((await stat(join(file, '..'))).mode & 0o777).toBe(0o700)
    expect(await files(world)).toEqual([id])
  })

  it('is opened only after a line in the audit trail says by whom and why', async () => {
    await using world = await openVaultWorld(await empty())
    const { id } = await put(world, pattern(10, 1))
    await writeFile(fileOf(world, id), '')
    const evidence = await world.vault.open(id, { actor: 'person:person_1', why: 'review' })
    await expect(evidence.bytes()).rejects.toMatchObject({ code: 'evidence_altered' })
    expect(await readTrail(world.database.read, { limit: 10 })).toMatchObject([
      { actor: 'person:person_1', act: 'open_evidence', subject: id, detail: '{"why":"review"}' },
    ])
  })

  it('is altered when any single bit of its file is', async () => {
    await using world = await openVaultWorld(await empty())
    const { id } = await put(world, pattern(2 * chunk + 100, 3))
    const file = fileOf(world, id)
    const good = await readFile(file)
    const evidence = await world.vault.open(id, by)
    const edges = [0, 6, 7, 8, 8 + chunk, 8 + chunk + 15, 8 + chunk + 16, good.length - 1]
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.constantFrom(...edges), fc.nat(good.length - 1)), fc.nat(7), async (place, bit) => {
        const bad = Buffer.from(good)
        bad[place] = (bad[place] ?? 0) ^ (1 << bit)
        await writeFile(file, bad)
        await expect(evidence.bytes()).rejects.toMatchObject({ code: 'evidence_altered', retry: 'ask_a_person' })
      }),
      { numRuns: 40 },
    )
    await writeFile(file, good)
    expect((await evidence.bytes()).length).toBe(2 * chunk + 100)
  })

  it('is altered when it is cut at a chunk, within one, or made longer', async () => {
    await using world = await openVaultWorld(await empty())
    const { id } = await put(world, pattern(3 * chunk, 4))
    const file = fileOf(world, id)
    const good = await readFile(file)
    const evidence = await world.vault.open(id, by)
    const stored = chunk + 16
    for (const size of [0, 8, 8 + stored, 8 + 2 * stored, 8 + 2 * stored + 5, good.length - 1]) {
      await truncate(file, size)
      await expect(evidence.bytes()).rejects.toMatchObject({ code: 'evidence_altered' })
      await writeFile(file, good)
    }
    await writeFile(file, Buffer.concat([good, good.subarray(8, 8 + stored)]))
    await expect(evidence.bytes()).rejects.toMatchObject({ code: 'evidence_altered' })
  })

  it('is altered when it is cut at a chunk and the database was made to agree', async () => {
    await using world = await openVaultWorld(await empty())
    const { id } = await put(world, pattern(3 * chunk, 4))
    for (const chunks of [2, 1]) {
      await truncate(fileOf(world, id), 8 + chunks * (chunk + 16))
      await world.database.read
        .updateTable('vault_objects')
        .set({ size_bytes: chunks * chunk })
        .execute()
      const evidence = await world.vault.open(id, by)
      await expect(evidence.bytes()).rejects.toMatchObject({ code: 'evidence_altered' })
    }
  })

  it('is altered when two chunks change places or one is there twice', async () => {
    await using world = await openVaultWorld(await empty())
    const { id } = await put(world, Buffer.alloc(3 * chunk))
    const file = fileOf(world, id)
    const good = await readFile(file)
    const evidence = await world.vault.open(id, by)
    const part = (index: number) => good.subarray(8 + index * (chunk + 16), 8 + (index + 1) * (chunk + 16))
    for (const order of [
      [1, 0, 2],
      [0, 2, 1],
      [0, 0, 2],
      [0, 1, 1],
    ]) {
      await writeFile(file, Buffer.concat([good.subarray(0, 8), ...order.map(part)]))
      await expect(evidence.bytes()).rejects.toMatchObject({ code: 'evidence_altered' })
    }
  })

  it('is altered when two objects change places, with or without their keys', async () => {
    await using world = await openVaultWorld(await empty())
    const one = await put(world, pattern(100, 1))
    const other = await put(world, pattern(100, 2))
    const otherFile = await readFile(fileOf(world, other.id))
    await writeFile(fileOf(world, one.id), otherFile)
    const evidence = await world.vault.open(one.id, by)
    await expect(evidence.bytes()).rejects.toMatchObject({ code: 'evidence_altered' })
    await world.database.read
      .updateTable('vault_objects')
      .set({ wrapped_key: other.wrappedKey })
      .where('id', '=', one.id)
      .execute()
    await expect(world.vault.open(one.id, by)).rejects.toMatchObject({ code: 'seal_broken' })
  })

  it('is handed out chunk by chunk, each of them authentic', async () => {
    await using world = await openVaultWorld(await empty())
    const { id } = await put(world, pattern(2 * chunk + 1, 5))
    const bad = await readFile(fileOf(world, id))
    bad[bad.length - 1] = (bad[bad.length - 1] ?? 0) ^ 1
    await writeFile(fileOf(world, id), bad)
    const got: number[] = []
    const reading = async () => {
      for await (const bytes of (await world.vault.open(id, by)).stream()) got.push(bytes.length)
    }
    await expect(reading()).rejects.toMatchObject({ code: 'evidence_altered' })
    expect(got).toEqual([chunk, chunk])
  })

  it('says so when its file is gone, or when nobody knows it', async () => {
    await using world = await openVaultWorld(await empty())
    const preserved = await put(world, pattern(10, 1))
    await rm(fileOf(world, preserved.id))
    const evidence = await world.vault.open(preserved.id, by)
    await expect(evidence.bytes()).rejects.toMatchObject({ code: 'evidence_missing', retry: 'ask_a_person' })
    await expect(world.vault.open('evidence_none', by)).rejects.toMatchObject({ code: 'evidence_unknown' })
  })
})

function pattern(size: number, seed: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed + (i >> 8)) & 255))
}

async function put(world: VaultWorld, plain: Uint8Array) {
  const preserved = await world.vault.preserve(plain)
  await world.database.transact((tx) => world.vault.record(tx, preserved))
  return preserved
}

const fileOf = (world: VaultWorld, id: Id<'evidence'>) => join(world.folder, 'objects', id.slice(-2), id)

async function files(world: VaultWorld): Promise<string[]> {
  const entries = await readdir(join(world.folder, 'objects'), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
}
