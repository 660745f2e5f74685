import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { expect, it } from 'vitest'
import { systemClock } from '#base'
import { post } from './post.ts'
import { probeEndpoint } from './probe.ts'

const secretOf = (seed: number) => `whsec_${Buffer.alloc(32, seed).toString('base64')}`
const here = { clock: systemClock, environment: 'sandbox' } as const
const event = { id: 'hook_1', body: '{"type":"case.held"}' }

interface Asked {
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

async function listening(answer: (asked: Asked, ...rest: Parameters<RequestListener>) => void) {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    const one = { headers: request.headers, body }
    asked.push(one)
    answer(one, request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    asked,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

const verifies = (secret: string, { headers, body }: Asked): boolean => {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>)
    return true
  } catch {
    return false
  }
}

it('an event signed with two secrets is believed by whoever knows either, and by nobody else', async () => {
  await using there = await listening((_asked, _request, response) => response.writeHead(200).end())
  const settings = { url: there.url, secrets: [secretOf(1), secretOf(2)] }
  expect(await post(settings, here, event)).toEqual({ kind: 'taken', status: 200 })
  const [asked] = there.asked
  expect(String(asked?.headers['webhook-signature']).split(' ')).toHaveLength(2)
  expect([1, 2, 3].map((seed) => asked && verifies(secretOf(seed), asked))).toEqual([true, true, false])
})

it.each([
  [302, { location: 'http://127.0.0.1:1/elsewhere' }, 'sends us elsewhere (302)', undefined],
  [410, {}, 'gone (410)', undefined],
  [401, {}, 'another secret', undefined],
  [500, {}, 'did not take it (500)', undefined],
  [429, { 'retry-after': '90' }, 'asks to wait (429)', 90_000],
  [503, { 'retry-after': '999999999' }, 'asks to wait (503)', 3_600_000],
  [503, { 'retry-after': 'soon' }, 'answered 503', undefined],
] as const)(
  'an answer of %i is not taken, and of what it says nothing is kept',
  async (status, headers, words, wait) => {
    await using there = await listening((_asked, _request, response) =>
      response.writeHead(status, headers).end('<b>ours alone</b>'),
    )
    const outcome = await post({ url: there.url, secrets: [secretOf(1)] }, here, event)
    expect(outcome).toMatchObject({ kind: 'not_taken', status, retryAfterMs: wait })
    expect(JSON.stringify(outcome)).toContain(words)
    expect(JSON.stringify(outcome)).not.toContain('ours alone')
    expect(there.asked).toHaveLength(1)
  },
)

it('an endpoint that hangs, hangs up or is not there is not taken; its address is not said', async () => {
  await using hangs = await listening(() => {})
  await using hangsUp = await listening((_asked, request) => request.socket.destroy())
  for (const url of [hangs.url, hangsUp.url, 'http://127.0.0.1:1/?token=abc']) {
    const outcome = await post({ url, secrets: [secretOf(1)], patienceMs: 100 }, here, event)
    expect(outcome).toMatchObject({ kind: 'not_taken', status: null })
    expect(JSON.stringify(outcome)).not.toMatch(/127\.0\.0\.1|token/)
  }
})

it.each([
  ['sandbox', 'https://platform.example/hook', 'outside production'],
  ['test', 'https://platform.example/hook', 'outside production'],
  ['production', 'http://platform.example/hook', 'over https only'],
  ['production', 'https://platform.example/hook', 'under tests'],
] as const)('in %s nothing goes to %s', async (environment, url, words) => {
  const outcome = await post({ url, secrets: [secretOf(1)] }, { clock: systemClock, environment }, event)
  expect(outcome).toMatchObject({ kind: 'not_taken', status: null, words: expect.stringContaining(words) })
})

it('a stop of the server ends a try that hangs, and it does not count as one', async () => {
  const stopping = new AbortController()
  await using hangs = await listening(() => stopping.abort())
  const trying = post({ url: hangs.url, secrets: [secretOf(1)] }, here, event, stopping.signal)
  await expect(trying).rejects.toThrow()
})

it('a probe says which secret a receiver knows, and finds one that believes anybody', async () => {
  let known = [secretOf(1), secretOf(2)]
  await using there = await listening((asked, _request, response) =>
    response.writeHead(known.length === 0 || known.some((secret) => verifies(secret, asked)) ? 204 : 401).end(),
  )
  const settings = { url: there.url, secrets: [secretOf(1), secretOf(2)] }
  const told = async () =>
    (await probeEndpoint(settings, here)).map(({ signedWith, outcome, ok }) => [signedWith, outcome.kind, ok])
  known = [secretOf(2)]
  expect(await told()).toEqual([
    ['all', 'taken', true],
    ['first', 'not_taken', true],
    ['second', 'taken', true],
    ['forged', 'not_taken', true],
  ])
  known = []
  expect((await told()).at(-1)).toEqual(['forged', 'taken', false])
  known = [secretOf(9)]
  expect((await told())[0]).toEqual(['all', 'not_taken', false])
  for (const { body } of there.asked) expect(JSON.parse(body)).toMatchObject({ type: 'webhook.test', isTest: true })
})
