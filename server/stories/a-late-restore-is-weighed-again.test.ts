// A platform that is away while its accounts are restored: what came meanwhile is asked about before anything goes out.
import { describe, expect, it } from 'vitest'
import { moveCase } from '#cases'
import { dismissCase, markRestored, sendEventAgain } from '#flow'
import { listJobs } from '#jobs'
import { countEvents, listEvents } from '#webhooks'
import { alertOf } from '../src/alerts/store.ts'
import { todoOf } from '../src/alerts/words.ts'
import { account, approve, caseOf, hear, openRepairing, repairOf, untilRepair } from './repairing.ts'
import { drawn, type Kind, kinds, type World } from './world.ts'

const hourMs = 3_600_000

/** Two accounts that a wrong entry accused, repaired while the platform takes nothing. */
async function open(database: Kind) {
  const all = await openRepairing(database)
  const { world, platform, ada, bea, cy } = all
  for (const id of ['u1', 'u2']) await world.upload(await drawn(1), { account: account(id) })
  const number = await hear(world, 'entry', ada)
  platform.state.status = 503
  await approve(world, number, bea, cy)
  await untilRepair(world, number, 'restoring')
  await world.until('both are refused', async () =>
    (await restores(world)).every(({ attempts, state }) => attempts > 0 && state === 'waiting'),
  )
  return { ...all, number }
}

const restores = async (world: World) =>
  (await listEvents(world.database.read, { type: 'repair.restore', limit: 9 })).toReversed()
const pageAfter = async (world: World, after: number) => {
  const key = await world.newKey(['events:read'])
  const answer = await world.ask('GET', `/v1/events?after=${after}`, { key })
  const { events, next } = (await answer.json()) as Page
  return { next, restores: events.filter(({ type }) => type === 'repair.restore').map(({ data }) => data.account.id) }
}
type Page = { events: { type: string; data: { account: { id: string } } }[]; next: number }
const fetched = async (world: World) => (await pageAfter(world, 0)).restores
const take = async (world: World, upTo: number) => {
  const key = await world.newKey(['events:take'])
  const headers = { 'content-type': 'application/json' }
  await world.ask('POST', '/v1/events/taken', { key, headers, body: JSON.stringify({ upTo }) })
}
const again = (world: World, id: string, by: string) =>
  world.database.transact((tx) => sendEventAgain(world.wardline.river, tx, { id, by: `person:${by}` }))
const rowsOf = async (world: World, number: number) =>
  (await repairOf(world, number)).pictures.flatMap(({ cases }) => cases)

describe.each(kinds)('on %s, a restore that the platform takes late', (database) => {
  it.each(['sent', 'fetched'])(
    'is not %s once another case of the account stands: a person decides',
    async (way) => {
      await using all = await open(database)
      const { world, platform, number, dot, eve } = all
      const took = () =>
        platform.heard.flatMap(({ event }) => (event.type === 'repair.restore' ? [event.data['account']] : []))
      expect(await fetched(world)).toEqual(['u1', 'u2'])
      await world.upload(await drawn(2), { account: account('u1') })
      const { id: third } = await caseOf(world, 3)
      await world.database.transact((tx) => moveCase(tx, world.clock, third, 'doubted'))
      if (way === 'fetched') expect(await fetched(world)).toEqual(['u2'])
      platform.state.status = 204
      await world.pass(3 * hourMs)
      await world.until('the other is restored', async () => (await rowsOf(world, number))[1]?.state === 'restored')
      await world.until('a person is asked', async () => (await rowsOf(world, number))[0]?.state === 'not_taken')
      expect(took()).toEqual([{ id: 'u2' }])
      expect((await rowsOf(world, number))[0]).toMatchObject({ does: 'repair', why: 'account' })
      const [mine] = await restores(world)
      expect(mine).toMatchObject({
        state: 'given_up',
        trouble: expect.stringContaining('another case of this account'),
      })
      const alerts = await world.database.read.selectFrom('operator_alerts').select(['type', 'severity']).execute()
      expect(alerts).toContainEqual({ type: 'repair.stuck', severity: 'urgent' })
      await expect(again(world, mine?.id ?? '', dot)).rejects.toMatchObject({ code: 'not_possible' })

      // The other case was an error as well, of another kind.
      await dismissCase(world.wardline.river, 3, `person:${eve}`, { reason: 'harmless' })
      await again(world, mine?.id ?? '', dot)
      world.wardline.river.wake()
      await untilRepair(world, number, 'done')
      expect(took()).toEqual([{ id: 'u2' }, { id: 'u1' }])
      expect((await rowsOf(world, number))[0]).toMatchObject({ state: 'restored', why: null })
    },
    120_000,
  )

  it('is never sent once a person has seen to it', async () => {
    await using all = await open(database)
    const { world, platform, number, dot } = all
    const by = `person:${dot}` as const
    await markRestored(world.wardline.river, { ref: number, caseNumber: 1, by })
    for (let day = 0; day < 8; day += 1) await world.pass(24 * hourMs)
    await world.until('the other is given up', async () => (await rowsOf(world, number))[1]?.state === 'not_taken')
    await markRestored(world.wardline.river, { ref: number, caseNumber: 2, by })
    await untilRepair(world, number, 'done')
    platform.state.status = 204
    // Nothing is left that would alarm anybody, or invite to send it again.
    expect((await restores(world)).map(({ state }) => state)).toEqual(['kept', 'kept'])
    const ids = (await restores(world)).map(({ id }) => id)
    expect((await listJobs(world.database.read)).filter(({ subject }) => ids.includes(subject))).toEqual([])
    for (const id of ids) await expect(again(world, id, dot)).rejects.toMatchObject({ code: 'not_possible' })
    expect(await fetched(world)).toEqual([])
    await world.pass(3 * hourMs)
    expect(platform.types()).not.toContain('repair.restore')
  }, 120_000)

  it('without a webhook, and done by hand, is spoken of no more; until then the right door is named', async () => {
    await using all = await openRepairing(database)
    const { world, ada, bea, cy, dot } = all
    await world.upload(await drawn(1), { account: account('u1') })
    const number = await hear(world, 'entry', ada)
    await world.stop()
    await world.start({ webhooks: { url: undefined, secrets: undefined } })
    await approve(world, number, bea, cy)
    await untilRepair(world, number, 'restoring')
    const alerts = () =>
      world.database.read.selectFrom('operator_alerts').selectAll().where('type', '=', 'webhook.failing').execute()
    await world.until('it is tried', async () => (await restores(world))[0]?.attempts === 1)
    await world.pass(2 * hourMs)
    await world.until('it is said', async () => (await alerts()).length > 0)
    const [first] = await alerts()
    expect(first && todoOf(alertOf(first))).toMatch(/\/v1\/events.*wardline repair restored/)
    expect((await countEvents(world.database.read, world.clock)).failingMs).toBeGreaterThan(0)
    await markRestored(world.wardline.river, { ref: number, caseNumber: 1, by: `person:${dot}` })
    const said = (await alerts()).length
    for (let day = 0; day < 9; day += 1) await world.pass(24 * hourMs)
    expect((await alerts()).length).toBe(said)
    expect(await countEvents(world.database.read, world.clock)).toMatchObject({ waiting: 0, given_up: 0, failingMs: 0 })
  }, 120_000)

  it('without a webhook, and was passed by, is fetched once a person sends it after all', async () => {
    await using all = await openRepairing(database)
    const { world, ada, bea, cy, dot, eve } = all
    await world.upload(await drawn(1), { account: account('u1') })
    const number = await hear(world, 'entry', ada)
    await world.stop()
    await world.start({ webhooks: { url: undefined, secrets: undefined } })
    await approve(world, number, bea, cy)
    await untilRepair(world, number, 'restoring')
    // That page was lost on its way.
    expect(await fetched(world)).toEqual(['u1'])
    await world.upload(await drawn(2), { account: account('u1') })
    const { id: other } = await caseOf(world, 2)
    await world.database.transact((tx) => moveCase(tx, world.clock, other, 'doubted'))
    const page = await pageAfter(world, 0)
    expect(page.restores).toEqual([])
    await take(world, page.next)
    await world.until('a person is asked', async () => (await rowsOf(world, number))[0]?.state === 'not_taken')

    await dismissCase(world.wardline.river, 2, `person:${eve}`, { reason: 'harmless' })
    const [mine] = await restores(world)
    await again(world, mine?.id ?? '', dot)
    const later = await pageAfter(world, page.next)
    expect(later.restores).toEqual(['u1'])
    expect((await rowsOf(world, number))[0]?.state).toBe('not_taken')
    await take(world, later.next)
    await untilRepair(world, number, 'done')
    expect((await rowsOf(world, number))[0]).toMatchObject({ state: 'restored', why: null })
  }, 120_000)
})
