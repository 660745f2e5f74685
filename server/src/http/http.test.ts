import { connect, createServer, type Socket } from 'node:net'
import type { CaseDetail, CaseSummary, ReportDetail } from '@wardline/api'
import { describe, expect, test } from 'vitest'
import { Fault, systemClock } from '#base'
import { openHttp } from './http.ts'
import { Door, MemoryStages, settings, version } from './testing.ts'

const image = new Uint8Array([1, 2, 3])
const read = async (answer: Response) => (await answer.json()) as Record<string, unknown>

const summary: CaseSummary = {
  id: 'case_1',
  number: 7,
  environment: 'sandbox',
  state: 'waiting_review',
  route: 'review',
  surface: 'upload',
  jurisdiction: null,
  openedAt: 0,
  settlesAt: 1000,
  changedAt: 0,
  decidedBy: null,
  decidedAt: null,
  files: 1,
}
const detail: CaseDetail = {
  ...summary,
  context: { surface: 'upload' },
  decision: null,
  files: [],
  reports: [],
  notices: [],
  appeals: [],
}
const report: ReportDetail = {
  id: 'report_1',
  caseId: 'case_1',
  environment: 'sandbox',
  state: 'needs_person',
  remoteId: null,
  trouble: 'words',
  hasReceipt: false,
  createdAt: 0,
  changedAt: 0,
  finishedAt: null,
  steps: [{ at: 0, step: 'submit', phase: 'intent', outcome: null, responseCode: null, requestId: null }],
}

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

describe('cases and reports', () => {
  test('are listed page by page, times in ISO 8601', async () => {
    await using door = await Door.open()
    const key = await door.key(['cases:read', 'reports:read'])
    const asked: unknown[] = []
    door.stages.listCases = async ({ caller: _, ...page }) => {
      asked.push(page)
      return [summary]
    }
    const page = await read(await door.ask('/v1/cases?state=waiting_review&limit=1&before=9', key))
    expect(page).toEqual({
      cases: [
        {
          ...summary,
          openedAt: '1970-01-01T00:00:00.000Z',
          settlesAt: '1970-01-01T00:00:01.000Z',
          changedAt: '1970-01-01T00:00:00.000Z',
        },
      ],
      next: 7,
    })
    expect(await read(await door.ask('/v1/cases', key))).toMatchObject({ next: null })
    expect(asked).toEqual([
      { state: 'waiting_review', limit: 1, before: 9 },
      { state: undefined, limit: 50, before: undefined },
    ])
    door.stages.listReports = async () => [report]
    expect(await read(await door.ask('/v1/reports?limit=1', key))).toMatchObject({
      reports: [{ id: 'report_1' }],
      next: 'report_1',
    })
  })

  test('show one; a number that is none, or of no case, is refused in words', async () => {
    await using door = await Door.open()
    const key = await door.key(['cases:read', 'reports:read'])
    door.stages.showCase = async (number) => {
      if (number !== 7) throw new Fault('no_such_case', 'no such case', { retry: 'never' })
      return detail
    }
    door.stages.showReport = async () => report
    expect(await read(await door.ask('/v1/cases/7', key))).toMatchObject({ number: 7, decision: null })
    expect(await read(await door.ask('/v1/cases/8', key))).toMatchObject({ status: 404, code: 'no_such_case' })
    expect(await read(await door.ask('/v1/cases/x', key))).toMatchObject({
      status: 400,
      code: 'request_wrong',
      wrong: [{ path: 'number' }],
    })
    expect(await read(await door.ask('/v1/cases?stat=x&limit=900', key))).toMatchObject({
      status: 400,
      wrong: [{ path: 'limit' }, { path: 'stat' }],
    })
    expect(await read(await door.ask('/v1/reports/report_1', key))).toMatchObject({
      steps: [{ at: '1970-01-01T00:00:00.000Z', step: 'submit' }],
    })
  })

  test('a decision: dismissal wants a reason, confirmation takes none or one, and what is not possible says why', async () => {
    await using door = await Door.open()
    const key = await door.personKey('reviewer', ['cases:read', 'cases:decide'])
    const reasons: unknown[] = []
    door.stages.confirmCase = async ({ number, reason }) => {
      reasons.push(reason)
      if (number === 8)
        throw new Fault('not_possible', 'a case that is "reported" cannot take the event "confirmed"', {
          retry: 'never',
        })
      return { number, state: 'reporting', viewed: false }
    }
    const json = { 'content-type': 'application/json' }
    expect((await door.ask('/v1/cases/7/confirm', key, { method: 'POST' })).status).toBe(200)
    expect(
      (await door.ask('/v1/cases/7/confirm', key, { method: 'POST', body: '{"reason":"seen"}', headers: json })).status,
    ).toBe(200)
    expect(reasons).toEqual([undefined, 'seen'])
    expect(await read(await door.ask('/v1/cases/8/confirm', key, { method: 'POST' }))).toMatchObject({
      status: 409,
      code: 'not_possible',
      detail: 'a case that is "reported" cannot take the event "confirmed"',
    })
    for (const body of ['{}', '{"reason":" "}', '{"reason":"x","viewed":true}'])
      expect(
        await read(await door.ask('/v1/cases/7/dismiss', key, { method: 'POST', body, headers: json })),
      ).toMatchObject({ status: 400, code: 'request_wrong' })
    expect(
      await read(await door.ask('/v1/cases/7/dismiss', key, { method: 'POST', body: '{', headers: json })),
    ).toMatchObject({ status: 400, code: 'request_wrong' })
  })

  test('a stuck report is tried again by whoever may', async () => {
    await using door = await Door.open()
    door.stages.retryReport = async () => ({ ...report, state: 'filing' })
    const operator = await door.personKey('operator', ['reports:read', 'reports:retry'])
    const answer = await door.ask('/v1/reports/report_1/retry', operator, { method: 'POST' })
    expect(await read(answer)).toMatchObject({ state: 'filing' })
    const reader = await door.key(['reports:read'])
    expect((await door.ask('/v1/reports/report_1/retry', reader, { method: 'POST' })).status).toBe(403)
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

describe('how it stands', () => {
  test('healthz and readyz need no key; outside production readyz says that nothing is reported', async () => {
    await using door = await Door.open()
    expect(await read(await door.ask('/healthz', undefined))).toEqual({ ok: true })
    const answer = await door.ask('/readyz', undefined)
    expect(answer.status).toBe(200)
    expect(await read(answer)).toEqual({
      ready: true,
      environment: 'sandbox',
      notice: 'NOTHING IS REPORTED TO NCMEC',
      checks: [{ name: 'database', ok: true, words: 'answers' }],
    })
  })

  test('production says nothing of the kind, and one failing check makes it not ready', async () => {
    await using door = await Door.open({ environment: 'production' })
    door.stages.ready = async () => [
      { name: 'a', ok: true, words: '' },
      { name: 'disk', ok: false, words: 'full' },
    ]
    const answer = await door.ask('/readyz', undefined)
    expect(answer.status).toBe(503)
    const told = await read(answer)
    expect(told).toMatchObject({ ready: false, environment: 'production' })
    expect(told).not.toHaveProperty('notice')
    expect(door.log.join('')).not.toContain('NOTHING IS REPORTED')
  })

  test('the metrics stand on a loopback port of their own, and nothing else does', async () => {
    await using door = await Door.open()
    await door.scan(await door.key(['scans:write']), image)
    const text = await (await fetch(door.http.metricsUrl ?? '')).text()
    for (const line of [
      'wardline_scans_total{verdict="clear"} 1',
      'wardline_jobs{state="dead"} 2',
      'wardline_cases{state="waiting_review"} 3',
      'wardline_reports{state="finished"} 4',
      'wardline_lists_entries 5',
      'wardline_lists_version 6',
      'wardline_info{environment="sandbox"} 1',
      'wardline_http_request_seconds_count{route="POST /v1/scans",status="200"} 1',
    ])
      expect(text).toContain(line)
    expect(new URL(door.http.metricsUrl ?? '').hostname).toBe('127.0.0.1')
    expect((await fetch(new URL('/v1/cases', door.http.metricsUrl))).status).toBe(404)
    expect((await door.ask('/metrics', await door.key(['metrics:read']))).status).toBe(404)
  })

  test('without a port of their own they want a key', async () => {
    await using door = await Door.open({ metrics: { port: null } })
    expect(door.http.metricsUrl).toBeUndefined()
    expect((await door.ask('/metrics', undefined)).status).toBe(401)
    expect((await door.ask('/metrics', await door.key(['cases:read']))).status).toBe(403)
    expect(await (await door.ask('/metrics', await door.key(['metrics:read']))).text()).toContain(
      'wardline_jobs{state="dead"} 2',
    )
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

describe('opening and closing', () => {
  test('a port that is taken is told with the key to change, and nothing stays open', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const address = taken.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const log = { info: () => {}, warn: () => {}, error: () => {} }
    const identify = async () => ({ kind: 'refused', why: 'unknown_key' }) as const
    const open = (change: Partial<typeof settings>) =>
      openHttp({
        settings: { ...settings, ...change },
        version,
        log,
        clock: systemClock,
        identify,
        stages: new MemoryStages(),
      })
    await expect(open({ server: { ...settings.server, port } })).rejects.toMatchObject({
      code: 'port_taken',
      message: expect.stringContaining('server.port'),
    })
    await expect(open({ metrics: { port } })).rejects.toMatchObject({
      code: 'port_taken',
      message: expect.stringContaining('metrics.port'),
    })
    await expect(open({ server: { ...settings.server, host: '192.0.2.1' } })).rejects.toMatchObject({
      code: 'host_unknown',
    })
    taken.close()
  })

  test('closing lets the running scan end, turns away what still comes, and takes no new connection', async () => {
    const door = await Door.open()
    const key = await door.key(['scans:write'])
    const entered = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    door.stages.scan = async () => {
      entered.resolve()
      await release.promise
      return { kind: 'answered', answer: { id: 'scan_1', verdict: 'held' } }
    }
    const socket = await connected(door.url)
    const heard = everything(socket)
    socket.write(
      `POST /v1/scans HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: image/png\r\ncontent-length: 3\r\n\r\nabc`,
    )
    await entered.promise
    // The second caller is in the middle of its head, so its line is no idle one.
    const second = await connected(door.url)
    const secondHeard = everything(second)
    second.write('GET /v1/cases HTTP/1.1\r\n')
    await door.ask('/healthz', undefined)
    let closed = false
    const closing = door.http.close().then(() => {
      closed = true
    })
    second.write('host: x\r\n\r\n')
    const turnedAway = await secondHeard
    expect(turnedAway).toMatch(/^HTTP\/1.1 503 /)
    expect(turnedAway).toContain('retry-after: 5')
    expect(turnedAway).toContain('"code":"shutting_down"')
    await expect(connected(door.url)).rejects.toThrow('ECONNREFUSED')
    expect(closed).toBe(false)
    release.resolve()
    await closing
    const text = await heard
    expect(text).toMatch(/^HTTP\/1.1 200 /)
    expect(text).toContain('"verdict":"held"')
    await door[Symbol.asyncDispose]()
  })

  test('a caller that holds the line does not hold the process', async () => {
    const door = await Door.open()
    const key = await door.key(['scans:write'])
    const socket = await connected(door.url)
    const heard = everything(socket)
    socket.write(
      `POST /v1/scans HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: image/png\r\ncontent-length: 300\r\n\r\nabc`,
    )
    await door.ask('/healthz', undefined)
    await door.http.close(50)
    await heard
    await door[Symbol.asyncDispose]()
  })
})

async function connected(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return socket
}

function everything(socket: Socket): Promise<string> {
  let text = ''
  return new Promise((resolve) => {
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })
}

/** Sends only the head of a request and gives the head of the answer. */
async function answerBeforeBody(url: string, head: string): Promise<string> {
  const socket = await connected(url)
  const first = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(String(chunk))))
  socket.write(head)
  const answer = await first
  socket.destroy()
  return answer
}
