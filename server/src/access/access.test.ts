import { StillClock } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { readTrail } from '#audit'
import { type DatabaseSettings, migrate, openDatabase } from '#db'
import { emptyDatabases } from '../db/testing.ts'
import type { Role, Scope } from './access.ts'
import * as access from './access.ts'

const dayMs = 24 * 60 * 60 * 1000

describe.each(emptyDatabases)('access on %s', (_kind, empty) => {
  it("knows the owner of a person's key, their roles and the key's scopes", async () => {
    await using world = await open(await empty())
    const person = await world.person('Ada', ['reviewer', 'counsel'])
    const { id, secret } = await world.key(['cases:read', 'cases:decide'], person.id)
    expect(secret).toMatch(/^wl_[A-Za-z0-9_-]{43}$/)
    expect(await world.identify(secret)).toEqual({
      kind: 'caller',
      caller: {
        keyId: id,
        personId: person.id,
        roles: ['reviewer', 'counsel'],
        scopes: ['cases:read', 'cases:decide'],
      },
    })
  })

  it("knows a service's key by its scopes alone", async () => {
    await using world = await open(await empty())
    const { id, secret } = await world.key(['scans:write'])
    expect(await world.identify(secret)).toEqual({
      kind: 'caller',
      caller: { keyId: id, personId: undefined, roles: [], scopes: ['scans:write'] },
    })
  })

  it('stores no secret', async () => {
    await using world = await open(await empty())
    const { secret } = await world.key(['scans:write'])
    const everything = JSON.stringify([
      await world.database.read.selectFrom('api_keys').selectAll().execute(),
      await readTrail(world.database.read, { limit: 100 }),
    ])
    expect(everything).not.toContain(secret.slice(3))
  })

  it('refuses a key that it does not know, whatever its shape', async () => {
    await using world = await open(await empty())
    const { secret } = await world.key(['scans:write'])
    const near = `${secret.slice(0, -1)}${secret.endsWith('A') ? 'E' : 'A'}`
    for (const presented of ['', 'wl_', near, ` ${secret}`, secret.slice(0, -1), `${secret}A`, secret.toUpperCase()])
      expect(await world.identify(presented)).toEqual({ kind: 'refused', why: 'unknown_key' })
  })

  it('refuses a key from its last moment on, a revoked one, and those of a disabled person', async () => {
    await using world = await open(await empty())
    const person = await world.person('Ada', ['auditor'])
    const expiring = await world.key(['audit:read'], person.id, world.clock.now() + dayMs)
    const revoked = await world.key(['audit:read'], person.id)
    const others = await world.key(['audit:read'], person.id)
    await world.database.transact((tx) => access.revokeKey(tx, world.clock, revoked.id))
    expect(await world.identify(revoked.secret)).toEqual({ kind: 'refused', why: 'revoked_key' })
    world.clock.set(world.clock.now() + dayMs - 1)
    expect(await world.identify(expiring.secret)).toMatchObject({ kind: 'caller' })
    world.clock.set(world.clock.now() + 1)
    expect(await world.identify(expiring.secret)).toEqual({ kind: 'refused', why: 'expired_key' })
    expect(await world.identify(others.secret)).toMatchObject({ kind: 'caller' })
    await world.database.transact((tx) => access.disablePerson(tx, world.clock, person.id))
    expect(await world.identify(others.secret)).toEqual({ kind: 'refused', why: 'person_disabled' })
  })

  it('lets a disabled person in again, and takes and gives roles, each with its line in the trail', async () => {
    await using world = await open(await empty())
    const { database, clock } = world
    const { id } = await world.person('Ada', ['auditor'])
    const { secret } = await world.key(['audit:read'], id)
    await database.transact((tx) => access.disablePerson(tx, clock, id))
    for (let twice = 0; twice < 2; twice += 1) await database.transact((tx) => access.enablePerson(tx, clock, id))
    expect(await world.identify(secret)).toMatchObject({ kind: 'caller', caller: { scopes: ['audit:read'] } })
    const give = (...roles: readonly Role[]) => database.transact((tx) => access.setRoles(tx, clock, { id, roles }))
    expect(await give('administrator', 'reviewer')).toEqual(['reviewer', 'administrator'])
    await give('reviewer')
    await give('reviewer')
    expect(await world.identify(secret)).toMatchObject({ kind: 'caller', caller: { roles: ['reviewer'], scopes: [] } })
    await expect(give()).rejects.toMatchObject({ code: 'role_unknown' })
    const nobody = { id: 'person_none', roles: ['auditor'] } as const
    await expect(database.transact((tx) => access.setRoles(tx, clock, nobody))).rejects.toMatchObject({
      code: 'person_unknown',
    })
    const acts = (await readTrail(database.read, { subject: id, limit: 100 })).map(({ act }) => act)
    expect(acts).toEqual(['add_person', 'disable_person', 'enable_person', 'set_roles', 'set_roles'])
  })

  it("lets a person's key hold no more than their roles allow, also when a role is taken later", async () => {
    await using world = await open(await empty())
    const person = await world.person('Ada', ['reviewer', 'auditor'])
    await expect(world.key(['cases:decide', 'lists:write'], person.id)).rejects.toMatchObject({
      code: 'scope_not_allowed',
      message: expect.stringContaining('lists:write'),
    })
    const { secret } = await world.key(['cases:decide', 'audit:read'], person.id)
    await world.database.read.updateTable('people').set({ roles: '["auditor"]' }).execute()
    expect(await world.identify(secret)).toMatchObject({ caller: { roles: ['auditor'], scopes: ['audit:read'] } })
  })

  it.each([
    [{ scopes: ['cases:decide'] }, 'scope_needs_person'],
    [{ scopes: ['people:write'] }, 'scope_needs_person'],
    [{ scopes: [] }, 'scope_unknown'],
    [{ scopes: ['everything' as Scope] }, 'scope_unknown'],
    [{ scopes: ['scans:write'], label: ' ' }, 'label_missing'],
    [{ scopes: ['scans:write'], expiresAt: 1 }, 'expiry_past'],
    [{ scopes: ['scans:write'], personId: 'person_none' }, 'person_unknown'],
  ] as const)('makes no key out of %o', async (odd, code) => {
    await using world = await open(await empty())
    const making = world.database.transact((tx) => access.createKey(tx, world.clock, { label: 'a key', ...odd }))
    await expect(making).rejects.toMatchObject({ code, retry: 'never' })
    expect(await access.listKeys(world.database.read)).toEqual([])
  })

  it('keeps one person for one address, however it is written', async () => {
    await using world = await open(await empty())
    const ada = await world.person('Ada', ['administrator'])
    const add = (name: string, email: string, roles: readonly Role[]) =>
      world.database.transact((tx) => access.addPerson(tx, world.clock, { name, email, roles }))
    await expect(add('Other', ' ADA@Example.org', ['auditor'])).rejects.toMatchObject({ code: 'email_taken' })
    await expect(add('Other', 'nowhere', ['auditor'])).rejects.toMatchObject({ code: 'email_odd' })
    await expect(add('', 'b@example.org', ['auditor'])).rejects.toMatchObject({ code: 'name_missing' })
    await expect(add('Other', 'b@example.org', [])).rejects.toMatchObject({ code: 'role_unknown' })
    expect(await access.findPersonByEmail(world.database.read, 'Ada@example.ORG ')).toEqual(ada)
    expect(await access.listPeople(world.database.read)).toEqual([ada])
  })

  it('leaves a line for every right that is given or taken, with nobody’s address in it', async () => {
    await using world = await open(await empty())
    const person = await world.person('Ada', ['auditor'])
    const { id } = await world.key(['audit:read'], person.id)
    for (let twice = 0; twice < 2; twice += 1) {
      await world.database.transact((tx) => access.revokeKey(tx, world.clock, id, `person:${person.id}`))
      await world.database.transact((tx) => access.disablePerson(tx, world.clock, person.id))
    }
    const lines = await readTrail(world.database.read, { limit: 100 })
    expect(lines.map((line) => [line.actor, line.act, line.subject])).toEqual([
      ['wardline', 'add_person', person.id],
      ['wardline', 'create_key', id],
      [`person:${person.id}`, 'revoke_key', id],
      ['wardline', 'disable_person', person.id],
    ])
    expect(JSON.stringify(lines)).not.toMatch(/ada/i)
  })
})

async function open(settings: DatabaseSettings) {
  const database = openDatabase(settings)
  await migrate(database)
  const clock = new StillClock()
  return {
    database,
    clock,
    person: (name: string, roles: readonly Role[]) =>
      database.transact((tx) => access.addPerson(tx, clock, { name, email: `${name}@example.org`, roles })),
    key: (scopes: readonly Scope[], personId?: string, expiresAt?: number) =>
      database.transact((tx) => access.createKey(tx, clock, { label: 'a key', personId, scopes, expiresAt })),
    identify: (secret: string) => access.identify(database.read, clock, secret),
    [Symbol.asyncDispose]: () => database.close(),
  }
}
