import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { addPerson } from '#access'
import { confirmCase, dismissCase } from '#flow'
import { showReport } from '#reports'
import { drawn, kinds, World } from './world.ts'

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const minute = 60_000

/** A platform that answers what it is told to, or nothing at all. */
async function openPlatform() {
  const questions: { data: { account: { id: string }; scans: string[] } }[] = []
  const state: { answer: object | undefined; status: number } = { answer: undefined, status: 200 }
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const piece of request) text += piece
    questions.push(JSON.parse(text))
    if (state.answer === undefined) response.writeHead(503).end()
    else response.writeHead(state.status).end(JSON.stringify(state.answer))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    questions,
    state,
    lookUp: { url: `http://127.0.0.1:${port}/accounts`, secret, waitMinutes: 30 },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

const facts = {
  id: 'user-1',
  email: 'one@users.example',
  emailVerified: true,
  ipEvents: [{ ip: '192.0.2.44', kind: 'login', at: '2026-01-01T00:00:00Z', port: 4444 }],
}
const ids = {
  account: { id: 'user-1' },
  surface: 'upload' as const,
  url: undefined,
  fileName: undefined,
  origin: undefined,
}

const stepsOf = async (world: World) => {
  const { id } = await world.database.read.selectFrom('reports').select('id').executeTakeFirstOrThrow()
  return (await showReport(world.database.read, id)).steps.filter(({ step }) => step === 'look_up')
}
const lookUps = (world: World) => world.database.read.selectFrom('account_look_ups').selectAll().execute()

describe.each(kinds)('on %s, after a match the platform’s own system', (database) => {
  it('is asked once, by ids, and what it answers is in the report and leads the notice', async () => {
    await using platform = await openPlatform()
    platform.state.answer = { account: facts }
    await using world = await World.open({ database, config: { lookUp: platform.lookUp } })
    await world.list([drawPicture(1), drawPicture(2)])
    const { body } = await world.upload(await drawn(1), ids)
    await world.upload(await drawn(3), { ...ids, account: { id: 'user-2' } })
    await world.until('the notice', () => world.mailbox.messages().length > 0)
    expect(platform.questions.map(({ data }) => data)).toMatchObject([
      { environment: 'sandbox', account: { id: 'user-1' }, scans: [body.id] },
    ])
    const [report] = world.finishedReports()
    expect(report?.submittedXml).toContain('<ipAddress>192.0.2.44</ipAddress>')
    expect(report?.submittedXml).toContain('<port>4444</port>')
    expect(report?.submittedXml).toContain('system was asked about this account after the match and answered at')
    expect(world.mailbox.messages()[0]?.to).toEqual(['one@users.example'])
    expect((await stepsOf(world)).at(-1)).toMatchObject({ phase: 'result', outcome: 'answered' })
    expect(JSON.stringify(world.lines)).not.toMatch(/192\.0\.2\.44|one@users/)
  })

  it('answers without the organisation’s contact, which came with the image: the contact is told all the same', async () => {
    await using platform = await openPlatform()
    platform.state.answer = { account: { ...facts, organisation: { id: 'acme', name: 'Acme' } } }
    await using world = await World.open({ database, config: { lookUp: platform.lookUp } })
    await world.list([drawPicture(1)])
    const organisation = { id: 'acme', contactEmail: 'legal@acme.example' }
    await world.upload(await drawn(1), { ...ids, account: { id: 'user-1', organisation } })
    await world.until('the notice', () => world.mailbox.messages().length > 0)
    expect(world.mailbox.messages().map(({ to }) => to)).toEqual([['legal@acme.example']])
    expect(world.finishedReports()[0]?.submittedXml).toContain('named Acme')
  })

  it('holds a report back while it fails, answers after all, and the report has it', async () => {
    await using platform = await openPlatform()
    await using world = await World.open({ database, config: { lookUp: platform.lookUp } })
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1), ids)
    await world.until('a second question', () => platform.questions.length > 1)
    await world.pass(minute)
    expect(world.cybertipline.inspect().calls).toEqual([])
    expect((await lookUps(world))[0]).toMatchObject({ state: 'waiting', trouble: expect.stringContaining('(503)') })
    platform.state.answer = { account: facts }
    await world.until('the report', async () => (await world.caseState()) === 'reported')
    expect(world.finishedReports()[0]?.submittedXml).toContain('192.0.2.44')
    expect((await stepsOf(world)).map(({ phase, outcome }) => [phase, outcome])).toEqual([
      ['intent', expect.stringContaining('waits for the answer until')],
      ['result', 'answered'],
    ])
  })

  it.each([
    ['answers nothing', undefined],
    ['answers about somebody else', { account: { ...facts, id: 'user-9' } }],
  ])('that %s holds a report back for its time and no longer; the journal says so', async (_what, answer) => {
    await using platform = await openPlatform()
    platform.state.answer = answer
    await using world = await World.open({ database, config: { lookUp: platform.lookUp } })
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1), ids)
    await world.pass(25 * minute)
    expect(world.cybertipline.inspect().calls).toEqual([])
    const began = world.clock.now()
    await world.until('the report', async () => (await world.caseState()) === 'reported')
    expect(world.clock.now() - began).toBeLessThan(7 * minute)
    expect(world.finishedReports()).toHaveLength(1)
    const xml = world.finishedReports()[0]?.submittedXml
    expect(xml).not.toContain('192.0.2.44')
    expect(xml).toContain('gave no answer')
    expect((await stepsOf(world)).at(-1)).toMatchObject({ outcome: 'no answer: filed with what is known' })
    expect(world.lines.some(({ words }) => String(words).includes('gave no answer in time'))).toBe(true)
    expect((await lookUps(world))[0]).toMatchObject({ state: 'given_up' })
    expect(JSON.stringify(world.lines)).not.toMatch(/user-[19]/)
  })

  it('is asked while a person looks; their decision waits for it as long as there is time, and then for nothing', async () => {
    await using platform = await openPlatform()
    const rules = { settleSeconds: 600 }
    await using world = await World.open({ database, config: { lookUp: platform.lookUp, rules } })
    await world.list([drawPicture(1)])
    const { clock } = world.wardline.ground
    const ada = await world.database.transact((tx) =>
      addPerson(tx, clock, { name: 'Ada', email: 'ada@platform.example', roles: ['reviewer'] }),
    )
    await world.upload(await drawn(1), ids)
    await world.upload(await drawn(1), { ...ids, account: { id: 'user-2' } })
    expect((await lookUps(world)).map(({ state }) => state)).toEqual(['waiting', 'waiting'])
    // What comes of a test list goes by rule; these are to wait for a person.
    await world.database.transact((tx) => tx.updateTable('cases').set({ state: 'waiting_review' }).execute())
    await world.pass(10 * minute)
    await confirmCase(world.wardline.river, 1, `person:${ada.id}`)
    await world.pass(10 * minute)
    expect(world.cybertipline.inspect().calls).toEqual([])
    await world.until('the first report', () => world.finishedReports().length === 1, { limitMs: 60_000 })

    await world.pass(2 * 60 * minute)
    expect((await lookUps(world)).map(({ state }) => state).toSorted()).toEqual(['given_up', 'waiting'])
    const began = world.clock.now()
    await confirmCase(world.wardline.river, 2, `person:${ada.id}`)
    await world.until('the second report', () => world.finishedReports().length === 2)
    expect(world.clock.now() - began).toBeLessThan(minute)
    platform.state.answer = { account: null }
    await world.until('the end', async () => (await lookUps(world)).every(({ state }) => state !== 'waiting'))
    expect(world.finishedReports()).toHaveLength(2)
  })

  it('is not asked of nobody, nor about a test card’s sender, nor when nobody configured it', async () => {
    await using platform = await openPlatform()
    await using world = await World.open({ database })
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1), ids)
    await world.until('the report', async () => (await world.caseState()) === 'reported')
    expect(await lookUps(world)).toEqual([])
    await world.stop()
    await world.start({ lookUp: platform.lookUp })
    await world.upload(await drawn(1), { ...ids, account: undefined })
    await world.until('the second report', () => world.finishedReports().length === 2)
    expect(await lookUps(world)).toEqual([])
    expect(platform.questions).toEqual([])
  })

  it('is asked once it is said later whose the case is, and what is said while the report waits for it is in the report', async () => {
    await using platform = await openPlatform()
    const rules = { settleSeconds: 600 }
    await using world = await World.open({ database, config: { lookUp: platform.lookUp, rules } })
    await world.list([drawPicture(1)])
    const { body } = await world.upload(await drawn(1), { ...ids, account: undefined })
    const key = await world.newKey(['scans:context'])
    const say = async (said: object) => {
      const headers = { 'content-type': 'application/json' }
      const path = `/v1/scans/${body.id}/context`
      return (await world.ask('POST', path, { key, headers, body: JSON.stringify(said) })).json()
    }
    expect(await say({ service: 'Boards' })).toMatchObject({ taken: 'for_report' })
    expect(await lookUps(world)).toEqual([])
    await say({ account: { id: 'user-1' } })
    await world.until('a question', () => platform.questions.length > 0)
    expect(platform.questions[0]?.data).toMatchObject({ account: { id: 'user-1' }, scans: [body.id] })
    const reports = () => world.database.read.selectFrom('reports').select(['state', 'changed_at']).execute()
    await world.pass(12 * minute)
    await world.until('the report waits', async () => (await reports()).length === 1)
    expect(await reports()).toMatchObject([{ state: 'waiting' }])
    expect(await say({ fileName: 'said-late.jpg' })).toMatchObject({ taken: 'for_report' })
    await world.pass(minute)
    expect(world.cybertipline.inspect().calls).toEqual([])
    platform.state.answer = { account: facts }
    await world.until('the report', () => world.finishedReports().length === 1)
    const [report] = world.finishedReports()
    expect(report?.submittedXml).toContain('192.0.2.44')
    expect(report?.files[0]?.fileDetailsXml).toContain('said-late.jpg')
    // Not that it lacked nothing: what it lacked as it was written.
    const lacking = expect.arrayContaining([expect.objectContaining({ name: 'uploaded' })])
    expect(await say({ requestId: 'r-9' })).toMatchObject({ taken: 'kept', lacking })
    expect(await (await world.ask('GET', '/v1/reports')).json()).toMatchObject({ reports: [{ lacking }] })
  })

  it('that was asked by a server which was killed is asked again by the next one', async () => {
    await using platform = await openPlatform()
    await using world = await World.open({ database, config: { lookUp: platform.lookUp } })
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1), ids)
    await world.until('a question', () => platform.questions.length > 0)
    await world.stop()
    platform.state.answer = { account: facts }
    await world.start()
    await world.until('the report', async () => (await world.caseState()) === 'reported')
    expect(world.finishedReports()).toHaveLength(1)
    expect(world.finishedReports()[0]?.submittedXml).toContain('192.0.2.44')
  })

  it('is not asked on about a case that a person dismissed', async () => {
    await using platform = await openPlatform()
    await using world = await World.open({
      database,
      config: { lookUp: platform.lookUp, rules: { settleSeconds: 600 } },
    })
    await world.list([drawPicture(1)])
    const { clock } = world.wardline.ground
    const ada = await world.database.transact((tx) =>
      addPerson(tx, clock, { name: 'Ada', email: 'ada@platform.example', roles: ['reviewer'] }),
    )
    await world.upload(await drawn(1), ids)
    await world.until('a question', () => platform.questions.length > 0)
    await dismissCase(world.wardline.river, 1, `person:${ada.id}`, { reason: 'a drawing' })
    await world.until('the end', async () => (await lookUps(world))[0]?.state === 'given_up')
    expect(world.clock.now()).toBeLessThan(Number((await lookUps(world))[0]?.wait_until))
    expect(JSON.stringify(world.lines)).not.toContain('gave no answer in time')
  })

  it('is no longer waited for when it was taken out of the configuration', async () => {
    await using platform = await openPlatform()
    await using world = await World.open({ database, config: { lookUp: platform.lookUp } })
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1), ids)
    await world.until('a question', () => platform.questions.length > 0)
    await world.stop()
    await world.start({ lookUp: { url: undefined, secret: undefined } })
    await world.until('the report', async () => (await world.caseState()) === 'reported')
    expect((await lookUps(world))[0]).toMatchObject({ state: 'given_up' })
  })
})
