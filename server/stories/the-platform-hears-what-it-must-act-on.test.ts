import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { addPerson } from '#access'
import { closeReport, confirmCase, dismissCase } from '#flow'
import { beginPause } from '#pause'
import { listEvents } from '#webhooks'
import { openPlatform, secretOf } from './platform.ts'
import { drawn, type Kind, kinds, pdqOf, World } from './world.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** A platform and a world that tells it; one picture on a list of a telling name. */
async function open(database: Kind) {
  const platform = await openPlatform({ now: () => world.clock.now() })
  const world: World = await World.open({
    database,
    config: { webhooks: { url: platform.url, secrets: [secretOf(7)] } },
  })
  const entry = { source: 'the-source', entryId: 'entry-4711', algorithm: 'pdq', value: pdqOf(drawPicture(1)) }
  await world.listRows([JSON.stringify({ ...entry, class: 'test' })], { id: 'list-of-lists' })
  return {
    platform,
    world,
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]()
      await platform[Symbol.asyncDispose]()
    },
  }
}

const reviewer = async (world: World) =>
  `person:${
    (
      await world.database.transact((tx) =>
        addPerson(tx, world.clock, { name: 'R', email: 'r@house.example', roles: ['administrator'], by: 'wardline' }),
      )
    ).id
  }` as const

const standing = (world: World) => listEvents(world.database.read, { limit: 200 })
const allTaken = async (world: World) => (await standing(world)).every(({ state }) => state === 'delivered')

describe.each(kinds)('on %s, a platform with a webhook', (database) => {
  it('hears of a case, of its report and of the notice, in ids, states and dates and in nothing else', async () => {
    await using both = await open(database)
    const { platform, world } = both
    const account = { id: 'user-1', organisation: { id: 'acme', contactEmail: 'legal@acme.example' } }
    const bytes = await drawn(1)
    const { body } = await world.upload(bytes, { account })
    await world.until('the notice’s event', () => platform.types().includes('notice.sent'))
    expect(platform.types().sort()).toEqual(['account.action_requested', 'case.held', 'notice.sent', 'report.finished'])
    expect(platform.state.refused).toBe(0)
    const told = new Map(platform.heard.map(({ event }) => [event.type, event.data]))
    const who = { id: 'user-1', organisation: 'acme' }
    expect(told.get('case.held')).toMatchObject({ scans: [body.id], furtherScans: 0, account: who })
    expect(told.get('account.action_requested')).toMatchObject({ asks: ['keep_content_down', 'review_account'] })
    expect(told.get('report.finished')).toMatchObject({ filed: 'by_wardline', account: who, scans: [body.id] })
    expect(told.get('notice.sent')).toMatchObject({ addressee: 'organisation', kind: 'reported', account: who })
    const numbers = platform.heard.map(({ event }) => event.number)
    expect([...numbers].sort((a, b) => a - b)).toEqual([1, 2, 3, 4])
    for (const heard of platform.heard) expect(strayLeaves(JSON.parse(heard.body))).toEqual([])
    const remote = world.finishedReports()[0]?.id
    const all = platform.heard.map((heard) => heard.body).join('\n')
    for (const secret of [String(remote), 'list-of-lists', 'entry-4711', 'the-source', 'legal@', 'holiday'])
      expect(all).not.toContain(secret)
  })

  it('hears that a find was released, and that a person filed a report by hand', async () => {
    await using both = await open(database)
    const { platform, world } = both
    await world.stop()
    await world.start({ rules: { settleSeconds: 60 } })
    const { body } = await world.upload(await drawn(1))
    const by = await reviewer(world)
    await dismissCase(world.wardline.river, 1, by, { reason: 'harmless' })
    await world.until('the release', () => platform.types().includes('case.released'))
    expect(platform.types()).toEqual(['case.held', 'case.released'])
    expect(platform.heard[1]?.event.data).toMatchObject({ scans: [body.id], furtherScans: 0 })

    world.cybertipline.faults.always('submit', { kind: 'code', code: 4100 })
    await world.upload(await drawn(1))
    const stuck = () =>
      world.database.read.selectFrom('reports').select('id').where('state', '=', 'needs_person').executeTakeFirst()
    await world.until('a report that cannot go', async () => (await stuck()) !== undefined)
    const reportId = (await stuck())?.id ?? ''
    await closeReport(world.wardline.river, { reportId, by, reason: 'by hand', remoteId: '4711' })
    await world.until('the report', () => platform.types().includes('report.finished'))
    const finished = platform.heard.find(({ event }) => event.type === 'report.finished')
    expect(finished?.event.data).toMatchObject({ filed: 'by_hand' })
    expect(platform.heard.map((one) => one.body).join()).not.toContain('4711')
  })

  it('is asked to act as soon as a person has confirmed, and once; during a pause it hears nothing', async () => {
    await using both = await open(database)
    const { platform, world } = both
    await world.stop()
    await world.start({ rules: { settleSeconds: 60 } })
    world.cybertipline.faults.always('submit', 'unavailable')
    await world.upload(await drawn(1))
    await world.until('case.held', () => platform.heard.length === 1)
    await world.database.transact((tx) => tx.updateTable('cases').set({ state: 'waiting_review' }).execute())
    await confirmCase(world.wardline.river, 1, await reviewer(world))
    await world.until('the request', () => platform.types().includes('account.action_requested'))
    expect(await world.caseState()).toBe('reporting')
    world.cybertipline.faults.clear()
    await world.until('the report', () => platform.types().includes('report.finished'))
    await world.until('the notice', () => platform.types().includes('notice.sent'))
    expect(platform.types()).toHaveLength(4)
    const { clock } = world.wardline.ground
    await world.database.transact((tx) => beginPause(tx, clock, { why: 'by_a_person', by: 'wardline' }))
    await world.upload(await drawn(1), { account: { id: 'user-2' } })
    await world.pass(hourMs)
    expect(platform.state.tries).toBe(4)
    expect((await standing(world)).map(({ type, state }) => [type, state])[0]).toEqual(['case.held', 'waiting'])
  })

  it('that is away gets everything once it is back, under the same ids; nothing else waited for it', async () => {
    await using both = await open(database)
    const { platform, world } = both
    platform.state.hangs = true
    await world.upload(await drawn(1))
    await world.until('the notice, past a webhook that hangs', () => world.mailbox.messages().length === 1)
    await world.stop()
    platform.state.hangs = false
    platform.state.status = 503
    await world.start()
    await world.until('some refusals', () => platform.state.tries > 6)
    await world.pass(hourMs)
    expect(await standing(world)).toHaveLength(4)
    expect((await standing(world)).map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting', 'waiting'])
    const alerts = await world.database.read.selectFrom('operator_alerts').selectAll().execute()
    expect(alerts.filter(({ type }) => type === 'webhook.failing').map(({ subject }) => subject)).toEqual(['webhook'])
    platform.state.status = 200
    await world.until('everything', () => allTaken(world))
    expect(new Set(platform.heard.map(({ id }) => id))).toEqual(new Set((await standing(world)).map(({ id }) => id)))
    expect(JSON.stringify(world.lines)).not.toMatch(/SECRET-OF-THE-PLATFORM|127\.0\.0\.1:\d+\/wardline|user-/)
  })

  it('that asks to wait is left alone until then', async () => {
    await using both = await open(database)
    const { platform, world } = both
    Object.assign(platform.state, { status: 429, headers: { 'retry-after': '3000' } })
    await world.upload(await drawn(1))
    await world.until('the notice', () => world.mailbox.messages().length === 1)
    const { tries } = platform.state
    platform.state.status = 200
    await world.pass(2_900_000 - 60_000)
    expect(platform.state.tries).toBe(tries)
    await world.until('everything', () => allTaken(world))
  })

  it('that does not take an event in seven days finds it given up, said aloud, and gets it when it is sent again', async () => {
    await using both = await open(database)
    const { platform, world } = both
    platform.state.secret = secretOf(9)
    await world.upload(await drawn(1))
    await world.until('refusals', () => platform.state.refused > 3)
    for (let day = 0; day < 8; day += 1) await world.pass(dayMs)
    await world.until('an end', async () => (await standing(world)).every(({ state }) => state === 'given_up'))
    expect((await standing(world))[0]?.trouble).toContain('another secret')
    const alerts = await world.database.read.selectFrom('operator_alerts').selectAll().execute()
    expect(alerts.some(({ type, subject }) => type === 'webhook.failing' && subject === 'webhook given_up')).toBe(true)
    const key = await world.newKey(['jobs:retry'])
    platform.state.secret = secretOf(7)
    const [event] = await standing(world)
    const answer = await world.ask('POST', `/v1/events/${event?.id}/replay`, { key })
    expect(await answer.json()).toMatchObject({ id: event?.id, state: 'waiting', attempts: 0 })
    await world.until('it', () => platform.heard.some(({ id }) => id === event?.id))
    expect(platform.heard.map(({ id }) => id)).toEqual([event?.id])
  })

  it('that changes its secret misses nothing while both are configured', async () => {
    await using both = await open(database)
    const { platform, world } = both
    await world.stop()
    await world.start({ webhooks: { url: platform.url, secrets: [secretOf(7), secretOf(8)] } })
    await world.upload(await drawn(1))
    await world.until('the events', () => allTaken(world))
    platform.state.secret = secretOf(8)
    await world.upload(await drawn(1), { account: { id: 'user-2' } })
    await world.until('its events', () => platform.types().length === 7)
    expect(platform.state.refused).toBe(0)
  })
})

describe.each(kinds)('on %s, a platform without a webhook', (database) => {
  it('fetches page by page, misses nothing, and says what it has', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)])
    const key = await world.newKey(['events:read', 'events:take'])
    const page = async (after: number) => {
      const answer = await world.ask('GET', `/v1/events?after=${after}&limit=3`, { key })
      expect(answer.status).toBe(200)
      return (await answer.json()) as { events: { number: number; type: string; id: string }[]; next: number }
    }
    expect(await page(0)).toEqual({ events: [], next: 0 })
    await world.upload(await drawn(1))
    await world.until('all is done', async () => (await standing(world)).length === 4)
    const first = await page(0)
    const second = await page(first.next)
    expect([...first.events, ...second.events].map(({ number }) => number)).toEqual([1, 2, 3, 4])
    expect(await page(0)).toEqual(first)
    await world.until('nothing to send', async () => (await standing(world)).every(({ state }) => state === 'kept'))
    const take = (upTo: number) =>
      world.ask('POST', '/v1/events/taken', {
        key,
        body: JSON.stringify({ upTo }),
        headers: { 'content-type': 'application/json' },
      })
    const ahead = await take(5)
    expect(ahead.status).toBe(409)
    expect(await ahead.json()).toMatchObject({ code: 'no_such_number', detail: expect.stringContaining('is 4') })
    const reading = await world.newKey(['events:read'])
    const headers = { 'content-type': 'application/json' }
    const refused = await world.ask('POST', '/v1/events/taken', { key: reading, body: '{"upTo":1}', headers })
    expect(refused.status).toBe(403)
    expect(await (await take(3)).json()).toEqual({ taken: 3 })
    expect(await (await take(4)).json()).toEqual({ taken: 1 })
    expect(await allTaken(world)).toBe(true)
    for (const event of [...first.events, ...second.events]) expect(strayLeaves(event)).toEqual([])
    expect((await world.ask('GET', '/v1/events')).status).toBe(403)
    await world.pass(31 * dayMs)
    await world.until('they are forgotten', async () => (await standing(world)).length === 0)
    expect(await page(4)).toEqual({ events: [], next: 4 })
  })
})

/** Whatever a platform may not learn: everything but ids of ours, its own ids, dates, and the words that the contract names. */
function strayLeaves(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => strayLeaves(one, path))
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, one]) => strayLeaves(one, `${path}.${key}`))
  const form = allowed[path.replace(/^\.data/, '')]
  return form?.test(String(value)) ? [] : [`${path}: ${String(value)}`]
}

const ours = (kind: string) => new RegExp(`^${kind}_[0-9a-z]{28}$`)
const date = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const allowed: Readonly<Record<string, RegExp | undefined>> = {
  '.id': ours('hook'),
  '.number': /^\d+$/,
  '.type': /^[a-z]+\.[a-z_]+$/,
  '.timestamp': date,
  '.environment': /^sandbox$/,
  '.isTest': /^false$/,
  '.case': ours('case'),
  '.notice': ours('notice'),
  '.scans': ours('scan'),
  '.furtherScans': /^0$/,
  '.account.id': /^user-[0-9a-f]+$/,
  '.account.organisation': /^acme$/,
  '.asks': /^(keep_content_down|review_account)$/,
  '.filed': /^by_wardline$/,
  '.kind': /^reported$/,
  '.addressee': /^(user|organisation)$/,
  '.heldAt': date,
  '.requestedAt': date,
  '.finishedAt': date,
  '.sentAt': date,
}
