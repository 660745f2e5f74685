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
    always: [],
    rules: [{ plan: { seed: 1, share: 0 } }],
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
  expect(await plant({ clear: true })).toEqual({ status: 200, waiting: [], always: [], rules: [] })
  expect(await (await get('/inspect/faults')).json()).toEqual({ waiting: [], always: [], rules: [] })
})

test('faults that go on are shown until they are ended, those of a rule by what it goes by', async () => {
  await using tip = await startCybertipline({})
  const planned = async () => (await fetch(new URL('/inspect/faults', tip.pageUrl))).json()
  const plan = { seed: 7, share: 0.2, most: 3, routes: ['upload'] }
  const response = await fetch(new URL('/inspect/faults', tip.pageUrl), {
    method: 'POST',
    body: JSON.stringify([{ route: 'submit', fault: { kind: 'unavailable', retryAfter: 2 }, always: true }, { plan }]),
    headers: { 'content-type': 'application/json' },
  })
  const both = {
    waiting: [],
    always: [{ route: 'submit', fault: { kind: 'unavailable', retryAfter: 2 } }],
    rules: [{ plan }],
  }
  expect(await response.json()).toEqual(both)
  expect(await planned()).toEqual(both)
  const end = tip.faults.rule(() => null)
  tip.faults.always('submit', null)
  expect(await planned()).toEqual({
    waiting: [],
    always: [],
    rules: [{ plan }, { rule: 'of the program that runs this sandbox' }],
  })
  end()
  expect(await planned()).toMatchObject({ rules: [{ plan }] })
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
