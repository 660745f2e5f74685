import { drawPicture, encode } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { addPerson } from '#access'
import { closeReport } from '#flow'
import { drawn, kinds, World } from './world.ts'

const rules = { settleSeconds: 600 }
const account = { id: 'user-5', email: 'five@users.example' }
const prior = /<priorCTReports>(\d+)<\/priorCTReports>/g
const finished = ({ database }: World) =>
  database.read.selectFrom('reports').select('id').where('state', '=', 'finished').execute()
const priorIn = (xml: string | undefined) => [...(xml ?? '').matchAll(prior)].map(([, id]) => id)

describe.each(kinds)('on %s, one incident', (database) => {
  it('is one case and one report with every file found, and the same picture in other bytes is told with its file', async () => {
    await using world = await World.open({ database, config: { rules } })
    await world.list([drawPicture(1), drawPicture(2)])
    const bytes = await drawn(1)
    const copy = await encode(drawPicture(1), 'webp', { quality: 60 })
    await world.upload(bytes, { account, fileName: 'first.jpg' })
    await world.upload(copy, { account, fileName: 'again.webp', origin: { ip: '192.0.2.44', port: 4400 } })
    await world.upload(await drawn(2), { account })
    await world.upload(bytes, { account })
    await world.pass(700_000)
    await world.until('the report', async () => (await world.caseState()) === 'reported')
    const [report, ...others] = world.finishedReports()
    expect(others).toEqual([])
    expect(report?.files.map(({ bytes }) => bytes?.byteLength)).toEqual([bytes.byteLength, (await drawn(2)).byteLength])
    const details = report?.files[0]?.fileDetailsXml ?? ''
    expect(details).toContain('<originalFileName>first.jpg</originalFileName>')
    expect(details).toContain('again.webp')
    expect(details).toContain('192.0.2.44 port 4400')
    expect(details).toContain('not uploaded with this report')
    expect(details).toContain('received 2 times')
    expect(report?.submittedXml).toContain('192.0.2.44')
    // The copy is evidence like its file: stored, and kept for a year.
    const objects = await world.database.read.selectFrom('vault_objects').selectAll().orderBy('id').execute()
    expect(objects.map(({ state }) => state)).toEqual(['stored', 'stored', 'stored', 'destroyed'])
    expect(objects.slice(0, 3).every(({ keep_until }) => keep_until !== null)).toBe(true)
    expect(await (await world.ask('GET', '/v1/cases')).json()).toMatchObject({ cases: [{ files: 2 }] })
  })

  it('goes on in a new report that names the former ones: of this account, newest first, and no others', async () => {
    await using world = await World.open({ database, config: { rules: { settleSeconds: 0 } } })
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1), { account: { id: 'somebody-else' } })
    await world.until('the report of somebody else', async () => (await finished(world)).length === 1)
    for (let times = 1; times <= 3; times += 1) {
      await world.upload(await drawn(1), { account })
      // By our own journal: the CyberTipline has finished it a moment before.
      await world.until('the report', async () => (await finished(world)).length === times + 1)
    }
    const [, first, second, third] = world.finishedReports()
    expect(priorIn(first?.submittedXml)).toEqual([])
    expect(priorIn(second?.submittedXml)).toEqual([first?.id])
    expect(priorIn(third?.submittedXml)).toEqual([second?.id, first?.id])
  })

  it('names what a person filed by hand, and never what a test card made', async () => {
    await using world = await World.open({ database, config: { rules: { settleSeconds: 0 } } })
    await world.list([drawPicture(1)])
    world.cybertipline.faults.next('submit', { kind: 'code', code: 4100 })
    await world.upload(await drawn(1), { account })
    const row = () => world.database.read.selectFrom('reports').selectAll().executeTakeFirst()
    await world.until('a report that is stuck', async () => (await row())?.state === 'needs_person')
    const { river, ground } = world.wardline
    const person = await world.database.transact((tx) =>
      addPerson(tx, ground.clock, { name: 'Ada', email: 'ada@x.example', roles: ['counsel'] }),
    )
    const closing = {
      reportId: (await row())?.id ?? '',
      by: `person:${person.id}` as const,
      reason: 'the form',
      remoteId: '4711',
    }
    await closeReport(river, closing)
    await world.upload(await drawn(1), { account })
    await world.until('the report', () => world.finishedReports().length === 1)
    expect(priorIn(world.finishedReports()[0]?.submittedXml)).toEqual(['4711'])
    await world.database.transact((tx) => tx.updateTable('reports').set({ is_test: 1 }).execute())
    await world.upload(await drawn(1), { account })
    await world.until('the next report', () => world.finishedReports().length === 2)
    expect(priorIn(world.finishedReports()[1]?.submittedXml)).toEqual([])
  })

  it('loses nothing that is found while its report is being filed: that is a second case, and names the first', async () => {
    await using world = await World.open({ database, config: { rules: { settleSeconds: 0 } } })
    await world.list([drawPicture(1), drawPicture(2)])
    world.cybertipline.faults.always('upload', { kind: 'unavailable' })
    await world.upload(await drawn(1), { account })
    await world.until('a report under way', () => world.cybertipline.inspect().reports.length === 1)
    // The first is not finished when the second is drafted: what is not finished has no number that counts.
    expect((await world.upload(await drawn(2), { account })).body.verdict).toBe('held')
    world.cybertipline.faults.always('upload', null)
    await world.pass(3_600_000)
    const states = async () =>
      (await world.database.read.selectFrom('cases').select('state').execute()).map(({ state }) => state)
    await world.until('both reports', async () => (await states()).every((state) => state === 'reported'))
    const files = world.finishedReports().flatMap(({ files }) => files.map(({ bytes }) => bytes?.byteLength))
    expect(files.toSorted()).toEqual([(await drawn(1)).byteLength, (await drawn(2)).byteLength].toSorted())
    expect(await states()).toHaveLength(2)
    expect(world.finishedReports()).toHaveLength(2)
  })
})
