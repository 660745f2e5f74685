import { problem } from '@wardline/api'
import { expect, it } from 'vitest'
import { connected, Door, everything, MemoryStages } from './testing.ts'

const secret = 'somebody@users.example'

const cases = [
  [
    'headers that are too large',
    `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${secret.repeat(2000)}\r\n\r\n`,
    431,
    'headers_too_large',
  ],
  ['what is no HTTP', `\u0000\u0001 ${secret}\r\n\r\n`, 400, 'request_unreadable'],
  ['a header that is none', `GET /healthz HTTP/1.1\r\nHost: x\r\n${secret}\r\n\r\n`, 400, 'request_unreadable'],
  [
    'two lengths of one body',
    `POST /v1/scans HTTP/1.1\r\nHost: x\r\nX-S: ${secret}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na`,
    400,
    'request_unreadable',
  ],
] as const

it.each(cases)(
  '%s is answered with a problem, and not one byte of it comes back or into the log',
  async (_what, sent, status, code) => {
    await using door = await Door.open()
    const socket = await connected(door.url)
    const said = everything(socket)
    socket.write(sent)
    const [head = '', body = ''] = (await said).split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(head).toContain('content-type: application/problem+json')
    expect(head).toContain('connection: close')
    expect(head).toContain(`content-length: ${Buffer.byteLength(body)}`)
    expect(problem.parse(JSON.parse(body))).toMatchObject({ status, code, type: `urn:wardline:problem:${code}` })
    expect(JSON.parse(body).requestId).toMatch(/^req_/)
    expect(head + body + door.log.join('')).not.toContain(secret)
    expect(door.log.filter((line) => line.includes(code))).toHaveLength(1)
  },
)

it('what comes unreadable behind a request that was answered is answered as well, once, and nothing else suffers', async () => {
  await using door = await Door.open()
  const socket = await connected(door.url)
  const said = everything(socket)
  socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
  await new Promise((resolve) => socket.once('data', resolve))
  socket.write(`${secret}\r\n\r\n`)
  socket.write(`${secret}\r\n\r\n`)
  const text = await said
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400'])
  expect((await door.ask('/healthz', undefined)).status).toBe(200)
})

it('what comes unreadable while a whole request is at work closes the connection without a word: it may well be kept', async () => {
  const stages = new MemoryStages()
  const begun = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  stages.listCases = async () => {
    begun.resolve()
    await gate.promise
    return []
  }
  await using door = await Door.open({}, { stages })
  const key = await door.key(['cases:read'])
  const socket = await connected(door.url)
  const said = everything(socket)
  socket.write(`GET /v1/cases HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n\r\n`)
  await begun.promise
  socket.write(`${secret}\r\n\r\n`)
  expect(await said).toBe('')
  gate.resolve()
  expect((await door.ask('/healthz', undefined)).status).toBe(200)
  expect(door.log.join('')).not.toMatch(/request_unreadable|users\.example/)
})

it('a request whose body turns unreadable before it is whole is answered: nothing of it was kept', async () => {
  await using door = await Door.open()
  const key = await door.key(['scans:write'])
  const socket = await connected(door.url)
  const said = everything(socket)
  const head = `POST /v1/scans HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nContent-Type: image/png`
  socket.write(`${head}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n${secret}\r\n`)
  expect(await said).toMatch(/^HTTP\/1\.1 400 /)
  expect(door.stages.scans).toEqual([])
})
