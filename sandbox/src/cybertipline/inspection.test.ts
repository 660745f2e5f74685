import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { StillClock } from '../clock/still.ts'
import { callerOf, reportXml } from './caller.ts'
import type { Cybertipline } from './cybertipline.ts'
import { startCybertipline } from './cybertipline.ts'

let tip: Cybertipline
beforeAll(async () => {
  tip = await startCybertipline({ keepBytes: true })
})
afterAll(() => tip.close())

const get = async (path: string, init?: RequestInit) => fetch(new URL(path, tip.pageUrl), init)

test('reports and calls can be read over HTTP, without bytes', async () => {
  const caller = callerOf(tip)
  const { reportId } = await caller.submit(reportXml())
  await caller.upload(reportId, Buffer.from('drawn'))
  const reports = (await (await get('/inspect/reports')).json()) as { files: object[] }[]
  expect(reports).toMatchObject([{ id: reportId, state: 'open', files: [{ sizeBytes: 5 }] }])
  expect(reports[0]?.files[0]).not.toHaveProperty('bytes')
  const calls = await (await get('/inspect/calls')).json()
  expect(calls).toMatchObject([
    { route: 'submit', status: 200, code: 0 },
    { route: 'upload', status: 200, code: 0, reportId },
  ])
})

test('the page says what it is and escapes what it shows', async () => {
  await callerOf(tip).submit(reportXml({ rest: '<additionalInfo>&lt;script>alert(1)&lt;/script></additionalInfo>' }))
  const response = await get('/')
  const html = await response.text()
  expect(html).toContain('SANDBOX - nothing here reaches NCMEC')
  expect(html).not.toContain('<script')
  expect(html).toContain('&amp;lt;script&gt;')
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect((await get('/elsewhere')).status).toBe(404)
})

test('faults can be planted from another process, but not from a web page', async () => {
  const plant = (body: unknown, type = 'application/json') =>
    get('/inspect/faults', { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': type } })
  expect((await plant({ route: 'status', fault: 'bad_gateway' })).status).toBe(200)
  expect((await callerOf(tip).call('status')).status).toBe(502)
  expect((await callerOf(tip).call('status')).status).toBe(200)
  expect((await plant({ route: 'status', fault: 'bad_gateway' }, 'text/plain')).status).toBe(415)
  expect((await plant({ route: 'status', fault: 'earthquake' })).status).toBe(400)
  expect((await plant({ route: 'elsewhere', fault: 'bad_gateway' })).status).toBe(400)
})

test('a list of wishes is planted whole or not at all', async () => {
  const plant = async (wishes: unknown) => {
    const response = await get('/inspect/faults', {
      method: 'POST',
      body: JSON.stringify(wishes),
      headers: { 'content-type': 'application/json' },
    })
    return { status: response.status, ...((await response.json()) as { waiting?: unknown[]; error?: string }) }
  }
  const good = { route: 'finish', fault: 'drop_after', incident: 'wished' }
  expect(await plant([good, { route: 'finish', fault: 'earthquake' }])).toMatchObject({
    status: 400,
    error: expect.stringContaining('it knows delay'),
  })
  expect(tip.faults.waiting()).toEqual([])
  expect(
    await plant([good, { plan: { seed: 1, share: 0 } }, { route: 'status', fault: 'bad_gateway', nth: 999 }]),
  ).toEqual({
    status: 200,
    waiting: [
      { route: 'finish', nth: 1, incident: 'wished', fault: { kind: 'drop_after' } },
      { route: 'status', nth: 999, fault: { kind: 'bad_gateway' } },
    ],
  })
  for (const wrong of [
    7,
    null,
    {},
    { plan: { share: 1 } },
    { route: 'finish', fault: 'code' },
    { ...good, report: 1 },
  ]) {
    expect((await plant(wrong)).status).toBe(400)
  }
  expect(await plant({ clear: true })).toEqual({ status: 200, waiting: [] })
  expect(await (await get('/inspect/faults')).json()).toEqual({ waiting: [] })
})

test('what became of each incident, what was left open and what happened twice can be asked', async () => {
  await using world = await startCybertipline({ clock: new StillClock(), firstReportId: 5_000_001 })
  const caller = callerOf(world)
  const json = async (path: string): Promise<unknown> => (await fetch(new URL(path, world.pageUrl))).json()
  const about = (user: string) => reportXml({ user: `<espIdentifier>${user}</espIdentifier>` })
  const filed = async (user: string, ...files: string[]) => {
    const { reportId } = await caller.submit(about(user))
    for (const file of files) await caller.upload(reportId, Buffer.from(file))
    return reportId
  }
  const once = await filed('ann', 'one', 'two')
  const { body } = await caller.finish(once)
  for (const file of ['again', 'again']) await caller.finish(await filed('ben', file, file))
  await filed('cleo', 'left open')
  world.faults.next('submit', 'drop_after')
  await expect(caller.submit(about('dora'))).rejects.toThrow()
  await caller.submit(about('emil'))
  world.faults.next('finish', 'drop_after')
  await expect(caller.finish(await filed('finn'))).rejects.toThrow()
  await caller.retract(await filed('ann'))

  expect(await json('/inspect/incidents?incident=ann')).toMatchObject([
    {
      incident: 'ann',
      states: { open: 0, finished: 1, retracted: 1, expired: 0 },
      reports: [
        {
          id: once,
          state: 'finished',
          files: [{ sizeBytes: 3, described: false }, {}],
          receipts: [{ xml: body, whole: true }],
        },
        { state: 'retracted', idTold: true, idUsed: true, receipts: [] },
      ],
    },
  ])
  expect(await json('/inspect/orphans')).toMatchObject([
    { incident: 'cleo', knowledge: 'used', files: 1 },
    { incident: 'dora', knowledge: 'never_told', files: 0 },
    { incident: 'emil', knowledge: 'told' },
  ])
  expect(await json('/inspect/verdict')).toMatchObject({
    reports: { open: 3, finished: 4, retracted: 1, expired: 0 },
    incidents: 6,
    finishedOnce: 2,
    finishedNever: ['cleo', 'dora', 'emil'],
    finishedTwice: ['ben'],
    doubledFiles: [{ times: 2 }, { times: 2 }],
    undescribedFiles: 6,
    orphans: { never_told: 1, told: 1, used: 1 },
    expired: { never_told: 0, told: 0, used: 0 },
    receipts: { whole: 3, lost: [expect.any(String)] },
    faults: { 'submit drop_after': 1, 'finish drop_after': 1 },
  })
  const calls = (await json(`/inspect/calls?report=${once}`)) as { route: string }[]
  expect(calls.map((call) => call.route)).toEqual(['submit', 'upload', 'upload', 'finish'])
  expect(calls[1]).toMatchObject({
    about: once,
    incident: 'ann',
    nth: 1,
    when: world.clock.now(),
    endedAt: world.clock.now(),
  })
  expect(await json('/inspect/calls?incident=finn&route=finish')).toMatchObject([{ fault: 'drop_after', status: null }])
  expect(await json('/inspect/reports?state=retracted')).toHaveLength(1)
  await world.clock.advance?.(86_400_000)
  expect(await json('/inspect/orphans?incident=cleo')).toMatchObject([{ state: 'expired', knowledge: 'used' }])
  expect(await json('/inspect/verdict')).toMatchObject({
    orphans: { never_told: 0, told: 0, used: 0 },
    expired: { never_told: 1, told: 1, used: 1 },
  })
})

test('an incident may be named by what stands anywhere in the report', async () => {
  await using world = await startCybertipline({ incidentPattern: /incident-(\d+)/g })
  const said = (words: string) =>
    callerOf(world).submit(reportXml({ rest: `<additionalInfo>${words}</additionalInfo>` }))
  for (const words of ['incident-7, first', 'of incident-7 too', 'nothing']) await said(words)
  expect(world.inspect().reports.map(({ incident }) => incident)).toEqual(['7', '7', null])
})

test('its clock can be moved from outside, if it is one that moves', async () => {
  const move = async (tip: Cybertipline, wish: unknown) => {
    const response = await fetch(new URL('/inspect/clock', tip.pageUrl), {
      method: 'POST',
      body: JSON.stringify(wish),
      headers: { 'content-type': 'application/json' },
    })
    return { status: response.status, ...((await response.json()) as { now?: number; error?: string }) }
  }
  await using world = await startCybertipline({ clock: new StillClock(0) })
  expect(await move(world, { advanceMs: 5 })).toEqual({ status: 200, now: 5 })
  expect(await move(world, { advanceMs: -1 })).toMatchObject({ status: 400 })
  expect(await (await fetch(new URL('/inspect/clock', world.pageUrl))).json()).toEqual({ now: 5 })
  expect(await move(tip, { advanceMs: 5 })).toMatchObject({
    status: 400,
    error: expect.stringContaining('nobody can move'),
  })
})

test('a request line that is no path harms nobody', async () => {
  const { port } = tip
  for (const line of ['GET // HTTP/1.1', 'OPTIONS * HTTP/1.1', 'GET //// HTTP/1.1', 'GET http:// HTTP/1.1']) {
    const socket = connect(port, '127.0.0.1')
    socket.end(`${line}\r\nHost: x\r\nConnection: close\r\n\r\n`)
    let answer = ''
    for await (const chunk of socket) answer += chunk
    expect(answer).toMatch(/^HTTP\/1\.1 /)
  }
})

test('it does not bind beyond loopback unless told so', async () => {
  await expect(startCybertipline({ host: '0.0.0.0' })).rejects.toThrow('loopback')
  await expect(startCybertipline({ host: '192.0.2.1' })).rejects.toThrow('loopback')
  await using open = await startCybertipline({ host: '0.0.0.0', allowBeyondLoopback: true })
  expect(open.port).toBeGreaterThan(0)
  await using six = await startCybertipline({ host: '::1' })
  expect(six.baseUrl).toMatch(/^http:\/\/\[::1\]:/)
})
