import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Caller } from './caller.ts'
import { callerOf, formOf, reportXml } from './caller.ts'
import type { Cybertipline } from './cybertipline.ts'
import { startCybertipline } from './cybertipline.ts'

let tip: Cybertipline
let caller: Caller
beforeAll(async () => {
  tip = await startCybertipline()
  caller = callerOf(tip)
})
afterAll(() => tip.close())

const open = async () => (await caller.submit(reportXml())).reportId
const filesOf = (id: string) => tip.inspect().reports.find((report) => report.id === id)?.files ?? []
const upload = (body: FormData) => caller.call('upload', { method: 'POST', body })
const multipart = (reportId: string, boundary: string) => ({
  head: `--${boundary}\r\nContent-Disposition: form-data; name="id"\r\n\r\n${reportId}\r\n--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="big"\r\nContent-Type: application/octet-stream\r\n\r\n`,
  tail: `\r\n--${boundary}--\r\n`,
})

/** A bare POST whose body the test writes itself. */
const begin = (contentType: string) =>
  request(`${tip.baseUrl}/upload`, {
    method: 'POST',
    auth: `${tip.credentials.user}:${tip.credentials.password}`,
    headers: { 'content-type': contentType },
  })

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')
const keptBytes = () => {
  collectGarbage()
  return process.memoryUsage().arrayBuffers
}

// npm run soak:upload sends more than 2 GiB: a length that 32 bits cannot hold.
const mebibytes = Number(process.env['WARDLINE_UPLOAD_MIB'] ?? 64)

test(`${mebibytes} MiB stream through: digests right, memory flat`, { timeout: 600_000 }, async () => {
  const reportId = await open()
  const { head, tail } = multipart(reportId, 'b')
  const md5 = createHash('md5')
  const sha256 = createHash('sha256')
  const block = Buffer.alloc(1024 * 1024)
  const call = begin('multipart/form-data; boundary=b')
  const answered = once(call, 'response')
  call.write(head)
  const before = keptBytes()
  let most = 0
  for (let number = 0; number < mebibytes; number++) {
    block.fill(`drawn block ${number} `)
    md5.update(block)
    sha256.update(block)
    // Once the kernel has it the block may be written over: only the service could still hold on to bytes.
    await new Promise((resolve) => call.write(block, resolve))
    if (number % 8 === 7) most = Math.max(most, keptBytes() - before)
  }
  call.end(tail)
  const [response] = await answered
  response.resume()
  await once(response, 'end')
  expect(response.statusCode).toBe(200)
  expect(filesOf(reportId)[0]).toMatchObject({
    sizeBytes: mebibytes * 1024 * 1024,
    md5: md5.digest('hex'),
    sha256: sha256.digest('hex'),
  })
  expect(filesOf(reportId)[0]).not.toHaveProperty('bytes')
  // Held bytes would be 64 MiB or more by now; freed ones may be counted a moment longer.
  expect(most).toBeLessThan(24 * 1024 * 1024)
})

test('the parts may come in either order', async () => {
  const form = new FormData()
  form.append('file', new Blob(['x']), 'a')
  form.append('id', await open())
  expect(await upload(form)).toMatchObject({ code: '0' })
})

test('a missing part, an empty file and a second file are malformed submissions: 4200', async () => {
  const id = await open()
  const without = new FormData()
  without.append('file', new Blob(['x']), 'a')
  const empty = formOf({ id })
  empty.append('file', new Blob([]), 'a')
  const double = formOf({ id })
  double.append('file', new Blob(['x']), 'a')
  double.append('file', new Blob(['y']), 'b')
  for (const form of [formOf({ id }), without, empty, double, formOf({ id, file: 'a field' })]) {
    expect(await upload(form)).toMatchObject({ status: 400, code: '4200' })
  }
  expect(filesOf(id)).toEqual([])
})

test('a form that ends too early is malformed, though the request is whole', async () => {
  const id = await open()
  const body = `${multipart(id, 'b').head}half a fi`
  const headers = { 'content-type': 'multipart/form-data; boundary=b' }
  expect(await caller.call('upload', { method: 'POST', body, headers })).toMatchObject({ code: '4200' })
  const unbounded = { 'content-type': 'multipart/form-data; x=y' }
  expect(await caller.call('upload', { method: 'POST', body, headers: unbounded })).toMatchObject({ code: '4200' })
  expect(await caller.call('upload', { method: 'POST', body: 'id=1' })).toMatchObject({ code: '4000' })
  expect(filesOf(id)).toEqual([])
})

test('a caller that breaks off in the middle leaves nothing behind, and the service goes on', async () => {
  const id = await open()
  const call = begin('multipart/form-data; boundary=b')
  const failed = once(call, 'error')
  const calls = tip.inspect().calls.length
  call.write(multipart(id, 'b').head, () => call.destroy(new Error('gone')))
  await failed
  await expect.poll(() => tip.inspect().calls.length).toBe(calls + 1)
  expect(tip.inspect().calls.at(-1)).toMatchObject({ route: 'upload', status: null, code: null })
  expect(filesOf(id)).toEqual([])
  expect(await caller.call('status')).toMatchObject({ code: '0' })
})
