import { chmod, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { secretBytes } from '#base'
import { openDatabase, readMeta, writeMeta } from '#db'
import { migrateTo } from '../db/migrate.ts'
import { emptyDatabases } from '../db/testing.ts'
import { openSeals } from './seal.ts'
import { openVaultWorld } from './testing.ts'
import { confirmKeyCopy, keyCopyConfirmedAt, listKeys } from './vault.ts'

describe.each(emptyDatabases)("the vault's key on %s", (_kind, empty) => {
  it('is made at the first start, for its owner only, and its fingerprint is remembered', async () => {
    await using world = await openVaultWorld(await empty())
    expect(await readFile(world.keyFile, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/)
    expect((await stat(world.keyFile)).mode & 0o777).toBe(0o600)
    expect(world.vault.fingerprint).toMatch(/^[0-9a-f]{16}$/)
    expect(await readMeta(world.database.read, 'vault.fingerprint')).toBe(world.vault.fingerprint)
    expect((await world.reopen()).fingerprint).toBe(world.vault.fingerprint)
  })

  it('is never made twice: when it is missing, the start stops and says to restore the copy', async () => {
    await using world = await openVaultWorld(await empty())
    const keyFile = join(dirname(world.keyFile), 'gone.key')
    await expect(world.reopen({ keyFile, createKey: true })).rejects.toMatchObject({
      code: 'key_missing',
      retry: 'never',
      message: expect.stringContaining('restore the file from the copy'),
    })
    await expect(stat(keyFile)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('is not made by who only looks', async () => {
    await using world = await openVaultWorld(await empty())
    await world.database.read.deleteFrom('meta').execute()
    const keyFile = join(dirname(world.keyFile), 'none.key')
    await expect(world.reopen({ keyFile })).rejects.toMatchObject({ code: 'key_missing' })
  })

  it.each([
    ['another key', `${'ab'.repeat(32)}\n`],
    ['a key that was cut', 'abcdef'],
    ['words', 'my secret'],
    ['nothing', ''],
  ])('stops the start when the file holds %s', async (_what, text) => {
    await using world = await openVaultWorld(await empty())
    await writeFile(world.keyFile, text)
    const stopped = await world.reopen({ createKey: true }).catch((error: unknown) => error)
    expect(stopped).toMatchObject({ code: 'key_wrong', retry: 'never' })
    if (text.trim()) expect(String(stopped)).not.toContain(text.trim())
    expect(await readFile(world.keyFile, 'utf8')).toBe(text)
  })

  it('is put beside another that lies in its place, which may be the newer one', async () => {
    await using world = await openVaultWorld(await empty())
    const key = await readFile(world.keyFile)
    await writeFile(world.keyFile, `${'ab'.repeat(32)}\n`)
    const beside = `vault.key.${world.vault.fingerprint}`
    await expect(world.reopen()).rejects.toMatchObject({
      code: 'key_wrong',
      message: expect.stringContaining(`named ${beside}, and take nothing away`),
    })
    await writeFile(join(dirname(world.keyFile), beside), key, { mode: 0o600 })
    expect((await world.reopen()).fingerprint).toBe(world.vault.fingerprint)
  })

  it.each([0o640, 0o604, 0o620, 0o777])('stops the start when others can use its file (mode %o)', async (mode) => {
    await using world = await openVaultWorld(await empty())
    await chmod(world.keyFile, mode)
    await expect(world.reopen()).rejects.toMatchObject({
      code: 'key_exposed',
      message: expect.stringContaining('chmod 600'),
    })
  })

  it('is refused inside of the evidence folder, also by way of a link', async () => {
    await using world = await openVaultWorld(await empty())
    await expect(world.reopen({ keyFile: join(world.folder, 'deep', 'vault.key') })).rejects.toMatchObject({
      code: 'key_misplaced',
    })
    const link = join(dirname(world.folder), 'link')
    await symlink(world.folder, link)
    await expect(world.reopen({ keyFile: join(link, 'vault.key') })).rejects.toMatchObject({ code: 'key_misplaced' })
  })

  it('is one key when several servers start at the same moment', async () => {
    await using world = await openVaultWorld(await empty())
    await world.database.read.deleteFrom('meta').execute()
    await world.database.read.deleteFrom('vault_keys').execute()
    const keyFile = join(dirname(world.keyFile), 'new', 'vault.key')
    const starts = Array.from({ length: 5 }, () => world.reopen({ keyFile, createKey: true }))
    // A reader may see the file before it is whole and stop; whoever starts has the one key.
    const started = (await Promise.allSettled(starts)).filter((one) => one.status === 'fulfilled')
    expect(started.length).toBeGreaterThan(0)
    expect(new Set(started.map((one) => one.value.fingerprint)).size).toBe(1)
    expect((await world.reopen({ keyFile })).fingerprint).toBe(started[0]?.value.fingerprint)
  })

  it('nags until a copy was shown to be good', async () => {
    await using world = await openVaultWorld(await empty())
    const { database, clock, keyFile, vault } = world
    const copy = join(dirname(keyFile), 'copy.key')
    await vault.copyKey(copy)
    expect((await stat(copy)).mode & 0o777).toBe(0o600)
    expect(await keyCopyConfirmedAt(database.read)).toBeUndefined()
    await vault.confirmKeyCopy(copy)
    expect(await keyCopyConfirmedAt(database.read)).toBe(clock.now())
    clock.set(clock.now() + 5)
    await confirmKeyCopy((await readFile(copy, 'utf8')).trim(), { database, clock, keyFile: `${keyFile}.lost` })
    expect(await keyCopyConfirmedAt(database.read)).toBe(clock.now())
  })

  it('takes neither a wrong copy nor itself as its copy, and writes over no file', async () => {
    await using world = await openVaultWorld(await empty())
    const { database, keyFile, vault } = world
    await expect(vault.confirmKeyCopy('ab'.repeat(32))).rejects.toMatchObject({ code: 'key_wrong' })
    await expect(vault.confirmKeyCopy(keyFile)).rejects.toMatchObject({ code: 'key_copy_refused' })
    await expect(vault.confirmKeyCopy(`${keyFile}.none`)).rejects.toMatchObject({ code: 'key_copy_refused' })
    await expect(vault.copyKey(keyFile)).rejects.toMatchObject({ code: 'key_copy_refused' })
    const nowhere = { message: expect.stringMatching(/: there is no such file or folder$/) }
    await expect(vault.copyKey(join(dirname(keyFile), 'no', 'such', 'copy'))).rejects.toMatchObject(nowhere)
    await expect(vault.confirmKeyCopy(`${keyFile}.none`)).rejects.toMatchObject(nowhere)
    expect(await keyCopyConfirmedAt(database.read)).toBeUndefined()
    await database.transact((tx) => writeMeta(tx, 'still', 'writable'))
  })
})

describe.each(emptyDatabases)('the key of a deployment of before on %s', (_kind, empty) => {
  it('goes on as it is, its file untouched, its copy known, its values and digests as they were', async () => {
    const settings = await empty()
    const key = secretBytes(32)
    const before = openSeals(key)
    {
      await using old = openDatabase(settings)
      await migrateTo(old, ['2026-11-22-river', '2026-11-25-remembered-decisions'])
      await old.transact(async (tx) => {
        await writeMeta(tx, 'vault.fingerprint', before.fingerprint)
        await writeMeta(tx, 'vault.key_copy_confirmed_at', '1780000000000')
      })
    }
    // Version 1 of a sealed value is the same but for the key's name.
    const sealed = Buffer.concat([Buffer.of(1), before.seal('cases.context_sealed:1', 'words').subarray(9)])
    const digest = before.keyed('case account', 'somebody')
    await using world = await openVaultWorld(settings, key)
    const { database, keyFile, vault: after } = world
    const text = await readFile(keyFile, 'utf8')
    expect(await keyCopyConfirmedAt(database.read)).toBe(1_780_000_000_000)
    expect(await listKeys(database.read)).toMatchObject([
      { fingerprint: before.fingerprint, state: 'in_use', madeAt: 0 },
    ])
    expect(after.unseal('cases.context_sealed:1', sealed).toString()).toBe('words')
    expect(after.keyed('case account', 'somebody')).toBe(digest)
    await after.rotate({ patienceMs: 0, withoutCopy: true })
    expect(after.unseal('cases.context_sealed:1', sealed).toString()).toBe('words')
    expect(after.keyed('case account', 'somebody')).toBe(digest)
    expect(await readFile(keyFile, 'utf8')).toBe(text)
  })
})
