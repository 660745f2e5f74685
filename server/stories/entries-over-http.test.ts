import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { addPerson, type Role, type Scope } from '#access'
import { readCase } from '#cases'
import { prepareFeedback } from '#lists'
import { drawn, kinds, World } from './world.ts'

const rules = { breaker: { accounts: 2, hours: 24 }, settleSeconds: 600 }
const day = 86_400_000

async function keyOf(world: World, name: string, role: Role, scopes: readonly Scope[]): Promise<string> {
  const { database, clock } = world.wardline.ground
  const person = { name, email: `${name}@x.example`, roles: [role] }
  const { id } = await database.transact((tx) => addPerson(tx, clock, person))
  return world.newKey(scopes, id)
}

/** Status and body. */
const askAs =
  (world: World) =>
  async (key: string, method: string, path: string, body?: object): Promise<[number, Record<string, unknown>]> => {
    const sent = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const answer = await world.ask(method, path, { key, ...sent })
    return [answer.status, (await answer.json()) as Record<string, unknown>]
  }

describe.each(kinds)('over HTTP, on %s', (database) => {
  it('a correction takes two people and their own keys, and no answer names a hash or an entry', async () => {
    await using world = await World.open({ database, config: { rules } })
    const ask = askAs(world)
    const ada = await keyOf(world, 'ada', 'reviewer', ['cases:read', 'cases:decide'])
    const bea = await keyOf(world, 'bea', 'counsel', ['cases:read', 'cases:decide'])
    const service = await world.newKey(['cases:read', 'lists:read', 'lists:write'])
    await world.list([drawPicture(1)])
    expect((await world.upload(await drawn(1))).body.verdict).toBe('held')

    const reviewAt = new Date(world.clock.now() + 30 * day).toISOString()
    const proposal = { case: 1, reason: 'a drawing', reviewAt }
    expect((await ask(service, 'POST', '/v1/corrections', proposal))[0]).toBe(403)
    const odd = await ask(ada, 'POST', '/v1/corrections', { ...proposal, reviewAt: '2020-01-01T00:00:00Z' })
    expect(odd).toMatchObject([400, { code: 'review_date_odd' }])
    expect((await ask(ada, 'POST', '/v1/corrections', { ...proposal, case: 99 }))[0]).toBe(404)
    const [status, proposed] = await ask(ada, 'POST', '/v1/corrections', proposal)
    expect([status, proposed]).toMatchObject([200, { state: 'proposed', listIds: ['demo'], entries: 1, reviewAt }])
    const at = `/v1/corrections/${proposed['id']}`
    const said = { reason: 'so it is' }
    expect(await ask(ada, 'POST', `${at}/approve`, said)).toMatchObject([403, { code: 'same_person' }])
    expect((await ask(bea, 'POST', `${at}/approve`, {}))[0]).toBe(400)
    expect(await ask(bea, 'POST', `${at}/approve`, said)).toMatchObject([200, { state: 'in_force' }])
    await world.until('it silences', async () => (await world.upload(await drawn(1))).body.verdict === 'clear')
    expect(await ask(bea, 'POST', `${at}/withdraw`, said)).toMatchObject([403, { code: 'not_allowed' }])
    expect(await ask(ada, 'POST', `${at}/withdraw`, said)).toMatchObject([200, { state: 'withdrawn' }])
    expect((await ask(bea, 'POST', '/v1/corrections/correction_none/refuse', said))[0]).toBe(404)
    const [, listed] = await ask(service, 'GET', '/v1/corrections')
    expect(listed).toMatchObject({ corrections: [{ id: proposed['id'], state: 'withdrawn', overdue: false }] })
    expect(JSON.stringify([proposed, listed])).not.toMatch(/[0-9a-f]{32}|entryId/)
  })

  it('an entry that was set aside is kept, decided over and released by a person', async () => {
    await using world = await World.open({ database, config: { rules } })
    const ask = askAs(world)
    const ada = await keyOf(world, 'ada', 'reviewer', ['cases:read', 'cases:decide'])
    await world.list([drawPicture(1)])
    for (let one = 0; one < 3; one += 1) await world.upload(await drawn(1), { account: { id: `user-${one}` } })
    const [, { setAside }] = await ask(ada, 'GET', '/v1/set-aside')
    expect(setAside).toMatchObject([{ state: 'set_aside', listId: 'demo', accounts: 3, openCases: 3 }])
    const [{ id }] = setAside as [{ id: string }]
    const at = `/v1/set-aside/${id}`
    const reason = 'a meme'
    const service = await world.newKey(['cases:read'])
    expect((await ask(service, 'POST', `${at}/keep`, { reason }))[0]).toBe(403)
    expect(await ask(ada, 'POST', `${at}/keep`, { reason })).toMatchObject([200, { state: 'kept' }])
    const wrong = { says: 'dismiss', reason, incidentType: 'online_enticement' }
    expect((await ask(ada, 'POST', `${at}/decide`, wrong))[0]).toBe(400)
    const decided = await ask(ada, 'POST', `${at}/decide`, { says: 'dismiss', reason })
    expect(decided).toMatchObject([200, { taken: 3, left: 0, heldByAsides: [] }])
    await world.until('they are dismissed', async () => {
      const [, page] = await ask(ada, 'GET', '/v1/cases?state=dismissed')
      return (page['cases'] as unknown[]).length === 3
    })
    expect(await ask(ada, 'POST', `${at}/release`, { reason })).toMatchObject([200, { state: 'released' }])
    expect(await ask(ada, 'POST', `${at}/release`, { reason })).toMatchObject([409, { code: 'not_possible' }])
    expect((await ask(ada, 'POST', '/v1/set-aside/aside_none/keep', { reason }))[0]).toBe(404)
  })

  it('feedback is read by who reads lists, and decided by an operator and no service', async () => {
    await using world = await World.open({ database, config: { rules } })
    const ask = askAs(world)
    const { clock, vault } = world.wardline.ground
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1))
    const { id: caseId, files } = await readCase(world.database.read, vault, 1)
    const met = (files[0]?.grounds ?? []).map((ground) => ({ ...ground, source: 'ncmec-7' }))
    await world.database.transact((tx) => prepareFeedback(tx, clock, vault, { caseId, says: 'negative', met }))
    const otto = await keyOf(world, 'otto', 'operator', ['lists:read', 'lists:write'])
    const service = await world.newKey(['lists:read', 'lists:write'])
    const [, { feedback }] = await ask(service, 'GET', '/v1/feedback')
    expect(feedback).toMatchObject([{ state: 'waiting', says: 'negative', listId: 'demo', disputed: false }])
    const [{ id }] = feedback as [{ id: string }]
    const at = `/v1/feedback/${id}`
    expect((await ask(service, 'POST', `${at}/refuse`))[0]).toBe(403)
    expect(await ask(otto, 'POST', `${at}/approve`)).toMatchObject([400, { code: 'reason_missing' }])
    expect(await ask(otto, 'POST', `${at}/refuse`)).toMatchObject([200, { state: 'refused' }])
    expect((await ask(otto, 'POST', '/v1/feedback/feedback_none/refuse'))[0]).toBe(404)
    expect(JSON.stringify(feedback)).not.toMatch(/[0-9a-f]{64}/)
  })

  it('a case of class intimate is closed by a person who dealt with it elsewhere', async () => {
    await using world = await World.open({ database, config: { rules } })
    const ask = askAs(world)
    const ada = await keyOf(world, 'ada', 'reviewer', ['cases:read', 'cases:decide'])
    await world.list([drawPicture(1)], { id: 'private', listClass: 'intimate' })
    await world.list([drawPicture(2)])
    const { body } = await world.upload(await drawn(1))
    await world.upload(await drawn(2))
    const reason = 'told the person it shows'
    expect((await ask(ada, 'POST', '/v1/cases/1/confirm'))[0]).toBe(409)
    expect(await ask(ada, 'POST', '/v1/cases/2/close', { reason })).toMatchObject([409, { code: 'still_reportable' }])
    expect((await ask(ada, 'POST', '/v1/cases/1/close', {}))[0]).toBe(400)
    const closed = await ask(ada, 'POST', '/v1/cases/1/close', { reason })
    expect(closed).toEqual([200, { number: 1, state: 'closed', viewed: false }])
    expect(await (await world.ask('GET', `/v1/scans/${body.id}`)).json()).toMatchObject({ state: 'removed' })
    await world.pass(8 * day)
    await world.until('the evidence is destroyed', async () => {
      const rows = await world.database.read.selectFrom('vault_objects').select('state').execute()
      return rows.some(({ state }) => state === 'destroyed')
    })
  })
})
