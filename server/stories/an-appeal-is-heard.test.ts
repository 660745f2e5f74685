// Somebody objects, and is heard by a person who had no part in the decision: over HTTP, on both databases.
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { addPerson, createKey, disablePerson, type Role, type Scope } from '#access'
import { drawn, kinds, World } from './world.ts'

const dayMs = 86_400_000
const hearing: readonly Scope[] = ['cases:read', 'cases:decide', 'appeals:read', 'appeals:decide']

async function personAt(world: World, name: string, role: Role = 'reviewer'): Promise<{ id: string; key: string }> {
  const { database, clock } = world.wardline.ground
  return database.transact(async (tx) => {
    const { id } = await addPerson(tx, clock, { name, email: `${name}@forum.example`, roles: [role] })
    return { id, key: (await createKey(tx, clock, { label: name, personId: id, scopes: hearing })).secret }
  })
}

const post = (world: World, key: string, path: string, body?: object) =>
  world.ask('POST', path, {
    key,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
const json = async (answer: Promise<Response>) => (await (await answer).json()) as Record<string, unknown>

/** A case of account `account`, confirmed by somebody, reported and told. Its notice's id. */
async function toldCase(world: World, account: string, decider?: string): Promise<string> {
  const upload = { account: { id: account, email: `${account}@users.example`, emailVerified: true } }
  await world.upload(await drawn(1), upload)
  const { number } = await world.database.read
    .selectFrom('cases')
    .select('number')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  // Only what is real goes to review by itself, and nothing real is filed here.
  const waits = { state: 'waiting_review' }
  await world.database.transact((tx) => tx.updateTable('cases').set(waits).where('number', '=', number).execute())
  if (decider !== undefined) expect((await post(world, decider, `/v1/cases/${number}/confirm`)).status).toBe(200)
  const told = world.mailbox.messages().length
  await world.until('the notice', () => world.mailbox.messages().length > told)
  const row = await world.database.read
    .selectFrom('notices')
    .innerJoin('cases', 'cases.id', 'notices.case_id')
    .select('notices.id')
    .where('cases.number', '=', number)
    .executeTakeFirstOrThrow()
  return row.id
}

describe.each(kinds)('on %s, an appeal', (database) => {
  it('is heard by the other reviewer, never by the one who decided, who is refused also when they try it themselves', async () => {
    await using world = await World.open({ database, config: { rules: { settleSeconds: 3_600 } } })
    await world.list([drawPicture(1)])
    const decider = await personAt(world, 'dora')
    const hearer = await personAt(world, 'hugo')
    const notice = await toldCase(world, 'ann', decider.key)
    const token = /\/appeals\/(\S+)/.exec(world.mailbox.messages()[0]?.text ?? '')?.[1]
    expect((await post(world, '', '/v1/appeals', { token, words: 'It is my own drawing.' })).status).toBe(201)
    await world.until('a hearer', async () => (await standing()).state === 'assigned')
    expect(await standing()).toMatchObject({
      assignedTo: hearer.id,
      noticeId: notice,
      words: [{ door: 'link', words: 'It is my own drawing.' }],
      decision: { by: `person:${decider.id}` },
      files: [{ matches: [{ class: 'test', algorithm: 'pdq' }] }],
      hearings: [{ person: hearer.id, outcome: null }],
    })
    const shown = JSON.stringify(await standing())
    expect(shown).not.toMatch(/[0-9a-f]{32}|entryId|listId/)

    const verdict = { outcome: 'upheld', reason: 'I stand by it' }
    for (const path of ['decide', 'second-look']) {
      const tried = await post(world, decider.key, `/v1/appeals/1/${path}`, verdict)
      expect(tried.status).toBe(403)
      expect(await tried.json()).toMatchObject({ code: 'decided_before' })
    }
    expect(await json(post(world, decider.key, '/v1/appeals/next'))).toEqual({ appeal: null })
    expect(await json(post(world, hearer.key, '/v1/appeals/next'))).toMatchObject({ appeal: { number: 1 } })

    const decided = await post(world, hearer.key, '/v1/appeals/1/decide', {
      outcome: 'overturned_context',
      reason: 'a drawing',
    })
    expect(decided.status).toBe(200)
    expect(await decided.json()).toMatchObject({ state: 'overturned_context', assignedTo: null })
    const again = await post(world, hearer.key, '/v1/appeals/1/decide', verdict)
    expect(await again.json()).toMatchObject({ code: 'not_possible' })
    // What follows is written with the decision: the platform hears, whoever objected is told, and the error is to be repaired.
    const db = world.database.read
    const events = await db.selectFrom('platform_events').select('type').where('type', 'like', 'appeal.%').execute()
    expect(events.map(({ type }) => type).sort()).toEqual(['appeal.decided', 'appeal.opened'])
    expect(await db.selectFrom('repairs').select(['outcome', 'appeal_id']).execute()).toMatchObject([
      { outcome: 'context', appeal_id: expect.stringMatching(/^appeal_/) },
    ])
    const outcome = () => db.selectFrom('notices').selectAll().where('kind', '=', 'appeal_overturned').execute()
    await world.until('the outcome', async () => (await outcome())[0]?.state === 'sent')
    expect(await outcome()).toMatchObject([{ addressee: 'user', case_id: expect.any(String) }])
    expect(world.mailbox.messages()).toHaveLength(2)
    expect(world.mailbox.messages()[1]?.text).not.toMatch(/I stand by it|a drawing/)
    // Whoever holds the link may still write; it is kept beside the decision and opens nothing.
    expect((await post(world, '', '/v1/appeals', { token, words: 'Thank you.' })).status).toBe(201)
    expect(await standing()).toMatchObject({
      state: 'overturned_context',
      words: [{ isLater: false }, { isLater: true }],
    })
    expect(await json(world.ask('GET', '/v1/cases/1'))).toMatchObject({
      appeals: [{ number: 1, state: 'overturned_context' }],
    })
    const trail = await world.database.read
      .selectFrom('audit_events')
      .selectAll()
      .where('act', 'like', '%appeal%')
      .execute()
    expect(trail.map(({ act }) => act)).toEqual(['open_appeal', 'assign_appeal', 'decide_appeal', 'add_appeal_words'])
    expect(JSON.stringify(trail)).not.toMatch(/drawing|ann/)

    async function standing(): Promise<Record<string, unknown>> {
      return json(world.ask('GET', '/v1/appeals/1', { key: hearer.key }))
    }
  })

  it('of a forum with one person waits, is said aloud before its day and after it, and goes to whoever is added', async () => {
    await using world = await World.open({ database, config: { rules: { settleSeconds: 3_600 } } })
    await world.list([drawPicture(1)])
    const alone = await personAt(world, 'ada', 'administrator')
    const notice = await toldCase(world, 'ann', alone.key)
    const platform = await world.newKey(['appeals:write'])
    const words = 'This is wrong.'
    const enter = (body: object) => post(world, platform, `/v1/notices/${notice}/appeal`, body)
    expect((await enter({ account: 'somebody-else', words })).status).toBe(404)
    expect(await json(world.ask('GET', `/v1/notices/${notice}/appeal`, { key: platform }))).toEqual({ state: 'none' })
    const entered = await enter({ account: 'ann', words })
    expect(entered.status).toBe(201)
    expect(await entered.json()).toEqual({ state: 'received' })
    // Nothing more: neither the queue, nor the words, nor the case.
    for (const path of ['/v1/appeals', '/v1/appeals/1', '/v1/cases/1'])
      expect((await world.ask('GET', path, { key: platform })).status).toBe(403)

    await world.until('the alert', async () => (await alerts()).includes('appeal.waiting'))
    expect(await shown()).toMatchObject({ state: 'waiting', waits: { why: 'all_decided' } })
    const tried = await post(world, alone.key, '/v1/appeals/1/decide', { outcome: 'upheld', reason: 'mine' })
    expect(await tried.json()).toMatchObject({ code: 'decided_before' })
    await world.pass(5 * dayMs + 1)
    await world.until('the warning', async () => (await alerts()).includes('appeal.due_soon'))
    expect(await alerts()).not.toContain('appeal.overdue')
    await world.pass(2 * dayMs)
    await world.until('the alarm', async () => (await alerts()).includes('appeal.overdue'))

    const added = await personAt(world, 'bert')
    await world.until('a hearer', async () => (await shown())['assignedTo'] === added.id)
    const { database: db, clock } = world.wardline.ground
    await db.transact((tx) => disablePerson(tx, clock, added.id))
    await world.until('the empty seat', async () => (await shown())['assignedTo'] === null)
    const third = await personAt(world, 'cleo')
    await world.until('the third', async () => (await shown())['assignedTo'] === third.id)
    expect(
      (await post(world, third.key, '/v1/appeals/1/decide', { outcome: 'upheld', reason: 'it is right' })).status,
    ).toBe(200)
    expect(await json(world.ask('GET', `/v1/notices/${notice}/appeal`, { key: platform }))).toEqual({
      state: 'decided',
    })

    async function shown(): Promise<Record<string, unknown>> {
      return json(world.ask('GET', '/v1/appeals/1', { key: alone.key }))
    }
    async function alerts(): Promise<readonly string[]> {
      return (await world.database.read.selectFrom('operator_alerts').select('type').execute()).map(({ type }) => type)
    }
  })
})
