import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { addPerson } from '#access'
import { confirmCase } from '#flow'
import { drawn, kinds, World } from './world.ts'

const hour = 3_600_000
const rules = { settleSeconds: 0, actionability: { floor: 80, waitHours: 4 } }
const nobody = { service: undefined, url: undefined, fileName: undefined, origin: undefined }
const account = { id: 'user-9' }

const open = async (world: World) => {
  await world.list([drawPicture(1)])
  const { body } = await world.upload(await drawn(1), { ...nobody, account })
  await world.until('it waits', async () => (await world.caseState()) === 'waiting_facts')
  return body.id
}

async function say(world: World, scanId: string, said: object) {
  const key = await world.newKey(['scans:context'])
  const headers = { 'content-type': 'application/json' }
  const answer = await world.ask('POST', `/v1/scans/${scanId}/context`, { key, headers, body: JSON.stringify(said) })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

const enough = {
  url: 'https://forum.example/posts/1',
  uploadedAt: '2026-01-01T10:00:00+01:00',
  account: { id: 'user-9', screenName: 'nine' },
  origin: { ip: '192.0.2.7', port: 5000 },
}

describe.each(kinds)('on %s, a case whose report would say too little', (database) => {
  it('waits in the open, says what is missing and what supplies it, and is filed at once when that is said', async () => {
    await using world = await World.open({ database, config: { rules } })
    const scanId = await open(world)
    expect(world.cybertipline.inspect().calls).toEqual([])
    const shown = (await (await world.ask('GET', '/v1/cases/1')).json()) as Record<string, never>
    expect(shown).toMatchObject({ state: 'waiting_facts', actionability: { score: 30 } })
    expect(JSON.stringify(shown)).toContain('origin.ip')

    const asked = await say(world, scanId, {})
    expect(JSON.stringify(asked.body['lacking'])).toContain('account.screenName')
    const half = await say(world, scanId, { account: { id: 'user-9', screenName: 'nine' } })
    expect(half).toMatchObject({ status: 200, body: { id: scanId, state: 'held', taken: 'for_report' } })
    expect(JSON.stringify(half.body['lacking'])).toContain('uploadedAt')
    expect(await world.caseState()).toBe('waiting_facts')
    expect(await say(world, scanId, enough)).toMatchObject({ body: { taken: 'for_report', lacking: [] } })
    // The very same again, as from a platform that heard no answer, is nothing new.
    expect(await say(world, scanId, enough)).toMatchObject({ status: 200, body: { taken: 'kept', lacking: [] } })
    await world.until('the report', () => world.finishedReports().length === 1)
    const [report] = world.finishedReports()
    for (const said of ['192.0.2.7', '5000', 'nine', 'https://forum.example/posts/1', '2026-01-01T09:00:00.000Z'])
      expect(report?.submittedXml).toContain(said)
    expect(report?.files[0]?.fileDetailsXml).toContain('said more later')
    await world.pass(5 * hour)
    expect(world.cybertipline.inspect().reports).toHaveLength(1)
    const lines = await world.database.read.selectFrom('audit_events').selectAll().execute()
    const added = lines.filter(({ act }) => act === 'add_context')
    expect(added).toHaveLength(2)
    expect(JSON.stringify(added)).not.toContain('nine')
    const reports = (await (await world.ask('GET', '/v1/reports')).json()) as { reports: object[] }
    expect(reports.reports).toMatchObject([{ score: 100, lacking: [] }])
  })

  it('is filed as it is at the hour the operator set, also by a server that was away when it came', async () => {
    await using world = await World.open({ database, config: { rules } })
    await open(world)
    await world.pass(3.9 * hour)
    expect(await world.caseState()).toBe('waiting_facts')
    expect(world.cybertipline.inspect().calls).toEqual([])
    await world.stop()
    world.clock.set(world.clock.now() + hour)
    await world.start()
    await world.until('the report', () => world.finishedReports().length === 1)
    expect(await (await world.ask('GET', '/v1/reports')).json()).toMatchObject({ reports: [{ score: 30 }] })
  })

  it('is filed once when the platform says it several times at once, in the very second in which the time is over', async () => {
    await using world = await World.open({ database, config: { rules } })
    const scanId = await open(world)
    world.clock.set(world.clock.now() + 4 * hour)
    const answers = await Promise.all(Array.from({ length: 4 }, () => say(world, scanId, enough)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    await world.until('the report', async () => (await world.caseState()) === 'reported')
    await world.pass(hour)
    expect(world.cybertipline.inspect().reports).toHaveLength(1)
    expect(await world.database.read.selectFrom('reports').select('state').execute()).toEqual([{ state: 'finished' }])
    const lines = await world.database.read.selectFrom('audit_events').select('act').execute()
    expect(lines.filter(({ act }) => act === 'add_context')).toHaveLength(1)
  })

  it('is filed as it is when a person confirms it, and goes on when the operator lowers the floor', async () => {
    await using world = await World.open({ database, config: { rules } })
    await open(world)
    const { river, ground } = world.wardline
    const person = await world.database.transact((tx) =>
      addPerson(tx, ground.clock, { name: 'Ada', email: 'ada@x.example', roles: ['reviewer'] }),
    )
    await confirmCase(river, 1, `person:${person.id}`)
    await world.until('the report', () => world.finishedReports().length === 1)

    await world.upload(await drawn(1), { ...nobody, account })
    const last = () =>
      world.database.read.selectFrom('cases').select('state').orderBy('number', 'desc').executeTakeFirst()
    await world.until('it waits', async () => (await last())?.state === 'waiting_facts')
    await world.stop()
    await world.start({ rules: { ...rules, actionability: { floor: 0, waitHours: 4 } } })
    await world.until('the other report', () => world.finishedReports().length === 2)
  })

  it('is filed as it is when a person confirmed it while there were no credentials, as soon as there are', async () => {
    await using world = await World.open({ database, config: { rules } })
    await open(world)
    const { user, password } = world.cybertipline.credentials
    await world.stop()
    await world.start({ cybertip: { username: undefined, password: undefined } })
    const { river, ground } = world.wardline
    const person = await world.database.transact((tx) =>
      addPerson(tx, ground.clock, { name: 'Ada', email: 'ada@x.example', roles: ['reviewer'] }),
    )
    await confirmCase(river, 1, `person:${person.id}`)
    expect(await world.caseState()).toBe('cannot_report')
    await world.stop()
    const began = world.clock.now()
    await world.start({ cybertip: { username: user, password } })
    expect(await world.caseState()).not.toBe('waiting_facts')
    await world.until('the report', () => world.finishedReports().length === 1)
    expect(world.clock.now() - began).toBeLessThan(hour)
  })

  it('keeps what was said first: what is said otherwise later stands beside it, in words', async () => {
    await using world = await World.open({ database, config: { rules } })
    const scanId = await open(world)
    await say(world, scanId, { account: { id: 'user-9', screenName: 'nine' } })
    await say(world, scanId, { account: { id: 'user-10', screenName: 'ten', email: 'ten@users.example' } })
    expect(await world.caseState()).toBe('waiting_facts')
    await say(world, scanId, { ...enough, account: { id: 'user-9', screenName: 'NINE' } })
    await world.until('the report', () => world.finishedReports().length === 1)
    const [report] = world.finishedReports()
    expect(report?.submittedXml).toContain('<espIdentifier>user-9</espIdentifier>')
    expect(report?.submittedXml).toContain('<screenName>nine</screenName>')
    expect(report?.submittedXml).not.toContain('ten@users.example')
    const details = report?.files[0]?.fileDetailsXml ?? ''
    expect(details).toContain('account.screenName: NINE')
    expect(details).toContain('user-10')
  })

  it('takes nothing for a scan that held nothing, nor words that the scan context does not know, nor without the scope', async () => {
    await using world = await World.open({ database, config: { rules } })
    const scanId = await open(world)
    const clear = await world.upload(await drawn(2))
    expect(await say(world, clear.body.id, enough)).toMatchObject({ body: { state: 'unknown', taken: 'not_kept' } })
    expect(await say(world, scanId, { colour: 'blue' })).toMatchObject({ status: 400 })
    const headers = { 'content-type': 'application/json' }
    const scopeless = await world.ask('POST', `/v1/scans/${scanId}/context`, { headers, body: '{}' })
    expect(scopeless.status).toBe(403)
    for (let times = 0; times < 10; times += 1)
      expect((await say(world, scanId, { requestId: `r${times}` })).status).toBe(200)
    expect(await say(world, scanId, { requestId: 'one more' })).toMatchObject({
      status: 409,
      body: { code: 'too_many_words' },
    })
  })
})
