// Events looked at, tried and sent again through the real launcher, beside a running server.
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { drawPicture } from '@wardline/sandbox'
import { raiseEvent } from '@wardline/server/webhooks'
import { expect, it } from 'vitest'
import { openPlatform, secretOf } from '../../../server/stories/platform.ts'
import { drawn, kinds, World } from '../../../server/stories/world.ts'
import { openPlace } from '../testing.ts'

it.each(kinds)(
  'on %s, events are seen, an endpoint is tried and events are sent again; figures are told',
  async (kind) => {
    await using world = await World.open({ database: kind })
    // The command has no other clock than the machine's.
    world.clock.set(Date.now())
    await using platform = await openPlatform({ now: () => Date.now() })
    const { data, vault, database } = world.wardline.ground.config
    await using place = await openPlace({ data, vault, database })
    await world.list([drawPicture(1)], { id: 'alpha' })
    await world.upload(await drawn(1))
    const states = () => world.database.read.selectFrom('platform_events').select('state').execute()
    await world.until(
      'events that were kept',
      async () => (await states()).filter(({ state }) => state === 'kept').length === 4,
    )

    const listed = await place.run('webhooks')
    expect(listed.out).toMatch(/^hook_\w+ +kept +report\.finished /m)
    expect((await place.run('webhooks', 'list', '--type', 'case.held', '--json')).out.split('\n')).toHaveLength(2)
    const without = await place.run('webhooks', 'test')
    expect(without).toMatchObject({ code: 2, err: expect.stringContaining('GET /v1/events') })
    expect((await place.run('doctor')).out).toMatch(/^ok +platform events +none .*4 events can be fetched/m)

    const webhooks = { url: platform.url, secrets: [secretOf(7), secretOf(8)] }
    await place.configure({ data, vault, database, webhooks })
    const tried = await place.run('webhooks', 'test')
    expect(tried.code).toBe(0)
    expect(tried.out).toMatch(/^signed with both secrets: +taken \(204\)$/m)
    expect(tried.out).toMatch(/^signed with the second alone: +the webhook refuses us \(401\)/m)
    expect(platform.types()).toEqual(['webhook.test', 'webhook.test'])

    await place.run('people', 'add', 'Otto', '--email', 'otto@x.example', '--role', 'operator')
    await place.run('people', 'add', 'Rita', '--email', 'rita@x.example', '--role', 'reviewer')
    const [id = ''] = /hook_\w+/.exec(listed.out) ?? []
    expect(await place.run('webhooks', 'replay')).toMatchObject({ code: 2 })
    expect(await place.run('webhooks', 'replay', id, '--as', 'rita@x.example')).toMatchObject({ code: 2 })
    expect((await place.run('webhooks', 'replay', id, '--as', 'otto@x.example')).out).toMatch(/^1 due now/)
    expect((await place.run('webhooks', 'replay', '--state', 'kept')).out).toMatch(/^[34] due now/)
    await world.stop()
    world.clock.set(Date.now())
    await world.start({ webhooks })
    await world.until('all of them', async () => (await states()).every(({ state }) => state === 'delivered'))
    expect((await place.run('webhooks', 'show', id)).out).toMatch(/delivered\n.*\n {2}1 try;/)
    expect((await place.run('audit', 'show')).out).toMatch(/replay_event/)

    const told = await place.run('stats')
    expect(told.out).toMatch(/^ {2}list alpha +1 +0 +1 +0/m)
    expect(told.out).toMatch(/none decided/)
    const key = await world.newKey(['stats:read'])
    const answered = (await (await world.ask('GET', '/v1/stats', { key })).json()) as { all: { cases: object } }
    expect(answered.all.cases).toMatchObject({ opened: 1, stillOpen: 0, reported: 1 })
    const { out } = await place.run('stats', '--json', '--since', '2020-01-01')
    expect(JSON.parse(out)).toMatchObject({
      environment: 'sandbox',
      byList: [{ list: 'alpha', timeToReport: { count: 1 } }],
    })
    expect(await place.run('stats', '--since', 'yesterday')).toMatchObject({ code: 2 })
    expect((await world.ask('GET', '/v1/stats?since=2026-02-30', { key })).status).toBe(400)
  },
  180_000,
)

it('all that was kept is sent again once each, also beside a server without a webhook that keeps it again at once', async () => {
  await using world = await World.open({ database: 'sqlite' })
  world.clock.set(Date.now())
  const { data, vault } = world.wardline.ground.config
  await using place = await openPlace({ data, vault, webhooks: { url: 'http://127.0.0.1:9/', secrets: [secretOf(7)] } })
  await world.list([drawPicture(1)])
  await world.upload(await drawn(1))
  const states = () => world.database.read.selectFrom('platform_events').select('state').execute()
  const kept = async () => (await states()).filter(({ state }) => state === 'kept').length
  await world.until('events that were kept', async () => (await kept()) === 4)
  {
    using beside = new DatabaseSync(join(data, 'wardline.db'))
    beside.exec(
      `create trigger keeps_again after update of state on platform_events when new.state = 'waiting'
       begin update platform_events set state = 'kept' where id = new.id; end`,
    )
  }
  expect((await place.run('webhooks', 'replay', '--state', 'kept')).out).toMatch(/^4 due now/)
}, 60_000)

it.each(kinds)(
  'on %s, without a webhook only what something waits for is sent again: it is fetched with a new number',
  async (kind) => {
    await using world = await World.open({ database: kind })
    world.clock.set(Date.now())
    const { clock, config, vault } = world.wardline.ground
    await using place = await openPlace({ data: config.data, vault: config.vault, database: config.database })
    const about = { repair: 'repair_1', case: 'case_1', scans: [], furtherScans: 0, account: null }
    const data = { ...about, asks: ['restore_content' as const], decidedAt: 6 }
    const id = await world.database.transact((tx) =>
      raiseEvent(tx, clock, vault, { type: 'repair.restore', onceKey: 'repair.restore 1', isTest: false, data }),
    )
    const key = await world.newKey(['events:read'])
    const page = async (after: number) => {
      const answer = await world.ask('GET', `/v1/events?after=${after}`, { key })
      return (await answer.json()) as { events: { id: string }[]; next: number }
    }
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1))
    const keptIds = async () =>
      world.database.read.selectFrom('platform_events').select('id').where('state', '=', 'kept').execute()
    await world.until('events that are kept', async () => (await keptIds()).length === 4)
    const { next } = await page(0)
    const [kept] = await keptIds()
    expect(await place.run('webhooks', 'replay', kept?.id ?? '')).toMatchObject({
      code: 2,
      err: expect.stringContaining('GET /v1/events'),
    })
    expect((await place.run('webhooks', 'replay', '--state', 'kept')).out).toMatch(/^0 to be fetched/)
    expect(await page(next)).toMatchObject({ events: [], next })
    expect((await place.run('webhooks', 'replay', id)).out).toMatch(/^1 to be fetched.*\/v1\/events/)
    expect(await page(next)).toMatchObject({ events: [{ id }], next: next + 1 })
    await world.database.transact((tx) =>
      tx.updateTable('platform_events').set({ state: 'given_up' }).where('id', '=', id).execute(),
    )
    expect((await place.run('webhooks')).out).toContain('wardline webhooks replay --state given_up')
    expect((await place.run('webhooks', 'replay', '--state', 'given_up')).out).toMatch(/^1 to be fetched/)
    expect((await page(next + 1)).events).toMatchObject([{ id }])
  },
  120_000,
)
