import { afterAll, beforeAll, expect, test } from 'vitest'
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

test('it does not bind beyond loopback unless told so', async () => {
  await expect(startCybertipline({ host: '0.0.0.0' })).rejects.toThrow('loopback')
  await expect(startCybertipline({ host: '192.0.2.1' })).rejects.toThrow('loopback')
  await using open = await startCybertipline({ host: '0.0.0.0', allowBeyondLoopback: true })
  expect(open.port).toBeGreaterThan(0)
  await using six = await startCybertipline({ host: '::1' })
  expect(six.baseUrl).toMatch(/^http:\/\/\[::1\]:/)
})
