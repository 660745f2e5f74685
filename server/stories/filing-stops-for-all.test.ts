// What refuses one report's credentials, or is too busy for one, is so for all: the whole queue stops or waits, and is said once.
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { resumeFiling } from '#flow'
import { countJobs } from '#jobs'
import { drawn, kinds, World } from './world.ts'

const reports = 5

/** Several cases, one account each, whose reports are all to be filed. */
async function manyReports(world: World): Promise<void> {
  await world.list([drawPicture(1)])
  const bytes = await drawn(1)
  for (let at = 0; at < reports; at += 1) await world.upload(bytes)
  await world.until('the reports', async () => (await states(world)).length === reports)
}

const states = async (world: World) =>
  (await world.database.read.selectFrom('reports').select('state').orderBy('id').execute()).map(({ state }) => state)
const submits = (world: World) => world.cybertipline.inspect().calls.filter(({ route }) => route === 'submit').length
const statuses = (world: World) => world.cybertipline.inspect().calls.filter(({ route }) => route === 'status').length
const alerts = (world: World) =>
  world.lines.filter(({ level, words }) => level === 'error' && String(words).startsWith('ALERT: filing is stopped'))
const alertRows = (world: World) =>
  world.database.read.selectFrom('operator_alerts').select(['type', 'subject', 'severity']).orderBy('id').execute()

describe.each(kinds)('on %s', (database) => {
  it.each([
    ['code 2000', { kind: 'code', code: 2000 }, 'cannot_report'],
    ['code 3100', { kind: 'code', code: 3100 }, 'cannot_report'],
    ['code 1210, as at a wrong address', { kind: 'code', code: 1210 }, 'filing'],
  ] as const)(
    'one report that meets %s stops the queue: no other is tried, and it is said once',
    async (_what, fault, stands) => {
      await using world = await World.open({ database, config: { reports: { uploadsAtATime: 1 } } })
      world.cybertipline.faults.always('submit', fault)
      await manyReports(world)
      await world.until('the stop', () => alerts(world).length > 0)
      await world.pass(60_000)
      expect(submits(world)).toBe(1)
      expect((await states(world)).filter((state) => state !== 'waiting')).toEqual([stands])

      // Every quarter of an hour one report is the proof, after /status; the alert is not repeated.
      await world.until('two more tries', async () => {
        await world.clock.advance(60_000)
        return submits(world) >= 3
      })
      expect(statuses(world)).toBe(submits(world) - 1)
      expect(alerts(world)).toHaveLength(1)
      expect(await alertRows(world)).toEqual([{ type: 'filing.stopped', subject: 'filing', severity: 'urgent' }])

      // A look that is under way would be refused after the word of the person, and rightly stop it again.
      await world.until('nobody works', async () => (await countJobs(world.database.read)).running === 0)
      world.cybertipline.faults.always('submit', null)
      expect(await resumeFiling(world.wardline.river, 'person:p')).toBe(true)
      await world.until('all reports', async () => (await states(world)).every((state) => state === 'finished'))
      expect(world.finishedReports()).toHaveLength(reports)
      expect(world.cybertipline.inspect().reports.filter(({ state }) => state === 'open')).toEqual([])
    },
  )

  it('refused credentials are not even shown again at a start, unless they are others: then all reports go at once', async () => {
    await using world = await World.open({
      database,
      config: { cybertip: { password: 'wrong' }, reports: { uploadsAtATime: 1 } },
    })
    await manyReports(world)
    await world.until('the stop', () => alerts(world).length > 0)
    const before = world.cybertipline.inspect().calls.length
    await world.stop()
    await world.start()
    await world.until('a look', () => world.cybertipline.inspect().calls.length > before)
    await world.pass(60_000)
    expect(
      world.cybertipline
        .inspect()
        .calls.slice(before)
        .map(({ route }) => route),
    ).toEqual(['status'])
    await world.stop()
    await world.start({ cybertip: { password: world.cybertipline.credentials.password } })
    const back = world.clock.now()
    await world.until('all reports', () => world.finishedReports().length === reports)
    expect(world.clock.now() - back).toBeLessThan(120_000)
  })

  it('as many uploads run at a time as were configured, across all reports, and no more', async () => {
    await using world = await World.open({ database, config: { reports: { uploadsAtATime: 2 } } })
    let answer = () => {}
    const until = new Promise<void>((resolve) => {
      answer = resolve
    })
    try {
      world.cybertipline.faults.always('upload', { kind: 'delay', until })
      await manyReports(world)
      const begun = () => world.lines.filter((line) => line['step'] === 'upload:1 begun').length
      await world.until('two uploads', () => begun() >= 2)
      await world.clock.advance(10_000)
      await world.until('three cases that cannot begin', async () => {
        world.wardline.river.wake()
        return (await states(world)).filter((state) => state === 'waiting').length === reports - 2
      })
      expect(begun()).toBe(2)
    } finally {
      answer()
    }
    await world.until('all reports', () => world.finishedReports().length === reports)
  })

  it('a Retry-After that one report is given is kept by all', async () => {
    await using world = await World.open({ database, config: { reports: { uploadsAtATime: 1 } } })
    world.cybertipline.faults.next('submit', { kind: 'too_many_requests', retryAfter: 3600 })
    await manyReports(world)
    await world.until('the first try', () => submits(world) === 1)
    const from = world.clock.now()
    await world.pass(30 * 60_000)
    expect(submits(world)).toBe(1)
    await world.until('all reports', async () => {
      await world.clock.advance(60_000)
      return world.finishedReports().length === reports
    })
    expect(world.clock.now() - from).toBeGreaterThanOrEqual(3_600_000 - 60_000)
    expect(alerts(world)).toEqual([])
  })
})
