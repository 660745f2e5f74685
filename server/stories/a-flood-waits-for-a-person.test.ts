import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { addPerson } from '#access'
import type { Actor } from '#audit'
import { decideEntry, keepEntryAside, releaseEntry } from '#flow'
import { listSetAsides } from '#lists'
import { listenForHooks } from './hooks.ts'
import { drawn, kinds, World } from './world.ts'

const hour = 3_600_000
const rules = { breaker: { accounts: 2, hours: 24 }, settleSeconds: 600 }

async function personIn(world: World): Promise<Actor> {
  const { database, clock } = world.wardline.ground
  const person = { name: 'Ada', email: 'ada@x.example', roles: ['reviewer'] as const }
  return `person:${(await database.transact((tx) => addPerson(tx, clock, person))).id}`
}

const states = async ({ database }: World, table: 'cases' | 'reports') =>
  (await database.read.selectFrom(table).select('state').orderBy('id').execute()).map(({ state }) => state)
const aside = async ({ wardline: { ground } }: World) => {
  const [first, ...others] = await listSetAsides(ground.database.read, ground.clock)
  expect(others).toEqual([])
  return first
}
const acts = async ({ database }: World) =>
  (await database.read.selectFrom('audit_events').select('act').execute()).map(({ act }) => act)
const metric = async ({ wardline }: World, name: string) =>
  new RegExp(`^${name.replaceAll(/[{}"]/g, '\\$&')} (.*)$`, 'm').exec(
    await (await fetch(wardline.metricsUrl ?? '')).text(),
  )?.[1]

describe.each(kinds)('on %s, an entry that unrelated accounts flood', (database) => {
  it('is set aside with the match that is too many: all are held, none is reported, and it is told within a second', async () => {
    await using hooks = await listenForHooks()
    await using world = await World.open({ database, config: { rules, alerts: hooks.alerts } })
    await world.list([drawPicture(1)])
    for (let account = 0; account < 4; account += 1)
      expect((await world.upload(await drawn(1))).body.verdict).toBe('held')
    expect(await aside(world)).toMatchObject({ state: 'set_aside', accounts: 3, openCases: 4 })
    expect(world.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', words: expect.stringMatching(/^ALERT: an entry was hit/), accounts: 3 }),
    )
    await world.until('the webhook', () => hooks.bodies.length > 0)
    expect(hooks.bodies).toMatchObject([{ type: 'entry.set_aside', data: { environment: 'sandbox', list: 'demo' } }])

    await world.pass(700_000)
    await world.until('all wait', async () => (await states(world, 'cases')).every((one) => one === 'set_aside'))
    expect(world.cybertipline.inspect().calls).toEqual([])
    expect(await metric(world, 'wardline_list_set_asides{state="set_aside"}')).toBe('1')
    expect(await metric(world, 'wardline_list_set_asides_overdue')).toBe('0')
    await world.pass(24 * hour)
    expect(await metric(world, 'wardline_list_set_asides_overdue')).toBe('1')
    expect(world.cybertipline.inspect().calls).toEqual([])
  })

  it('holds also what could not be reported when it was set aside, once that can be', async () => {
    await using world = await World.open({ database, config: { rules: { ...rules, settleSeconds: 0 } } })
    await world.list([drawPicture(1)])
    world.cybertipline.faults.always('submit', { kind: 'code', code: 3100 })
    await world.upload(await drawn(1))
    await world.until('it cannot be reported', async () => (await states(world, 'cases'))[0] === 'cannot_report')
    for (let account = 0; account < 3; account += 1) await world.upload(await drawn(1))
    expect(await aside(world)).toMatchObject({ state: 'set_aside' })
    world.cybertipline.faults.always('submit', null)
    await world.until('all wait', async () => (await states(world, 'cases')).every((one) => one === 'set_aside'))
    await world.pass(3 * hour)
    expect(world.finishedReports()).toEqual([])
  })

  it('goes on when a person releases it, and is never set aside again', async () => {
    await using world = await World.open({ database, config: { rules } })
    const by = await personIn(world)
    await world.list([drawPicture(1)])
    for (let account = 0; account < 3; account += 1) await world.upload(await drawn(1))
    await world.pass(700_000)
    await world.until('all wait', async () => (await states(world, 'cases')).every((one) => one === 'set_aside'))
    const { river } = world.wardline
    await keepEntryAside(river, { id: (await aside(world))?.id ?? '', by, reason: 'asking the hotline' })
    expect(await states(world, 'cases')).toEqual(['set_aside', 'set_aside', 'set_aside'])
    await releaseEntry(river, { id: (await aside(world))?.id ?? '', by, reason: 'the hotline is sure' })
    await world.until('the reports', () => world.finishedReports().length === 3)

    for (let account = 0; account < 4; account += 1) await world.upload(await drawn(1))
    expect(await aside(world)).toMatchObject({ state: 'released' })
    await world.pass(700_000)
    await world.until('the other reports', () => world.finishedReports().length === 7)
    expect((await acts(world)).filter((act) => act === 'set_entry_aside')).toHaveLength(1)
  })

  it('holds back reports that were on their way and not yet submitted, and one decision ends them all', async () => {
    await using world = await World.open({ database, config: { rules: { ...rules, settleSeconds: 0 } } })
    const by = await personIn(world)
    await world.list([drawPicture(1), drawPicture(2)])
    world.cybertipline.faults.always('submit', { kind: 'unavailable' })
    for (let account = 0; account < 2; account += 1) await world.upload(await drawn(1))
    await world.until('reports that cannot be submitted', async () => {
      const reports = await states(world, 'reports')
      return reports.length === 2 && reports.every((one) => one === 'filing')
    })
    await world.upload(await drawn(1))
    world.cybertipline.faults.always('submit', null)
    await world.pass(hour)
    await world.until('all wait', async () => (await states(world, 'cases')).every((one) => one === 'set_aside'))
    const shown = (await (await world.ask('GET', '/v1/reports')).json()) as { reports: { trouble: string }[] }
    for (const { trouble } of shown.reports) expect(trouble).toMatch(/^waits: an entry/)
    expect(world.cybertipline.inspect().reports).toEqual([])

    // A file that something else would hold as well is no part of the flood.
    const { body } = await world.uploadAll([await drawn(1), await drawn(2)])
    expect(body.verdict).toBe('held')
    const { river } = world.wardline
    const about = { id: (await aside(world))?.id ?? '', by, reason: 'a picture of a beach that everybody has' }
    await decideEntry(river, { ...about, says: 'dismiss', falseMatch: true })
    await world.until('the decision', async () => (await aside(world))?.deciding === false)
    const cases = await states(world, 'cases')
    expect(cases.slice(0, 3)).toEqual(['dismissed', 'dismissed', 'dismissed'])
    expect(cases[3]).not.toBe('dismissed')
    expect((await states(world, 'reports')).filter((one) => one !== 'withdrawn')).toEqual([])
    const trail = await acts(world)
    expect(trail.filter((act) => act === 'decide_entry')).toHaveLength(1)
    expect(trail.filter((act) => act === 'dismiss_case')).toHaveLength(3)
    await world.pass(48 * hour)
    expect(world.cybertipline.inspect().reports).toEqual([])
  })

  it('is confirmed for all its cases at once, and the reports say that a person decided', async () => {
    await using world = await World.open({ database, config: { rules } })
    const by = await personIn(world)
    await world.list([drawPicture(1)])
    for (let account = 0; account < 4; account += 1) await world.upload(await drawn(1))
    const { river } = world.wardline
    const about = { id: (await aside(world))?.id ?? '', by, reason: 'it went round' }
    await decideEntry(river, { ...about, says: 'confirm', incidentType: 'online_enticement' })
    await world.until('the reports', () => world.finishedReports().length === 4)
    for (const report of world.finishedReports()) {
      expect(report.submittedXml).toContain('Online Enticement of Children for Sexual Acts')
      expect(report.submittedXml).toContain('That person chose the incident type.')
    }
    expect((await acts(world)).filter((act) => act === 'confirm_case')).toHaveLength(4)
  })

  it('lets a case go on that began to wait in the moment in which its entry was released', async () => {
    await using world = await World.open({ database, config: { rules } })
    const by = await personIn(world)
    await world.list([drawPicture(1)])
    for (let account = 0; account < 3; account += 1) await world.upload(await drawn(1))
    const { river } = world.wardline
    await releaseEntry(river, { id: (await aside(world))?.id ?? '', by, reason: 'known' })
    await world.until('the job of the release', async () => {
      const jobs = await world.database.read.selectFrom('jobs').select('kind').execute()
      return !jobs.some(({ kind }) => kind === 'entry_cases')
    })
    // As the settling of another replica leaves it that had read the entry just before.
    await world.database.transact((tx) => tx.updateTable('cases').set({ state: 'set_aside' }).execute())
    await world.pass(2 * hour)
    await world.until('the reports', () => world.finishedReports().length === 3)
  })

  it('is not flooded by one organisation, however many accounts it has', async () => {
    await using world = await World.open({ database, config: { rules: { ...rules, settleSeconds: 0 } } })
    await world.list([drawPicture(1)])
    for (let account = 0; account < 4; account += 1)
      await world.upload(await drawn(1), { account: { id: String(account), organisation: { id: 'a-school' } } })
    expect(await aside(world)).toBeUndefined()
    await world.until('the reports', () => world.finishedReports().length === 4)
  })
})
