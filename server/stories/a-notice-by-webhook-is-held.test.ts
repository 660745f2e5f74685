// A notice that the platform was given and has not taken is called back: by a legal instrument, in a pause, and when another takes its place.
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { addPerson } from '#access'
import { recallNotice, retryNotice, sendEventAgain } from '#flow'
import { addHold, listNotices, planFollowUp, showNotice } from '#notices'
import { beginPause, endPause } from '#pause'
import { listEvents } from '#webhooks'
import { openPlatform, secretOf } from './platform.ts'
import { drawn, type Kind, kinds, World } from './world.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** A notice that was handed over to an endpoint that does not take it. */
async function open(database: Kind) {
  const platform = await openPlatform({ now: () => world.clock.now() })
  platform.state.status = 503
  const config = {
    notices: { channel: 'webhook' as const },
    webhooks: { url: platform.url, secrets: [secretOf(7)] },
  }
  const world: World = await World.open({ database, config })
  await world.list([drawPicture(1)])
  await world.upload(await drawn(1), { account: { id: 'user-1' } })
  await world.until('the event of its notice is refused', async () => {
    const [event] = await delivering(world)
    return event !== undefined && event.attempts > 0
  })
  const [notice] = await listNotices(world.database.read, { limit: 5 })
  const person = { name: 'C', email: 'c@house.example', roles: ['counsel' as const], by: 'wardline' as const }
  const { id } = await world.database.transact((tx) => addPerson(tx, world.clock, person))
  return {
    platform,
    world,
    by: `person:${id}` as const,
    noticeId: notice?.id ?? '',
    caseId: notice?.caseId ?? '',
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]()
      await platform[Symbol.asyncDispose]()
    },
  }
}
type Story = Awaited<ReturnType<typeof open>>

const delivering = (world: World) => listEvents(world.database.read, { type: 'notice.deliver', limit: 5 })
const delivered = ({ platform }: Story) => platform.heard.filter(({ event }) => event.type === 'notice.deliver')
const shown = ({ world, noticeId }: Story) => showNotice(world.database.read, world.clock, noticeId)
const hold = ({ world, caseId, by }: Story, forMs: number) => {
  const { clock, vault, database } = world.wardline.ground
  const paper = { kind: 'court_order', authority: 'a court', documentSha256: 'ab'.repeat(32) } as const
  const expiresAt = clock.now() + forMs
  return database.transact((tx) =>
    addHold(tx, clock, vault, { ...paper, scope: 'case', of: caseId, expiresAt, by, recall: recallNotice }),
  )
}
const fetched = async (world: World, after = 0) => {
  const key = await world.newKey(['events:read'])
  const answer = await world.ask('GET', `/v1/events?after=${after}`, { key })
  const { events, next } = (await answer.json()) as { events: { type: string }[]; next: number }
  return { types: events.map(({ type }) => type), next }
}
const fetchedTypes = async (world: World) => (await fetched(world)).types
/** All up to this number is said to be kept. */
const take = async (world: World, upTo: number) => {
  const key = await world.newKey(['events:take'])
  const headers = { 'content-type': 'application/json' }
  await world.ask('POST', '/v1/events/taken', { key, headers, body: JSON.stringify({ upTo }) })
}
/** No job is at work: nothing is on its way this moment. */
const still = (world: World) =>
  world.until(
    'nobody is at work',
    async () =>
      (await world.database.read.selectFrom('jobs').select('id').where('state', '=', 'running').execute()).length === 0,
  )

describe.each(kinds)('on %s, a notice that the platform has not taken', (database) => {
  it('is called back by a legal instrument, neither sent nor served, and told once when that ends', async () => {
    await using story = await open(database)
    const { platform, world, by } = story
    await still(world)
    expect(await hold(story, 2 * dayMs)).toMatchObject({ waiting: 1, gone: 0 })
    expect(await delivering(world)).toEqual([])
    expect(await shown(story)).toMatchObject({ state: 'waiting', waits: { for: 'legal_hold' } })
    expect(JSON.stringify((await shown(story)).tries)).not.toMatch(/legal|court|held/)
    platform.state.status = 204
    await world.until('what else there is', () => platform.types().includes('report.finished'))
    await world.pass(dayMs)
    expect(delivered(story)).toEqual([])
    expect(await fetchedTypes(world)).not.toContain('notice.deliver')
    await world.pass(dayMs + hourMs)
    await world.until('it is told', async () => (await shown(story)).state === 'sent')
    expect(delivered(story)).toHaveLength(1)
    const [event] = await delivering(world)
    await hold(story, dayMs)
    const again = world.database.transact((tx) => sendEventAgain(world.wardline.river, tx, { id: event?.id ?? '', by }))
    await expect(again).rejects.toMatchObject({ code: 'not_possible' })
    expect(await fetchedTypes(world)).not.toContain('notice.deliver')
  })

  it('that was given up is under an instrument sent again by nobody, and tried again it goes as one event', async () => {
    await using story = await open(database)
    const { platform, world, by, noticeId } = story
    for (let day = 0; day < 8; day += 1) await world.pass(dayMs)
    await world.until('it is dead', async () => (await shown(story)).state === 'dead')
    const [old] = await delivering(world)
    await hold(story, dayMs)
    expect(await delivering(world)).toEqual([])
    platform.state.status = 204
    await retryNotice(world.wardline.river, noticeId, by)
    await world.pass(hourMs)
    expect(delivered(story)).toEqual([])
    await world.pass(dayMs)
    await world.until('it is told', async () => (await shown(story)).state === 'sent')
    expect(delivered(story).map(({ id }) => id)).toEqual((await delivering(world)).map(({ id }) => id))
    expect(delivered(story)[0]?.id).not.toBe(old?.id)
  })

  it('and was given up, is one event only when a person tries it again', async () => {
    await using story = await open(database)
    const { platform, world, by, noticeId } = story
    await still(world)
    const eightDaysAgo = { first_tried_at: world.clock.now() - 8 * dayMs }
    await world.database.read.updateTable('platform_events').set(eightDaysAgo).execute()
    await world.pass(3 * hourMs)
    await world.until('it is dead', async () => (await shown(story)).state === 'dead')
    const [old] = await delivering(world)
    platform.state.status = 204
    await retryNotice(world.wardline.river, noticeId, by)
    const again = world.database.transact((tx) => sendEventAgain(world.wardline.river, tx, { id: old?.id ?? '', by }))
    await expect(again).rejects.toMatchObject({ code: 'no_such_event' })
    await world.until('it is told', async () => (await shown(story)).state === 'sent')
    expect(delivered(story)).toHaveLength(1)
    expect(await delivering(world)).toMatchObject([{ id: delivered(story)[0]?.id }])
  })

  it('is served to nobody in a pause, and goes on after it', async () => {
    await using story = await open(database)
    const { platform, world, by } = story
    const { clock } = world.wardline.ground
    expect(await fetchedTypes(world)).toContain('notice.deliver')
    await world.database.transact((tx) => beginPause(tx, clock, { why: 'by_a_person', by, reason: 'a drill' }))
    platform.state.status = 204
    expect(await fetchedTypes(world)).toEqual([])
    await world.pass(hourMs)
    expect(platform.heard).toEqual([])
    await world.database.transact((tx) => endPause(tx, clock, { by, reason: 'over' }))
    expect(await fetchedTypes(world)).toContain('notice.deliver')
    await world.until('it is told', async () => (await shown(story)).state === 'sent')
  })

  it('is withheld when its case is put right: only what follows is told', async () => {
    await using story = await open(database)
    const { platform, world, caseId, noticeId } = story
    const { clock, vault, database: db } = world.wardline.ground
    const { notices: policy } = world.wardline.river
    await still(world)
    const what = { kind: 'restored', about: 'repair_1', caseId, earlierNotice: noticeId } as const
    await db.transact((tx) => planFollowUp(tx, clock, vault, { ...what, policy, recall: recallNotice }))
    expect(await shown(story)).toMatchObject({ state: 'not_sent', reason: 'restored' })
    platform.state.status = 204
    await world.pass(hourMs)
    await world.until('the outcome', () => delivered(story).length > 0)
    await world.pass(hourMs)
    expect(delivered(story).map(({ event }) => event.data['kind'])).toEqual(['restored'])
  })

  it('is on its way while an instrument comes, and refused, is not tried again before that ends', async () => {
    await using story = await open(database)
    const { platform, world } = story
    platform.state.hangs = true
    const { tries } = platform.state
    await world.pass(3 * hourMs)
    expect(platform.state.tries).toBeGreaterThan(tries)
    const running = await world.database.read.selectFrom('jobs').selectAll().where('state', '=', 'running').execute()
    expect(running.length, 'nothing is on its way').toBeGreaterThan(0)
    await hold(story, dayMs)
    expect(await shown(story)).toMatchObject({ state: 'waiting', waits: { for: 'legal_hold' } })
    // The page leaves it out, and what is said of the page says nothing of it.
    await take(world, (await fetched(world)).next)
    expect((await delivering(world))[0]?.state).toBe('waiting')
    platform.state.hangs = false
    platform.state.status = 204
    await world.stop()
    await world.start()
    await world.until('all others', async () =>
      (await listEvents(world.database.read, { limit: 50 })).every(({ state }) => state === 'delivered'),
    )
    expect(delivered(story)).toEqual([])
    await world.pass(dayMs)
    await world.until('it is told', async () => (await shown(story)).state === 'sent')
    expect(delivered(story)).toHaveLength(1)
  })

  it('that it has fetched all the same cannot be called back: it is gone, is posted to nobody, and is sent once it is said to be kept', async () => {
    await using story = await open(database)
    const { platform, world } = story
    await still(world)
    const page = await fetched(world)
    expect(page.types).toContain('notice.deliver')
    expect(await hold(story, 2 * dayMs)).toMatchObject({ waiting: 0, gone: 1 })
    expect(await shown(story)).toMatchObject({ state: 'waiting', waits: { for: 'legal_hold' } })
    platform.state.status = 204
    await world.pass(dayMs)
    expect(delivered(story)).toEqual([])
    expect((await fetched(world, page.next)).types).not.toContain('notice.deliver')
    await take(world, page.next)
    await world.until('it is sent', async () => (await shown(story)).state === 'sent')
    await world.pass(2 * dayMs)
    expect(delivered(story)).toEqual([])
  })

  it('whose page was lost on its way is not sent by its word about the page read again without it, but told when the instrument ends', async () => {
    await using story = await open(database)
    const { platform, world } = story
    await still(world)
    expect(await fetchedTypes(world)).toContain('notice.deliver')
    await hold(story, dayMs)
    const { types, next } = await fetched(world)
    expect(types).not.toContain('notice.deliver')
    await take(world, next)
    platform.state.status = 204
    await world.pass(hourMs)
    await still(world)
    expect(await shown(story)).toMatchObject({ state: 'waiting', waits: { for: 'legal_hold' } })
    expect(platform.types()).not.toContain('notice.sent')
    expect(delivered(story)).toEqual([])
    await world.pass(dayMs)
    await world.until('it is told', async () => (await shown(story)).state === 'sent')
    await world.pass(hourMs)
    expect(delivered(story)).toHaveLength(1)
  })

  it('that it has fetched and never says to keep goes as another event when the instrument ends, once, however often it fetches', async () => {
    await using story = await open(database)
    const { platform, world } = story
    await still(world)
    await fetchedTypes(world)
    await hold(story, dayMs)
    await world.pass(dayMs + hourMs)
    await world.until('it is handed over anew', async () => (await shown(story)).attempts === 2)
    const asked = await fetchedTypes(world)
    expect(asked.filter((type) => type === 'notice.deliver')).toHaveLength(1)
    expect((await fetchedTypes(world)).filter((type) => type === 'notice.deliver')).toHaveLength(1)
    expect(await shown(story)).toMatchObject({ state: 'sending', attempts: 2 })
    platform.state.status = 204
    await world.pass(3 * hourMs)
    await world.until('it is told', async () => (await shown(story)).state === 'sent')
    expect(delivered(story)).toHaveLength(1)
  })
})
