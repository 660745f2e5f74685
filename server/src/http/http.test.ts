import { describe, expect, test } from 'vitest'
import { Fault, systemClock } from '#base'
import { connected, Door } from './testing.ts'

const image = new Uint8Array([1, 2, 3])
const read = async (answer: Response) => (await answer.json()) as Record<string, unknown>

describe('who may', () => {
  test('nobody without a key, and the answer says how to send one', async () => {
    await using door = await Door.open()
    for (const authorization of ['', 'Basic abc', 'Bearer', `Bearer ${'x'.repeat(600)}`]) {
      const answer = await door.ask('/v1/cases', undefined, { headers: { authorization } })
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="wardline"')
      expect(await read(answer)).toMatchObject({ status: 401, code: 'key_missing' })
    }
  })

  test('not an unknown key, nor one whose time is over', async () => {
    let now = 1_000_000
    await using door = await Door.open({}, { clock: { ...systemClock, now: () => now } })
    const key = await door.key(['cases:read'], now + 1000)
    expect((await door.ask('/v1/cases', key)).status).toBe(200)
    now += 1000
    const expired = await door.ask('/v1/cases', key)
    expect(expired.headers.get('www-authenticate')).toContain('invalid_token')
    expect(await read(expired)).toMatchObject({ status: 401, code: 'expired_key' })
    expect(await read(await door.ask('/v1/cases', `wl_${'a'.repeat(43)}`))).toMatchObject({
      status: 401,
      code: 'unknown_key',
    })
  })

  test('not a key of another scope, and it hears so before its body is read', async () => {
    await using door = await Door.open()
    const key = await door.key(['scans:read'])
    const answer = await answerBeforeBody(
      door.url,
      `POST /v1/scans HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: image/png\r\ncontent-length: 900000\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1.1 403 /)
    expect(answer).toContain('insufficient_scope')
    const anonymous = await answerBeforeBody(
      door.url,
      'POST /v1/scans HTTP/1.1\r\nhost: x\r\ncontent-length: 900000\r\n\r\n',
    )
    expect(anonymous).toMatch(/^HTTP\/1.1 401 /)
  })

  test('a service reads cases and decides none; a reviewer decides', async () => {
    await using door = await Door.open()
    door.stages.dismissCase = async ({ number, reason }) => ({
      number,
      state: reason === 'harmless' ? 'dismissed' : 'settling',
      viewed: false,
    })
    const init = { method: 'POST', body: '{"reason":" harmless "}', headers: { 'content-type': 'application/json' } }
    const service = await door.key(['cases:read'])
    expect((await door.ask('/v1/cases/7/dismiss', service, init)).status).toBe(403)
    const reviewer = await door.personKey('reviewer', ['cases:read', 'cases:decide'])
    expect(await read(await door.ask('/v1/cases/7/dismiss', reviewer, init))).toEqual({
      number: 7,
      state: 'dismissed',
      viewed: false,
    })
  })
})

describe('a failure', () => {
  test('of the house is told without its words, and logged without values', async () => {
    await using door = await Door.open()
    const key = await door.key(['scans:write'])
    door.stages.scan = async () => {
      throw Object.assign(new TypeError('cannot read hunter2 of a@example.org'), { detail: 'hunter2' })
    }
    const answer = await door.scan(key, image)
    const problem = await read(answer)
    expect(problem).toMatchObject({ status: 500, code: 'internal', type: 'urn:wardline:problem:internal' })
    const lines = door.log.join('')
    expect(lines).toContain('a request met a bug')
    expect(lines).toContain(String(problem['requestId']))
    expect(JSON.stringify(problem) + lines).not.toMatch(/hunter2|example\.org|testing\.ts.*\n.*cannot read/)
  })

  test.each([
    ['later', 503, 'unavailable', '90'],
    ['ask_a_person', 500, 'internal', null],
  ] as const)('of an unknown code with retry %s', async (retry, status, code, after) => {
    await using door = await Door.open()
    const key = await door.key(['scans:write'])
    door.stages.scan = async () => {
      throw new Fault('odd_thing', 'hunter2', { retry, ...(retry === 'later' ? { retryAfterMs: 89_500 } : {}) })
    }
    const answer = await door.scan(key, image)
    expect(answer.headers.get('retry-after')).toBe(after)
    const problem = await read(answer)
    expect(problem).toMatchObject({ status, code })
    expect(JSON.stringify(problem)).not.toContain('hunter2')
  })

  test('to find anything is a problem too, whatever the address holds', async () => {
    await using door = await Door.open()
    for (const path of [
      '/',
      '/v2/scans',
      '/v1/scans',
      '/metrics',
      '/appeals',
      '/%ff',
      `/v1/scans/${'x'.repeat(1000)}`,
    ]) {
      const answer = await door.ask(path, undefined)
      expect(answer.headers.get('content-type'), path).toContain('application/problem+json')
      expect(answer.status, path).toBeGreaterThanOrEqual(400)
      expect(answer.status, path).toBeLessThan(500)
    }
  })
})

test('every answer forbids to be cached, framed or guessed at', async () => {
  await using door = await Door.open()
  for (const path of ['/healthz', '/v1/cases', '/appeals/known', '/nothing']) {
    const { headers } = await door.ask(path, undefined)
    expect(headers.get('cache-control'), path).toBe('no-store')
    expect(headers.get('x-content-type-options'), path).toBe('nosniff')
    expect(headers.get('referrer-policy'), path).toBe('no-referrer')
    expect(headers.get('content-security-policy'), path).toContain("default-src 'none'")
    expect(headers.get('content-security-policy'), path).toContain("frame-ancestors 'none'")
  }
})

test('the log has one line per request: pattern, status, key id; no address, header or body', async () => {
  await using door = await Door.open()
  const key = await door.key(['scans:write'])
  await door.scan(key, 'hunter2', {
    'wardline-context': encodeURIComponent('{"account":{"id":"hunter2"}}'),
    'x-odd': 'hunter2',
  })
  await door.ask('/appeals/hunter2?also=hunter2', undefined)
  await door.ask('/hunter2', undefined)
  const lines = door.log.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines[0]).toMatchObject({
    environment: 'sandbox',
    msg: expect.stringContaining('NOTHING IS REPORTED TO NCMEC'),
  })
  expect(lines.filter(({ msg }) => msg === 'request')).toMatchObject([
    {
      route: 'POST /v1/scans',
      status: 200,
      key: expect.stringMatching(/^key_/),
      request: expect.stringMatching(/^req_/),
      ms: expect.any(Number),
    },
    { route: 'GET /appeals/:token', status: 404, problem: 'no_such_link' },
    { route: 'unknown', status: 404, problem: 'no_such_route' },
  ])
  expect(door.log.join('')).not.toContain('hunter2')
  expect(door.log.join('')).not.toContain(key)
})

/** Sends only the head of a request and gives the head of the answer. */
async function answerBeforeBody(url: string, head: string): Promise<string> {
  const socket = await connected(url)
  const first = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(String(chunk))))
  socket.write(head)
  const answer = await first
  socket.destroy()
  return answer
}
