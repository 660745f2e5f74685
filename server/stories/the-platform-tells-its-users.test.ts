// The platform fetches what its users are to be told, and answers for it; an instrument hides it again, and a person lets it go.
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { addPerson, type Role, type Scope } from '#access'
import { drawn, kinds, World } from './world.ts'

const hourMs = 3_600_000
const json = { 'content-type': 'application/json' }

describe.each(kinds)('on %s, a platform that tells its users itself', (database) => {
  it('fetches what is due, tells it once, and what it cannot tell an operator hears of', async () => {
    await using world = await World.open({ database, config: { notices: { channel: 'pull' } } })
    const key = await world.newKey(['notices:deliver'])
    await uploaded(world, 1)
    await world.until('the first is handed over', async () => (await due(world, key)).length === 1)
    await uploaded(world, 2)
    await world.until('both handed over', async () => (await due(world, key)).length === 2)
    const [first, second] = await due(world, key)
    expect(first).toMatchObject({ kind: 'reported', addressee: 'user', language: 'en', account: { id: 'user-1' } })
    // Here a trial runs: whoever fetches, wherever they are, reads that no real person is meant.
    expect([first, second]).toMatchObject([
      { environment: 'sandbox', isTest: true },
      { environment: 'sandbox', isTest: true },
    ])
    const whole = await world.ask('GET', '/v1/notices/due', { key })
    expect(await whole.json()).toMatchObject({ environment: 'sandbox', next: null })
    expect(JSON.stringify(first)).not.toMatch(/users\.example|holiday|report_|scan_|hash/)
    const say = (id: unknown, what: string, body?: object) =>
      world.ask(
        'POST',
        `/v1/notices/${id}/${what}`,
        body ? { key, body: JSON.stringify(body), headers: json } : { key },
      )
    for (let twice = 0; twice < 2; twice += 1) expect((await say(first?.['id'], 'delivered')).status).toBe(204)
    expect((await say(second?.['id'], 'undeliverable', { why: 'account_deleted' })).status).toBe(204)
    expect((await say(first?.['id'], 'undeliverable', { why: 'other' })).status).toBe(409)
    expect((await say('notice_none', 'delivered')).status).toBe(404)
    expect(await due(world, key)).toEqual([])
    expect(world.mailbox.messages()).toEqual([])
    const reader = await world.newKey(['cases:read'])
    expect(await page(world, reader)).toMatchObject([
      { id: second?.['id'], state: 'dead', reason: 'the platform cannot deliver it: account_deleted', waits: null },
      { id: first?.['id'], state: 'sent', channel: 'pull', attempts: 1 },
    ])
    await world.until('the alert', async () => (await alerts(world)).includes('notice.dead'))
    expect((await world.ask('GET', '/v1/notices/due', { key: reader })).status).toBe(403)
  })

  it('is not shown what an instrument holds, and only some may know that one does', async () => {
    await using world = await World.open({ database, config: { notices: { channel: 'pull' } } })
    const key = await world.newKey(['notices:deliver'])
    const counsel = await personKey(world, 'counsel', ['cases:read', 'cases:decide'])
    const reviewer = await personKey(world, 'reviewer', ['cases:read', 'cases:decide'])
    await uploaded(world, 1)
    await world.until('it is handed over', async () => (await due(world, key)).length === 1)
    const asked = {
      scope: 'account',
      of: 1,
      kind: 'court_order',
      authority: 'a court',
      documentSha256: 'ab'.repeat(32),
      expiresAt: new Date(world.clock.now() + hourMs).toISOString(),
    }
    const hold = (who: string) =>
      world.ask('POST', '/v1/notice-holds', { key: who, body: JSON.stringify(asked), headers: json })
    expect((await hold(reviewer)).status).toBe(403)
    const held = (await (await hold(counsel)).json()) as { id: string }
    expect(held).toMatchObject({ state: 'live', scope: 'account', authority: 'a court', gone: 1 })
    expect(await due(world, key)).toEqual([])
    expect(await page(world, counsel)).toMatchObject([{ waits: { for: 'legal_hold', until: asked.expiresAt } }])
    expect(await page(world, reviewer)).toMatchObject([{ waits: { for: 'other', until: null } }])
    expect((await world.ask('GET', '/v1/notice-holds', { key: reviewer })).status).toBe(403)
    world.clock.set(world.clock.now() + hourMs)
    expect(await due(world, key)).toHaveLength(1)

    await uploaded(world, 2, { annotations: ['live_streaming'] })
    await world.until('its notice waits', async () => (await page(world, counsel)).length === 2)
    const [waiting] = await page(world, counsel)
    expect(waiting).toMatchObject({ state: 'waiting', release: 'known_victim', waits: { for: 'release' } })
    const release = (who: string) =>
      world.ask('POST', `/v1/notices/${waiting?.['id']}/release`, {
        key: who,
        body: JSON.stringify({ reason: 'agreed with the police' }),
        headers: json,
      })
    expect((await release(reviewer)).status).toBe(403)
    expect(await (await release(counsel)).json()).toMatchObject({ release: null, state: 'waiting' })
    expect((await release(counsel)).status).toBe(409)
    await world.until('it is handed over', async () => (await due(world, key)).length === 2)
  })
})

async function uploaded(world: World, seed: number, more: object = {}): Promise<void> {
  if (seed === 1) await world.list([drawPicture(1), drawPicture(2)])
  const account = { id: `user-${seed}`, email: `user-${seed}@users.example` }
  await world.upload(await drawn(seed), { account, locale: 'en', ...more })
}

type Shown = Readonly<Record<string, unknown>>
const noticesAt = async (world: World, path: string, key: string) =>
  ((await (await world.ask('GET', path, { key })).json()) as { notices: readonly Shown[] }).notices
const due = (world: World, key: string) => noticesAt(world, '/v1/notices/due', key)
const page = (world: World, key: string) => noticesAt(world, '/v1/notices', key)

const alerts = async ({ database }: World) =>
  (await database.read.selectFrom('operator_alerts').select('type').execute()).map(({ type }) => type)

async function personKey(world: World, role: Role, scopes: readonly Scope[]): Promise<string> {
  const { database, clock } = world.wardline.ground
  const person = { name: role, email: `${role}@platform.example`, roles: [role] }
  const { id } = await database.transact((tx) => addPerson(tx, clock, person))
  return world.newKey(scopes, id)
}
