import { lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTrail } from '#audit'
import { emptyDatabases } from '../db/testing.ts'
import { openVaultWorld, resealed, type VaultWorld } from './testing.ts'
import { abandonRotation, confirmKeyCopy, finishRotation, keyCopyConfirmedAt, listKeys, retireKey } from './vault.ts'

const by = { actor: 'wardline', why: 'filing' } as const
const drawing = Buffer.from('a plain drawing')
const now = { patienceMs: 0, withoutCopy: true }

describe.each(emptyDatabases)("the vault's key on %s, when another takes its place,", (_kind, empty) => {
  it('is made beside the old one, and not used before a copy of it was shown to be good', async () => {
    await using world = await openVaultWorld(await empty())
    const { vault, database, clock, keyFile } = world
    const old = vault.fingerprint
    const text = await readFile(keyFile, 'utf8')
    const first = await vault.rotate({ patienceMs: 0 })
    expect(first.kind).toBe('copy_first')
    expect(await states(world)).toEqual({ [old]: 'in_use', [first.fingerprint]: 'coming' })
    expect(vault.fingerprint).toBe(old)
    expect((await stat(`${keyFile}.${first.fingerprint}`)).mode & 0o777).toBe(0o600)
    // Asked again it is the same one.
    expect(await vault.rotate({ patienceMs: 0 })).toEqual(first)
    const copy = join(dirname(keyFile), 'copy')
    await vault.copyKey(copy, { fingerprint: first.fingerprint })
    await expect(vault.confirmKeyCopy(`${keyFile}.${first.fingerprint}`)).rejects.toMatchObject({
      code: 'key_copy_refused',
    })
    expect(await confirmKeyCopy(copy, { database, clock, keyFile })).toBe(first.fingerprint)
    expect(await keyCopyConfirmedAt(database.read)).toBeUndefined()
    expect(await vault.rotate({ patienceMs: 0 })).toEqual({ kind: 'in_use', fingerprint: first.fingerprint })
    expect(await states(world)).toEqual({ [old]: 'former', [first.fingerprint]: 'in_use' })
    expect(await keyCopyConfirmedAt(database.read)).toBe(clock.now())
    expect(vault.fingerprint).toBe(first.fingerprint)
    expect(await readFile(keyFile, 'utf8')).toBe(text)
    const acts = (await readTrail(database.read, { subject: first.fingerprint, limit: 10 })).map(({ act }) => act)
    expect(acts.sort()).toEqual(['confirm_vault_key_copy', 'copy_vault_key', 'make_vault_key', 'rotate_vault_key'])
  })

  it('leaves everything readable, and the digests what they were', async () => {
    await using world = await openVaultWorld(await empty())
    const { vault } = world
    const id = await put(world)
    const sealed = vault.seal('cases.context_sealed:1', 'words')
    const digest = vault.keyed('case account', 'somebody')
    await vault.rotate(now)
    const restarted = await world.reopen()
    for (const each of [vault, restarted]) {
      expect(each.keyed('case account', 'somebody')).toBe(digest)
      expect(each.unseal('cases.context_sealed:1', sealed).toString()).toBe('words')
      expect((await (await each.open(id, by)).bytes()).equals(drawing)).toBe(true)
      expect(Buffer.from(each.seal('cases.context_sealed:1', 'x')).subarray(1, 9).toString('hex')).toBe(
        vault.fingerprint,
      )
    }
  })

  it('is met by a server that has not heard of it yet, and opens all the same', async () => {
    await using world = await openVaultWorld(await empty())
    const other = await world.reopen()
    await world.vault.rotate(now)
    const id = await put(world)
    expect(other.fingerprint).not.toBe(world.vault.fingerprint)
    expect(other.unseal('cases.context_sealed:1', world.vault.seal('cases.context_sealed:1', 'x')).toString()).toBe('x')
    expect((await (await other.open(id, by)).bytes()).equals(drawing)).toBe(true)
    await other.lookAtKeys()
    expect(other.fingerprint).toBe(world.vault.fingerprint)
  })

  it('waits for every running server, and each takes it up without a restart', async () => {
    await using world = await openVaultWorld(await empty())
    const [near, far] = [await world.reopen(), await openElsewhere(world)]
    const ends = [await near.holdKeys(), await far.vault.holdKeys()]
    const old = world.vault.fingerprint
    await expect(world.vault.rotate({ ...now, patienceMs: 1_500 })).rejects.toMatchObject({
      code: 'rotation_waits',
      message: expect.stringMatching(/^1 running process does not/),
    })
    expect([world.vault.fingerprint, near.fingerprint, far.vault.fingerprint]).toEqual([old, old, old])
    await far.bring()
    const { fingerprint } = await world.vault.rotate({ ...now, patienceMs: 10_000 })
    await expect
      .poll(() => [near.fingerprint, far.vault.fingerprint], { timeout: 10_000 })
      .toEqual([fingerprint, fingerprint])
    for (const end of ends) await end()
    expect(await world.database.read.selectFrom('vault_holders').selectAll().execute()).toEqual([])
  })

  it('without which a running server seals and opens nothing, says so, and goes on when it comes', async () => {
    await using world = await openVaultWorld(await empty())
    const far = await openElsewhere(world)
    const place = 'cases.context_sealed:1'
    const former = far.vault.seal(place, 'of before')
    const end = await far.vault.holdKeys()
    // As of a machine that stood still for longer than anybody waits.
    await world.database.read.deleteFrom('vault_holders').execute()
    const { fingerprint } = await world.vault.rotate(now)
    const away = {
      code: 'key_away',
      retry: 'later',
      message: expect.stringContaining(`elsewhere.key.${fingerprint}`),
    }
    await expect.poll(() => refusal(() => far.vault.seal(place, 'x')), { timeout: 10_000 }).toMatchObject(away)
    expect(refusal(() => far.vault.sealJson(place, 1))).toMatchObject(away)
    expect(refusal(() => far.vault.unseal(place, former))).toMatchObject(away)
    await expect(far.vault.preserve(drawing)).rejects.toMatchObject(away)
    await expect(far.vault.probe()).rejects.toMatchObject(away)
    await far.bring()
    await expect.poll(() => refusal(() => far.vault.seal(place, 'x')), { timeout: 10_000 }).toBeUndefined()
    expect(far.vault.fingerprint).toBe(fingerprint)
    expect(far.vault.unseal(place, former).toString()).toBe('of before')
    await far.vault.probe()
    await end()
  })

  it('ends a start that does not have it, though it had what was in use when it opened the vault', async () => {
    await using world = await openVaultWorld(await empty())
    const far = await openElsewhere(world)
    const { fingerprint } = await world.vault.rotate(now)
    await expect(far.vault.holdKeys()).rejects.toMatchObject({ code: 'key_away', retry: 'later' })
    expect(await world.database.read.selectFrom('vault_holders').selectAll().execute()).toEqual([])
    await far.bring()
    const end = await far.vault.holdKeys()
    expect(far.vault.fingerprint).toBe(fingerprint)
    await end()
  })

  it('leaves a value whose key is elsewhere to be tried again, not to a person', async () => {
    await using world = await openVaultWorld(await empty())
    const far = await openElsewhere(world)
    await world.vault.rotate(now)
    const sealed = world.vault.seal('cases.context_sealed:1', 'x')
    expect(refusal(() => far.vault.unseal('cases.context_sealed:1', sealed))).toMatchObject({
      code: 'seal_broken',
      retry: 'later',
      message: expect.stringContaining(world.vault.fingerprint),
    })
  })

  it('is one key when two ask at the same moment, and nothing is left of the other', async () => {
    await using world = await openVaultWorld(await empty())
    const other = await world.reopen()
    const asked = await Promise.all(
      [world.vault.rotate({ ...now, patienceMs: 10_000 }), other.rotate({ ...now, patienceMs: 10_000 })].map((one) =>
        one.catch((error: unknown) => error),
      ),
    )
    for (const vault of [world.vault, other]) await vault.lookAtKeys()
    // The slower one may find the rotation of the faster one under way already.
    for (const each of asked)
      expect(each).toEqual(
        expect.objectContaining(
          each instanceof Error
            ? { code: 'rotation_under_way' }
            : { kind: 'in_use', fingerprint: world.vault.fingerprint },
        ),
      )
    expect(await keyFiles(world)).toEqual(['vault.key', `vault.key.${world.vault.fingerprint}`])
    expect(Object.values(await states(world)).sort()).toEqual(['former', 'in_use'])
  })

  it('can be taken back until it is in use, and not begun twice', async () => {
    await using world = await openVaultWorld(await empty())
    const { vault, database, clock, keyFile } = world
    const { fingerprint } = await vault.rotate({ patienceMs: 0 })
    expect(await abandonRotation({ database, clock, keyFile })).toBe(fingerprint)
    expect(await abandonRotation({ database, clock, keyFile })).toBeUndefined()
    expect(await keyFiles(world)).toEqual(['vault.key'])
    const next = await vault.rotate(now)
    expect(next.fingerprint).not.toBe(fingerprint)
    await expect(vault.rotate(now)).rejects.toMatchObject({ code: 'rotation_under_way' })
    expect(await abandonRotation({ database, clock, keyFile })).toBeUndefined()
  })

  it('lies beside the real key file where that is a link, and takes its place', async () => {
    await using world = await openVaultWorld(await empty())
    const { keyFile } = world
    const link = join(world.folder, '..', 'link.key')
    await symlink(keyFile, link)
    const linked = await world.reopen({ keyFile: link })
    const old = linked.fingerprint
    const { fingerprint } = await linked.rotate(now)
    expect(await keyFiles(world)).toEqual(['vault.key', `vault.key.${fingerprint}`])
    await resealed({ ...world, vault: linked })
    await retireKey({ ...world.retiring, keyFile: link }, old, { withoutCopy: true })
    expect(await keyFiles(world)).toEqual(['vault.key'])
    expect((await lstat(link)).isSymbolicLink()).toBe(true)
    for (const file of [keyFile, link]) expect((await world.reopen({ keyFile: file })).fingerprint).toBe(fingerprint)
  })

  it('is never copied by the wrong name, and that name is not repeated', async () => {
    await using world = await openVaultWorld(await empty())
    const secret = (await readFile(world.keyFile, 'utf8')).trim()
    const copied = world.vault.copyKey(join(dirname(world.keyFile), 'copy'), { fingerprint: secret })
    await expect(copied).rejects.toMatchObject({ code: 'key_missing', message: expect.not.stringContaining(secret) })
  })

  it('whose rotation was begun on another machine goes on there, or is ended', async () => {
    await using world = await openVaultWorld(await empty())
    const far = await openElsewhere(world)
    await far.vault.rotate({ patienceMs: 0 })
    await expect(world.vault.rotate(now)).rejects.toMatchObject({
      code: 'key_missing',
      message: expect.stringContaining('--abandon'),
    })
  })

  it('is not started without, nor without a former one that is needed', async () => {
    await using world = await openVaultWorld(await empty())
    const { keyFile } = world
    const old = world.vault.fingerprint
    await put(world)
    const { fingerprint } = await world.vault.rotate(now)
    const alone = join(dirname(keyFile), 'alone.key')
    await writeFile(alone, await readFile(keyFile), { mode: 0o600 })
    await expect(world.reopen({ keyFile: alone })).rejects.toMatchObject({
      code: 'key_wrong',
      message: expect.stringContaining(fingerprint),
    })
    const bare = join(dirname(keyFile), 'bare.key')
    await writeFile(bare, await readFile(`${keyFile}.${fingerprint}`), { mode: 0o600 })
    await expect(world.reopen({ keyFile: bare })).rejects.toMatchObject({
      code: 'key_missing',
      message: expect.stringContaining(old),
    })
    await writeFile(`${bare}.${old}`, await readFile(keyFile), { mode: 0o600 })
    await world.reopen({ keyFile: bare })
  })
})

describe.each(emptyDatabases)('a former key on %s', (_kind, empty) => {
  it('is refused its end while anything needs it, and then the new one takes its place', async () => {
    await using world = await openVaultWorld(await empty())
    const { vault, database, keyFile } = world
    const old = vault.fingerprint
    const id = await put(world)
    const retire = (fingerprint: string, options = {}) => retireKey(world.retiring, fingerprint, options)
    await expect(retire(old)).rejects.toMatchObject({ code: 'key_wrong' })
    await expect(retire('0123456789abcdef')).rejects.toMatchObject({ code: 'key_wrong' })
    const { fingerprint } = await vault.rotate(now)
    await expect(retire(old, { withoutCopy: true })).rejects.toMatchObject({ code: 'key_needed' })
    expect(await finishRotation(world, async () => {})).toBe(1)
    expect(await resealed(world)).toEqual({ resealed: 1, broken: 0 })
    expect(await states(world)).toMatchObject({ [old]: 'empty' })
    await expect(retire(old)).rejects.toMatchObject({ code: 'key_needed', message: expect.stringContaining('no copy') })
    expect(await keyFiles(world)).toHaveLength(2)
    const next = await readFile(`${keyFile}.${fingerprint}`, 'utf8')
    await retire(old, { withoutCopy: true })
    expect(await keyFiles(world)).toEqual(['vault.key'])
    expect(await readFile(keyFile, 'utf8')).toBe(next)
    await retire(old)
    const restarted = await world.reopen()
    expect((await (await restarted.open(id, by)).bytes()).equals(drawing)).toBe(true)
    const acts = (await readTrail(database.read, { limit: 20 })).map(({ act }) => act)
    expect(acts.filter((act) => /rotat|retire/.test(act)).sort()).toEqual([
      'finish_vault_rotation',
      'retire_vault_key',
      'rotate_vault_key',
    ])
    // And all over again: the second rotation's key takes the same way.
    const again = await restarted.rotate(now)
    await resealed({ ...world, vault: restarted })
    await retire(fingerprint, { withoutCopy: true })
    expect((await world.reopen()).fingerprint).toBe(again.fingerprint)
    expect(await states(world)).toEqual({ [old]: 'retired', [fingerprint]: 'retired', [again.fingerprint]: 'in_use' })
  })

  it('is kept while a running process seals under it, and when something was sealed under it after all', async () => {
    await using world = await openVaultWorld(await empty())
    const { vault, database } = world
    const old = vault.fingerprint
    const stopped = await world.reopen()
    await vault.rotate(now)
    const late = await put({ ...world, vault: stopped })
    const holder = { id: 'holder_late', opens: '[]', seals_under: old, held_until: 1e15 }
    await database.read.insertInto('vault_holders').values(holder).execute()
    await resealed(world)
    expect(await states(world)).toMatchObject({ [old]: 'former' })
    await database.read.deleteFrom('vault_holders').execute()
    expect(await resealed(world)).toEqual({ resealed: 0, broken: 0 })
    expect(await states(world)).toMatchObject({ [old]: 'empty' })
    const later = await put({ ...world, vault: stopped })
    const retire = () => retireKey(world.retiring, old, { withoutCopy: true })
    await expect(retire()).rejects.toMatchObject({ code: 'key_needed', message: expect.stringContaining('1 values') })
    expect((await database.read.selectFrom('jobs').select('kind').execute()).map(({ kind }) => kind)).toContain(
      'reseal',
    )
    await resealed(world)
    await retire()
    const restarted = await world.reopen()
    for (const id of [late, later]) expect((await (await restarted.open(id, by)).bytes()).equals(drawing)).toBe(true)
  })
})

async function put({ vault, database }: Pick<VaultWorld, 'vault' | 'database'>): Promise<string> {
  const preserved = await vault.preserve(drawing)
  await database.transact((tx) => vault.record(tx, preserved))
  return preserved.id
}

async function states({ database }: VaultWorld): Promise<Record<string, string>> {
  return Object.fromEntries((await listKeys(database.read)).map(({ fingerprint, state }) => [fingerprint, state]))
}

async function keyFiles({ keyFile }: VaultWorld): Promise<string[]> {
  return (await readdir(dirname(keyFile))).filter((name) => name.startsWith(basename(keyFile))).sort()
}

function refusal(act: () => unknown): unknown {
  try {
    act()
    return undefined
  } catch (error) {
    return error
  }
}

/** A server on another machine: the same database and evidence, and a key file of its own. */
async function openElsewhere(world: VaultWorld) {
  const { keyFile } = world
  const there = join(dirname(keyFile), 'elsewhere.key')
  await writeFile(there, await readFile(keyFile), { mode: 0o600 })
  const vault = await world.reopen({ keyFile: there })
  const bring = async () => {
    for (const name of (await keyFiles(world)).filter((one) => one !== basename(keyFile)))
      await writeFile(`${there}${name.slice(basename(keyFile).length)}`, await readFile(join(dirname(keyFile), name)), {
        mode: 0o600,
      })
  }
  return { vault, bring }
}
