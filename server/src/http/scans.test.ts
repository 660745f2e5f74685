import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { Fault } from '#base'
import { connected, Door, everything } from './testing.ts'

const image = new Uint8Array([1, 2, 3, 4])
const megabyte = 1024 * 1024
const encoded = (context: unknown) => ({ 'wardline-context': encodeURIComponent(JSON.stringify(context)) })
const file = (bytes: Uint8Array<ArrayBuffer> = image) => new Blob([bytes], { type: 'image/png' })
const problemOf = async (answer: Response): Promise<Record<string, unknown>> => ({
  ...((await answer.json()) as Record<string, unknown>),
  status: answer.status,
})

function form(...parts: readonly (readonly [string, string | Blob, string?])[]): FormData {
  const made = new FormData()
  for (const [name, value, fileName] of parts)
    if (typeof value === 'string') made.append(name, value)
    else made.append(name, value, fileName ?? 'a.png')
  return made
}

async function open(...given: Parameters<typeof Door.open>) {
  const door = await Door.open(...given)
  return {
    door,
    key: await door.key(['scans:write', 'scans:read']),
    [Symbol.asyncDispose]: () => door[Symbol.asyncDispose](),
  }
}

describe('a raw image', () => {
  test('comes to the stages byte for byte, with its context and key', async () => {
    await using world = await open()
    const { door, key } = world
    const context = { surface: 'upload', account: { id: 'a', displayName: 'Zoë 🌻' } }
    const answer = await door.scan(key, image, { ...encoded(context), 'idempotency-key': 'k-1' })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ id: 'scan_1_0', verdict: 'clear' })
    const [call] = door.stages.scans
    expect(call).toMatchObject({ context, idempotencyKey: 'k-1', images: [{ fileName: undefined }] })
    expect(call?.images[0]?.bytes.equals(image)).toBe(true)
  })

  test.each(['image/png', 'image/x-lies', 'application/octet-stream', 'IMAGE/JPEG; charset=utf-8'])(
    'is taken as %s: what it is stands in its bytes',
    async (type) => {
      await using world = await open()
      expect((await world.door.scan(world.key, image, { 'content-type': type })).status).toBe(200)
    },
  )

  test('is taken without any content type', async () => {
    await using world = await open()
    const answer = await world.door.ask('/v1/scans', world.key, { method: 'POST', body: image })
    expect(answer.status).toBe(200)
  })

  test.each(['text/plain', 'application/json', 'application/x-www-form-urlencoded', 'nonsense'])(
    'is refused as %s',
    async (type) => {
      await using world = await open()
      const problem = await problemOf(await world.door.scan(world.key, image, { 'content-type': type }))
      expect(problem).toMatchObject({ status: 415 })
      expect(problem['next']).toContain('application/octet-stream')
      expect(world.door.stages.scans).toHaveLength(0)
    },
  )

  test('that is empty is refused', async () => {
    await using world = await open()
    expect(await problemOf(await world.door.scan(world.key, new Uint8Array()))).toMatchObject({
      status: 400,
      code: 'body_empty',
    })
    const bare = await world.door.ask('/v1/scans', world.key, { method: 'POST' })
    expect(await problemOf(bare)).toMatchObject({ status: 400, code: 'body_empty' })
  })

  test('exactly at the limit is taken, one byte more is not', async () => {
    await using world = await open()
    expect((await world.door.scan(world.key, new Uint8Array(megabyte))).status).toBe(200)
    const answer = await world.door.scan(world.key, new Uint8Array(megabyte + 1))
    expect(await problemOf(answer)).toMatchObject({ status: 413, code: 'body_too_large' })
  })

  test('that does not say its size is refused once it is over the limit, and an endless one is cut off', async () => {
    await using world = await open()
    let sent = 0
    const endless = new ReadableStream({
      pull: (stream) => {
        sent += 65_536
        stream.enqueue(new Uint8Array(65_536))
      },
    })
    const answer = await world.door
      .ask('/v1/scans', world.key, {
        method: 'POST',
        body: endless,
        duplex: 'half',
        headers: { 'content-type': 'image/png' },
      })
      .then(problemOf, () => 'cut off')
    if (answer !== 'cut off') expect(answer).toMatchObject({ status: 413, code: 'body_too_large' })
    expect(sent).toBeLessThan(64 * megabyte)
    expect(world.door.stages.scans).toHaveLength(0)
  })

  test('whose sender goes on and on after the refusal is cut off', async () => {
    await using world = await open()
    const socket = await connected(world.door.url)
    const heard = everything(socket)
    socket.write(
      `POST /v1/scans HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${world.key}\r\ncontent-type: image/png\r\ntransfer-encoding: chunked\r\n\r\n`,
    )
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
    const gone = heard.then(() => false)
    const written = () => new Promise<boolean>((resolve) => socket.write(chunk, (error) => resolve(!error)))
    const taken = () => Promise.race([gone, written()])
    let sent = 0
    while (sent < 64 * megabyte && (await taken())) sent += 65_536
    socket.destroy()
    expect(await heard).toMatch(/^HTTP\/1.1 413 /)
    expect(sent).toBeLessThan(64 * megabyte)
  })

  test('whose sender hangs up midway reaches no stage, and the server lives on', async () => {
    await using world = await open()
    const { port, hostname } = new URL(world.door.url)
    const socket = connect(Number(port), hostname)
    const head = `POST /v1/scans HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${world.key}\r\ncontent-type: image/png\r\ncontent-length: 1000\r\n\r\nhalf`
    await new Promise<void>((resolve) => socket.write(head, () => resolve()))
    await new Promise<void>((resolve) => socket.once('close', () => resolve()).destroy())
    expect((await world.door.scan(world.key, image)).status).toBe(200)
    expect(world.door.stages.scans).toHaveLength(1)
  })
})

test('more uploads at once than memory holds are turned away unread, and taken again when there is room', async () => {
  await using world = await open()
  const { hostname, port } = new URL(world.door.url)
  const head = `POST /v1/scans HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${world.key}\r\ncontent-type: image/png\r\ncontent-length: ${megabyte}\r\n\r\nhalf`
  const sockets = Array.from({ length: 8 }, () => connect(Number(port), hostname))
  await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.write(head, () => resolve()))))
  const status = async () => (await world.door.scan(world.key, image)).status
  await expect.poll(status).toBe(503)
  for (const socket of sockets) socket.destroy()
  await expect.poll(status).toBe(200)
})

describe('a wrong context', () => {
  test.each([
    [{ surfce: 'upload' }, { path: 'surfce', words: 'is not a known key' }],
    [{ account: { id: 'a', email: 'hunter2' } }, { path: 'account.email', words: 'must be an e-mail address' }],
    [{ origin: { ip: 'hunter2' } }, { path: 'origin.ip', words: 'must be an IPv4 or IPv6 address' }],
    [7, { path: '', words: 'must be an object with keys' }],
  ])('%j is told by path, never by value', async (context, wrong) => {
    await using world = await open()
    for (const answer of [
      await world.door.scan(world.key, image, encoded(context)),
      await world.door.scan(world.key, form(['file', file()], ['context', JSON.stringify(context)])),
    ]) {
      const problem = await problemOf(answer)
      expect(problem).toMatchObject({ status: 400, code: 'context_wrong', wrong: [wrong] })
      expect(JSON.stringify(problem)).not.toContain('hunter2')
    }
    expect(world.door.log.join('')).not.toContain('hunter2')
    expect(world.door.stages.scans).toHaveLength(0)
  })

  test('arrives letter by letter, as plain JSON in UTF-8 and percent-encoded', async () => {
    await using world = await open()
    const context = { fileName: 'grün 100% 日本 %41.jpg', account: { id: 'ü', email: 'a.@döcomo.example' } }
    const json = JSON.stringify(context)
    const headers = [encodeURIComponent(json), Buffer.from(json).toString('latin1')]
    for (const header of headers) {
      expect((await world.door.scan(world.key, image, { 'wardline-context': header })).status).toBe(200)
      expect(world.door.stages.scans.at(-1)?.context).toMatchObject(context)
    }
    const broken = await world.door.scan(world.key, image, { 'wardline-context': '{"fileName":"gr\u00fcn"}' })
    expect(await problemOf(broken)).toMatchObject({ status: 400, code: 'context_wrong' })
  })

  test('that comes twice, in the header and in the form, is refused', async () => {
    await using world = await open()
    const body = form(['file', file()], ['context', '{"account":{"id":"part"}}'])
    const answer = await world.door.scan(world.key, body, { 'wardline-context': '{"account":{"id":"header"}}' })
    expect(await problemOf(answer)).toMatchObject({ status: 400, code: 'form_wrong' })
  })

  test('that is no JSON, or not percent-encoded, is refused', async () => {
    await using world = await open()
    for (const header of ['%E0%A4%A', '{hunter2', encodeURIComponent('{"a":')]) {
      const problem = await problemOf(await world.door.scan(world.key, image, { 'wardline-context': header }))
      expect(problem).toMatchObject({ status: 400, code: 'context_wrong' })
      expect(JSON.stringify(problem)).not.toContain('hunter2')
    }
    expect(await problemOf(await world.door.scan(world.key, form(['file', file()], ['context', '{'])))).toMatchObject({
      code: 'context_wrong',
    })
  })
})

describe('a form', () => {
  test('holds several files, answered in order with the worst verdict', async () => {
    await using world = await open()
    const parts = form(
      ['file', file(), 'one.png'],
      ['context', '{"surface":"profile"}'],
      ['file', file(new Uint8Array([9]))],
    )
    const answer = await world.door.scan(world.key, parts)
    expect(await answer.json()).toEqual({
      verdict: 'clear',
      results: [
        { id: 'scan_1_0', verdict: 'clear' },
        { id: 'scan_1_1', verdict: 'clear' },
      ],
    })
    expect(world.door.stages.scans[0]).toMatchObject({
      context: { surface: 'profile' },
      images: [{ fileName: 'one.png' }, { fileName: 'a.png' }],
    })
    expect(world.door.stages.scans[0]?.images[1]?.bytes).toEqual(Buffer.from([9]))
  })

  test('with one file is answered like a raw image; the context may come first, last, as a file, or not at all', async () => {
    await using world = await open()
    const json = new Blob(['{"surface":"profile"}'], { type: 'application/json' })
    for (const parts of [
      form(['context', '{"surface":"profile"}'], ['file', file()]),
      form(['file', file()], ['context', '{"surface":"profile"}']),
      form(['file', file()], ['context', json, 'context.json']),
      form(['file', file()]),
    ])
      expect(await (await world.door.scan(world.key, parts)).json()).toMatchObject({ verdict: 'clear' })
    expect(world.door.stages.scans.map(({ context }) => context.surface)).toEqual([
      'profile',
      'profile',
      'profile',
      'other',
    ])
  })

  test('may say the type of its JSON part', async () => {
    await using world = await open()
    const body =
      '--x\r\ncontent-disposition: form-data; name="context"\r\ncontent-type: application/json\r\n\r\n{"surface":"profile"}\r\n--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nbytes\r\n--x--\r\n'
    const answer = await world.door.scan(world.key, body, { 'content-type': 'multipart/form-data; boundary=x' })
    expect(answer.status).toBe(200)
    expect(world.door.stages.scans[0]).toMatchObject({ context: { surface: 'profile' } })
  })

  test.each([
    ['no file', form(['context', '{}']), 400, 'body_empty'],
    ['an unknown part', form(['file', file()], ['picture', file()]), 400, 'form_wrong'],
    ['an unknown field', form(['file', file()], ['note', 'x']), 400, 'form_wrong'],
    ['two contexts', form(['file', file()], ['context', '{}'], ['context', '{}']), 400, 'form_wrong'],
    ['a file sent as text', form(['file', 'bytes']), 400, 'form_wrong'],
    [
      'four files where three are allowed',
      form(['file', file()], ['file', file()], ['file', file()], ['file', file()]),
      413,
      'too_many_files',
    ],
    ['a hundred files', form(...Array.from({ length: 100 }, () => ['file', file()] as const)), 413, 'too_many_files'],
    ['a file over the limit', form(['file', file(new Uint8Array(megabyte + 1))]), 413, 'body_too_large'],
    [
      'files that together are over the limit',
      form(['file', file(new Uint8Array(600_000))], ['file', file(new Uint8Array(600_000))]),
      413,
      'body_too_large',
    ],
    [
      'a body that says it is far over the limit',
      form(['file', file(new Uint8Array(8 * megabyte))]),
      413,
      'body_too_large',
    ],
    [
      'a context longer than any',
      form(['context', JSON.stringify({ service: 'x'.repeat(4_500_000) })], ['file', file()]),
      400,
      'context_wrong',
    ],
    [
      'a context without supplements that is longer than one may be',
      form(
        ['context', JSON.stringify({ exif: Array(100).fill({ name: 'a', value: 'x'.repeat(1000) }) })],
        ['file', file()],
      ),
      400,
      'context_wrong',
    ],
    [
      'a long context sent as a file',
      form(['context', new Blob(['x'.repeat(4_500_000)])], ['file', file()]),
      400,
      'context_wrong',
    ],
  ])('with %s is refused', async (_what, parts, status, code) => {
    await using world = await open()
    expect(await problemOf(await world.door.scan(world.key, parts))).toMatchObject({ status, code })
    expect(world.door.stages.scans).toHaveLength(0)
    expect((await world.door.scan(world.key, image)).status).toBe(200)
  })

  test.each([
    ['without a boundary', 'multipart/form-data', 'x'],
    ['with no part in it', 'multipart/form-data; boundary=x', ''],
    [
      'that ends midway',
      'multipart/form-data; boundary=x',
      '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nhalf',
    ],
    [
      'with a part named like a built-in',
      'multipart/form-data; boundary=x',
      '--x\r\ncontent-disposition: form-data; name="__proto__"\r\n\r\n1\r\n--x--\r\n',
    ],
  ])('%s is refused', async (_what, type, body) => {
    await using world = await open()
    const problem = await problemOf(await world.door.scan(world.key, body, { 'content-type': type }))
    expect(problem['status']).toBe(400)
    expect(['form_wrong', 'body_empty']).toContain(problem['code'])
    expect(world.door.stages.scans).toHaveLength(0)
  })
})

describe('an Idempotency-Key', () => {
  test('that is no visible ASCII or too long is refused', async () => {
    await using world = await open()
    for (const key of ['a b', 'ä', 'x'.repeat(256)])
      expect(await problemOf(await world.door.scan(world.key, image, { 'idempotency-key': key }))).toMatchObject({
        status: 400,
        code: 'idempotency_key_wrong',
      })
    expect((await world.door.scan(world.key, image, { 'idempotency-key': 'x'.repeat(255) })).status).toBe(200)
  })

  test('whose request still runs is answered 409, one used with another body 422', async () => {
    await using world = await open()
    world.door.stages.scan = async () => ({ kind: 'in_progress' })
    const running = await world.door.scan(world.key, image, { 'idempotency-key': 'k' })
    expect(running.headers.get('retry-after')).toBe('2')
    expect(await problemOf(running)).toMatchObject({ status: 409, code: 'idempotency_key_in_progress' })
    world.door.stages.scan = async () => ({ kind: 'key_reused' })
    const reused = await world.door.scan(world.key, image, { 'idempotency-key': 'k' })
    expect(await problemOf(reused)).toMatchObject({ status: 422, code: 'idempotency_key_reused' })
  })
})

describe('what the caller hears', () => {
  test('an answer that says more than it may is cut', async () => {
    await using world = await open()
    const answer = { id: 'scan_1', verdict: 'held' as const, listId: 'hunter2', distanceBits: 3 }
    world.door.stages.scan = async () => ({ kind: 'answered', answer })
    expect(await (await world.door.scan(world.key, image)).json()).toEqual({ id: 'scan_1', verdict: 'held' })
  })

  test('of a held scan: what became of it', async () => {
    await using world = await open()
    world.door.stages.scanState = async (id) => (id === 'scan_1' ? 'released' : 'unknown')
    expect(await (await world.door.ask('/v1/scans/scan_1', world.key)).json()).toEqual({
      id: 'scan_1',
      state: 'released',
    })
    expect(await (await world.door.ask('/v1/scans/scan_2', world.key)).json()).toEqual({
      id: 'scan_2',
      state: 'unknown',
    })
  })

  test('of a full disk: nothing is lost, send it again', async () => {
    await using world = await open()
    world.door.stages.scan = async () => {
      throw new Fault('vault_full', 'the disk is full', { retry: 'later' })
    }
    const answer = await world.door.scan(world.key, image)
    expect(answer.headers.get('retry-after')).toBe('60')
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    expect(await problemOf(answer)).toMatchObject({
      status: 503,
      type: 'urn:wardline:problem:vault_full',
      code: 'vault_full',
    })
  })
})

test('the limit counts per key, and says when to come again', async () => {
  await using world = await open({ limits: { scansPerMinutePerKey: 2 } })
  const { door, key } = world
  const other = await door.key(['scans:write'])
  expect((await door.scan(key, image)).status).toBe(200)
  expect((await door.scan(key, image)).status).toBe(200)
  const limited = await door.scan(key, image)
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(Number(limited.headers.get('retry-after'))).toBeLessThanOrEqual(60)
  expect(await problemOf(limited)).toMatchObject({ status: 429, code: 'rate_limited' })
  expect((await door.scan(other, image)).status).toBe(200)
  expect(door.stages.scans).toHaveLength(3)
})
