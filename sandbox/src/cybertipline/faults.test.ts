import { afterEach, beforeEach, expect, test } from 'vitest'
import { StillClock } from '../clock/still.ts'
import type { Caller } from './caller.ts'
import { callerOf, fileDetailsXml, reportXml } from './caller.ts'
import type { Cybertipline, FaultLike } from './cybertipline.ts'
import { startCybertipline } from './cybertipline.ts'

const clock = new StillClock()
const bytes = Buffer.from('drawn')
let tip: Cybertipline
let caller: Caller
let reportId: string
beforeEach(async () => {
  tip = await startCybertipline({ clock })
  caller = callerOf(tip)
  reportId = (await caller.submit(reportXml())).reportId
})
afterEach(() => tip.close())

const report = () => tip.inspect().reports[0]
const lastCall = () => tip.inspect().calls.at(-1)

test('a connection cut before leaves the report open, cut after leaves it finished', async () => {
  tip.faults.next('finish', 'drop_before')
  await expect(caller.finish(reportId)).rejects.toThrow()
  expect(report()?.state).toBe('open')
  expect(lastCall()).toMatchObject({ route: 'finish', status: null, code: null, fault: 'drop_before' })
  tip.faults.next('finish', 'drop_after')
  await expect(caller.finish(reportId)).rejects.toThrow()
  expect(report()?.state).toBe('finished')
  expect(lastCall()).toMatchObject({ status: null, fault: 'drop_after', reportId })
  expect((await caller.finish(reportId)).code).toBe('5102')
})

test('a cut after submit leaves a report that nobody knows of', async () => {
  tip.faults.next('submit', 'drop_after')
  await expect(caller.submit(reportXml())).rejects.toThrow()
  expect(tip.inspect().reports).toHaveLength(2)
})

test('truncated XML took effect but does not parse', async () => {
  tip.faults.next('submit', 'truncated_xml')
  const reply = await caller.submit(reportXml())
  expect(reply.status).toBe(200)
  expect(reply.body).toMatch(/^<\?xml/)
  expect(reply.body).not.toContain('</reportResponse>')
  expect(tip.inspect().reports).toHaveLength(2)
})

const pages: [FaultLike, number][] = [
  ['html_page', 500],
  [{ kind: 'html_page', status: 200 }, 200],
  ['bad_gateway', 502],
  ['unavailable', 503],
  ['too_many_requests', 429],
]
test.each(pages)('%o is a page of a proxy, without Request-ID, and nothing took effect', async (fault, status) => {
  tip.faults.next('finish', fault)
  const reply = await caller.finish(reportId)
  expect(reply).toMatchObject({ status, root: '' })
  expect(reply.headers.get('content-type')).toBe('text/html')
  expect(reply.headers.get('request-id')).toBeNull()
  expect(report()?.state).toBe('open')
})

test('Retry-After is sent as given', async () => {
  tip.faults.next('status', { kind: 'too_many_requests', retryAfter: 17 })
  tip.faults.next('status', { kind: 'unavailable', retryAfter: 'Mon, 01 Jun 2026 12:00:30 GMT' })
  expect((await caller.call('status')).headers.get('retry-after')).toBe('17')
  expect((await caller.call('status')).headers.get('retry-after')).toBe('Mon, 01 Jun 2026 12:00:30 GMT')
})

test('a bad gateway may hide that the call worked', async () => {
  tip.faults.next('finish', { kind: 'bad_gateway', processed: true })
  expect((await caller.finish(reportId)).status).toBe(502)
  expect(report()?.state).toBe('finished')
})

test('a wrong MD5 is only in the answer', async () => {
  tip.faults.next('upload', 'wrong_md5')
  const reply = await caller.upload(reportId, bytes)
  expect(reply.hash).toMatch(/^[0-9a-f]{32}$/)
  expect(reply.hash).not.toBe(report()?.files[0]?.md5)
})

test('a duplicate file id names the earlier file', async () => {
  const first = await caller.upload(reportId, bytes)
  tip.faults.next('upload', 'duplicate_file_id')
  const second = await caller.upload(reportId, bytes)
  expect(second.fileId).toBe(first.fileId)
  expect(report()?.files).toHaveLength(2)
})

test('unknown and chosen codes are answered with nothing done', async () => {
  tip.faults.next('finish', 'unknown_code')
  expect(await caller.finish(reportId)).toMatchObject({ status: 400, code: '4999', root: 'reportResponse' })
  tip.faults.next('finish', { kind: 'code', code: 1100 })
  expect(await caller.finish(reportId)).toMatchObject({ status: 500, code: '1100', description: 'Save Failed' })
  expect(report()?.state).toBe('open')
})

test('extra elements surround a good answer', async () => {
  tip.faults.next('upload', 'extra_elements')
  const reply = await caller.upload(reportId, bytes)
  expect(reply).toMatchObject({ status: 200, code: '0' })
  expect(reply.body).toContain('<serverNode')
  expect(reply.fileId).toBe(report()?.files[0]?.fileId)
})

test('finish may answer with a reportResponse root', async () => {
  tip.faults.next('finish', 'report_response_root')
  expect(await caller.finish(reportId)).toMatchObject({ root: 'reportResponse', code: '0', reportId })
  expect(report()?.state).toBe('finished')
})

test('a delay waits on the sandbox clock, before or after taking effect', async () => {
  tip.faults.next('finish', { kind: 'delay', ms: 30_000, processed: true })
  const answer = caller.finish(reportId)
  await expect.poll(() => clock.waiting()).toBe(1)
  expect(report()?.state).toBe('finished')
  await clock.advance(30_000)
  expect((await answer).code).toBe('0')
})

test('a caller that gives up during a delay before took no effect', async () => {
  tip.faults.next('upload', { kind: 'delay', ms: 30_000 })
  const gone = new AbortController()
  const calling = caller.call('upload', { method: 'POST', body: new FormData(), signal: gone.signal })
  await expect.poll(() => clock.waiting()).toBe(1)
  gone.abort()
  await expect(calling).rejects.toThrow()
  await expect.poll(() => clock.waiting()).toBe(0)
  await expect.poll(() => lastCall()?.route).toBe('upload')
})

test('queued faults come in order, then the standing one, until it is lifted', async () => {
  tip.faults.always('fileinfo', 'unavailable')
  tip.faults.next('fileinfo', 'bad_gateway')
  tip.faults.next('fileinfo', 'html_page')
  const statuses: number[] = []
  for (let call = 0; call < 4; call++) statuses.push((await caller.fileinfo(fileDetailsXml(reportId, 'x'))).status)
  expect(statuses).toEqual([502, 500, 503, 503])
  tip.faults.always('fileinfo', null)
  expect((await caller.fileinfo(fileDetailsXml(reportId, 'x'))).code).toBe('5002')
})
