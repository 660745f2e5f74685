import { createHash } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { answering, code, reply, type Seen } from '../testing/server.ts'
import { type Cybertip, openCybertip } from './client.ts'
import { CybertipFault } from './fault.ts'

const openAt = (baseUrl: string, timeoutMs = 5_000): Cybertip =>
  openCybertip({ environment: 'sandbox', baseUrl, username: 'usér', password: 'p:w', timeoutMs })

/** One answer to one submit. */
async function submitTo(answer: Parameters<typeof answering>[0], timeoutMs?: number) {
  await using server = await answering(answer)
  const result = await openAt(server.url, timeoutMs).submit('<report/>')
  return { result, seen: server.seen }
}

/** The fault's facts; fails where there is none. */
function facts(result: object) {
  if (!(result instanceof CybertipFault)) throw new Error('expected a fault')
  return result.facts()
}

describe('what the client sends', () => {
  it('basic credentials, NCMEC content type, and the document as UTF-8', async () => {
    await using server = await answering((_, response) => reply(response, `${code(0)}<reportId>4564654</reportId>`))
    const result = await openAt(`${server.url}/`).submit('<report>é</report>')
    expect(result).toMatchObject({ kind: 'ok', reportId: '4564654', requestId: 'request-1', httpStatus: 200 })
    const [seen] = server.seen
    expect(seen).toMatchObject({ method: 'POST', path: '/ispws/submit', body: Buffer.from('<report>é</report>') })
    expect(seen?.headers['content-type']).toBe('text/xml; charset=utf-8')
    expect(seen?.headers.authorization).toBe(`Basic ${Buffer.from('usér:p:w').toString('base64')}`)
  })

  it('finish and retract as multipart with the one field id', async () => {
    await using server = await answering((seen, response) =>
      seen.path.endsWith('finish')
        ? reply(response, '<responseCode>0</responseCode><reportId>7</reportId><files/>', 200, 'reportDoneResponse')
        : reply(response, `${code(0)}<reportId>7</reportId>`),
    )
    const client = openAt(server.url)
    const finished = await client.finish('7')
    expect(finished).toMatchObject({ kind: 'ok', fileIds: [] })
    expect(new TextDecoder().decode(finished.kind === 'ok' ? finished.rawXml : undefined)).toContain('<files/>')
    expect(await client.retract('7')).toMatchObject({ kind: 'ok' })
    for (const seen of server.seen) expect((await formOf(seen)).get('id')).toBe('7')
  })

  it.each([undefined, 300_000])('a file as a stream, its length announced: %s', async (sizeBytes) => {
    await using server = await answering((seen, response) => {
      const hash = createHash('md5').update(fileIn(seen)).digest('hex')
      reply(response, `${code(0)}<reportId>7</reportId><fileId>${'1'.repeat(32)}</fileId><hash>${hash}</hash>`)
    })
    let opened = 0
    const file = {
      fileName: 'file-1.bin',
      open: async function* () {
        opened += 1
        for (let i = 0; i < 300; i += 1) yield Buffer.alloc(1000, i)
      },
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
    }
    const client = openAt(server.url)
    const first = await client.upload('7', file)
    expect(first).toMatchObject({ kind: 'ok', fileId: '1'.repeat(32), sentBytes: 300_000 })
    expect(first.kind === 'ok' && first.hash === first.sentMd5).toBe(true)
    // A second attempt finds the stream opened anew, not used up.
    expect(await client.upload('7', file)).toMatchObject({ kind: 'ok', sentBytes: 300_000 })
    expect(opened).toBe(2)
    const form = await formOf(server.seen[0])
    expect(form.get('id')).toBe('7')
    expect(form.get('file')).toMatchObject({ name: 'file-1.bin', size: 300_000 })
    expect(server.seen[0]?.headers['content-length'] !== undefined).toBe(sizeBytes !== undefined)
  })

  it('a file in memory, and no file name but a neutral one', async () => {
    await using server = await answering((_, response) => reply(response, `${code(0)}<fileId>a</fileId>`))
    const bytes = new Uint8Array([1, 2, 3])
    const client = openAt(server.url)
    expect(await client.upload('7', { fileName: 'a.png', open: () => bytes })).toMatchObject({ sentBytes: 3 })
    const named = client.upload('7', { fileName: 'my "holiday"\r\n.png', open: () => bytes })
    await expect(named).rejects.toThrow('upload: not a neutral file name')
    await expect(client.finish('7"')).rejects.toThrow('a report id is a string of digits')
    expect(server.seen).toHaveLength(1)
  })

  it('status and schema by GET', async () => {
    await using server = await answering((seen, response) =>
      seen.path.endsWith('xsd')
        ? response.end('<?xml version="1.0"?><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>')
        : reply(response, '<responseCode>0</responseCode><responseDescription>Remote User : u</responseDescription>'),
    )
    const client = openAt(server.url)
    expect(await client.status()).toMatchObject({ kind: 'ok', description: 'Remote User : u' })
    expect(await client.xsd()).toMatchObject({ kind: 'ok' })
    expect(server.seen.map(({ method }) => method)).toEqual(['GET', 'GET'])
  })
})

describe('what the client makes of answers', () => {
  it.each([
    [0, 200, 'unreadable_answer', 'later', 'unknown'],
    [1000, 500, 'temporarily_refused', 'later', 'refused'],
    [1210, 404, 'wrong_endpoint', 'ask_a_person', 'refused'],
    [2000, 200, 'credentials', 'ask_a_person', 'refused'],
    [4100, 200, 'not_accepted', 'never', 'refused'],
    [4100, 400, 'not_accepted', 'never', 'refused'],
    [4999, 400, 'unknown_code', 'ask_a_person', 'refused'],
    [5001, 404, 'report_gone', 'never', 'refused'],
    [5002, 404, 'file_gone', 'never', 'refused'],
    [5101, 400, 'already_retracted', 'never', 'refused'],
    [5102, 400, 'already_finished', 'never', 'refused'],
  ])('code %d with status %d', async (n, status, fault, retry, outcome) => {
    const { result, seen } = await submitTo((_, response) => reply(response, `${code(n)}<new/>`, status))
    expect(facts(result)).toMatchObject({ code: fault, retry, outcome, httpStatus: status, requestId: 'request-1' })
    // It never tries again by itself: a submit is not idempotent.
    expect(seen).toHaveLength(1)
  })

  it('401 is about credentials, whether it says nothing or code 1000', async () => {
    const empty = await submitTo((_, response) => response.writeHead(401).end())
    const coded = await submitTo((_, response) => reply(response, code(1000), 401))
    for (const { result } of [empty, coded]) {
      expect(facts(result)).toMatchObject({ code: 'credentials', retry: 'ask_a_person', outcome: 'refused' })
    }
  })

  it('an error page, half a document and 5xx leave the outcome unknown', async () => {
    const page = await submitTo((_, response) => response.end('<html><body>It works!<br></body></html>'))
    expect(facts(page.result)).toMatchObject({ code: 'unreadable_answer', outcome: 'unknown' })
    const half = await submitTo((_, response) => response.end('<reportResponse><responseCode>0</responseC'))
    expect(facts(half.result)).toMatchObject({ code: 'unreadable_answer', outcome: 'unknown' })
    const down = await submitTo((_, response) => response.writeHead(503, { 'retry-after': '7' }).end('<html>'))
    expect(facts(down.result)).toMatchObject({ code: 'server_failed', outcome: 'unknown', retryAfterMs: 7000 })
  })

  it('429 is a refusal with a time', async () => {
    const { result } = await submitTo((_, response) => response.writeHead(429, { 'retry-after': '30' }).end())
    expect(facts(result)).toMatchObject({ code: 'too_busy', outcome: 'refused', retryAfterMs: 30_000 })
  })

  it('a redirect is not followed: credentials go to one origin only', async () => {
    await using elsewhere = await answering((_, response) => reply(response, `${code(0)}<reportId>1</reportId>`))
    for (const status of [301, 302, 307, 308]) {
      const { result } = await submitTo((_, response) => response.writeHead(status, { location: elsewhere.url }).end())
      expect(facts(result)).toMatchObject({ code: 'redirected', retry: 'ask_a_person', httpStatus: status })
      // A file leads elsewhere as little as a report does.
      await using here = await answering((_, response) => response.writeHead(status, { location: elsewhere.url }).end())
      const uploaded = await openAt(here.url).upload('7', { fileName: 'a', open: () => new Uint8Array(9) })
      expect(facts(uploaded)).toMatchObject({ code: 'redirected', outcome: 'refused' })
    }
    expect(elsewhere.seen).toEqual([])
  })

  it('silence and a broken connection leave the outcome unknown', async () => {
    const silent = await submitTo(() => {}, 50)
    expect(facts(silent.result)).toMatchObject({ code: 'timed_out', outcome: 'unknown' })
    const stalled = await submitTo((_, response) => void response.write('<reportResponse>'), 50)
    expect(facts(stalled.result)).toMatchObject({ code: 'timed_out', outcome: 'unknown' })
    const broken = await submitTo((_, response) => response.destroy())
    expect(facts(broken.result)).toMatchObject({ code: 'broken_off', outcome: 'unknown', retry: 'now' })
  })

  it('nothing listening is a refusal: nothing was sent', async () => {
    const server = await answering(() => {})
    await server[Symbol.asyncDispose]()
    expect(facts(await openAt(server.url).finish('7'))).toMatchObject({ code: 'unreachable', outcome: 'refused' })
  })

  it('an answer about another report is no success', async () => {
    await using server = await answering((_, response) => reply(response, `${code(0)}<reportId>8</reportId>`))
    expect(facts(await openAt(server.url).finish('7'))).toMatchObject({
      code: 'contradictory_answer',
      outcome: 'unknown',
    })
  })

  it('a source that breaks, or is not as long as announced, is told from a broken network', async () => {
    await using server = await answering((_, response) => reply(response, code(0)))
    const client = openAt(server.url)
    const broken = async function* () {
      yield new Uint8Array(10)
      throw new Error('disk')
    }
    for (const file of [{ open: broken }, { open: () => new Uint8Array(3), sizeBytes: 4 }]) {
      const result = await client.upload('7', { fileName: 'a', ...file })
      expect(facts(result)).toMatchObject({ code: 'file_unreadable', outcome: 'unknown' })
    }
    expect(server.seen).toEqual([])
  })

  it('the Request-ID is kept when the answer breaks off, goes silent or never ends', async () => {
    const head = (response: Parameters<Parameters<typeof answering>[0]>[1], status = 200) =>
      response.writeHead(status, { 'request-id': 'request-9', 'content-length': 40_000_000 })
    const broken = await submitTo((_, response) => {
      head(response).write('<reportResponse>', () => response.destroy())
    })
    expect(facts(broken.result)).toMatchObject({ code: 'broken_off', requestId: 'request-9', outcome: 'unknown' })
    const silent = await submitTo((_, response) => void head(response).write('<reportResponse>'), 50)
    expect(facts(silent.result)).toMatchObject({ code: 'timed_out', requestId: 'request-9', outcome: 'unknown' })
    const endless = await submitTo((_, response) => void head(response).end(Buffer.alloc(40_000_000)))
    expect(facts(endless.result)).toMatchObject({ code: 'unreadable_answer', requestId: 'request-9' })
    // Of these the head alone says enough.
    const refused = await submitTo((_, response) => void head(response, 401).write('<rep', () => response.destroy()))
    expect(facts(refused.result)).toMatchObject({ code: 'credentials', requestId: 'request-9', outcome: 'refused' })
  })

  it('an answer that comes before the file is sent ends the sending, and the source is closed', async () => {
    await using server = await hasty()
    let [pieces, closed] = [0, false]
    const open = async function* () {
      try {
        while (pieces < 10_000) {
          pieces += 1
          yield new Uint8Array(1 << 20)
        }
      } finally {
        closed = true
      }
    }
    expect(facts(await openAt(server.url).upload('7', { fileName: 'a', open }))).toMatchObject({ httpStatus: 403 })
    await expect.poll(() => closed).toBe(true)
    expect(pieces).toBeLessThan(10_000)
  })

  it('either root is read on every endpoint, and elements of a newer schema are handed on', async () => {
    await using server = await answering((_, response) =>
      reply(
        response,
        '<responseCode>0</responseCode><reportId>7</reportId><files><fileId>a</fileId></files><newer>1</newer>',
        200,
        'reportDoneResponse',
      ),
    )
    const client = openAt(server.url)
    const unknown = [{ name: 'newer', text: '1', children: [] }]
    expect(await client.submit('<report/>')).toMatchObject({ kind: 'ok', reportId: '7', unknown })
    expect(await client.retract('7')).toMatchObject({ kind: 'ok', unknown })
    await using other = await answering((_, response) => reply(response, `${code(0)}<reportId>7</reportId>`))
    expect(await openAt(other.url).finish('7')).toMatchObject({ kind: 'ok', fileIds: undefined })
  })

  it("a fault shows neither the answer's words nor the request's", async () => {
    const { result } = await submitTo((_, response) =>
      reply(response, code(4100).replace('words', 'ann@mail.example'), 400),
    )
    if (!(result instanceof CybertipFault)) throw new Error('expected a fault')
    const printed = JSON.stringify(result) + String(result) + JSON.stringify(result.facts())
    expect(printed).not.toMatch(/ann|Basic|report\//)
    expect(new TextDecoder().decode(result.rawAnswer())).toContain('ann@mail.example')
  })
})

async function formOf(seen: Seen | undefined): Promise<FormData> {
  const headers = { 'content-type': seen?.headers['content-type'] ?? '' }
  return new Response(seen ? new Uint8Array(seen.body) : null, { headers }).formData()
}

/** The file part's bytes, cut out by hand: what a server hashes. */
function fileIn({ body }: Seen): Buffer {
  const head = body.indexOf('application/octet-stream\r\n\r\n') + 'application/octet-stream\r\n\r\n'.length
  return body.subarray(head, body.lastIndexOf('\r\n--'))
}

it('a file without end is not gathered in memory when the server stops reading', async () => {
  await using server = await deaf()
  let pieces = 0
  let closed = false
  const open = async function* () {
    try {
      // Would be without end, but a failing test must end.
      while (pieces < 1000) {
        pieces += 1
        yield new Uint8Array(1 << 20)
      }
    } finally {
      closed = true
    }
  }
  const client = openCybertip({
    environment: 'sandbox',
    baseUrl: server.url,
    username: 'u',
    password: 'p',
    timeoutMs: 300,
  })
  expect(facts(await client.upload('7', { fileName: 'a', open }))).toMatchObject({ code: 'timed_out' })
  // What the sockets' own buffers hold, and no more.
  expect(pieces).toBeLessThan(64)
  // And fetch, which goes on pulling after an abort, finds the source closed.
  await expect.poll(() => closed).toBe(true)
  expect(pieces).toBeLessThan(64)
})

/** Says no to the first bytes of a request and reads no further. */
async function hasty(): Promise<AsyncDisposable & { url: string }> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.pause()
      socket.write('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n')
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${Object(server.address()).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** Takes connections and reads nothing. */
async function deaf(): Promise<AsyncDisposable & { url: string }> {
  const sockets: Socket[] = []
  const server = createServer({ pauseOnConnect: true }, (socket) => void sockets.push(socket))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${Object(server.address()).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => server.close(closed))
    },
  }
}
