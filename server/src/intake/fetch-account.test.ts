import { createHmac } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { accountQuestion } from '@wardline/api'
import { describe, expect, it } from 'vitest'
import { Fault, systemClock } from '#base'
import { fetchAccount, type LookUpSettings } from './intake.ts'

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const asked = { id: 'job_1', caseId: 'case_1', accountId: 'user-7', organisationId: 'acme', scanIds: ['scan_1'] }
const signal = new AbortController().signal

async function platform(answer: RequestListener) {
  const server = createServer(answer)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const settings: LookUpSettings = {
    url: `http://127.0.0.1:${port}/look-up?token=t0ken`,
    secret,
    timeoutMs: 2000,
    waitMs: 0,
  }
  return {
    settings,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

const ask = (settings: LookUpSettings, environment: 'sandbox' | 'production' = 'sandbox') =>
  fetchAccount(settings, { clock: systemClock, environment }, asked, signal)

const json =
  (value: unknown): RequestListener =>
  (_request, response) =>
    void response.setHeader('content-type', 'application/json').end(JSON.stringify(value))

describe('the look-up of an account', () => {
  it('asks with ids alone, signed as Standard Webhooks has it, and gives the account as it was answered', async () => {
    const heard: { body: string; headers: Record<string, unknown> }[] = []
    await using there = await platform(async (request, response) => {
      let body = ''
      for await (const piece of request) body += piece
      heard.push({ body, headers: request.headers })
      json({ account: { id: 'user-7', screenName: 'seven', phones: [{ number: '1' }] } })(request, response)
    })
    expect(await ask(there.settings)).toEqual({ id: 'user-7', screenName: 'seven', phones: [{ number: '1' }] })
    const [{ body, headers } = { body: '', headers: {} }] = heard
    expect(accountQuestion.parse(JSON.parse(body))).toMatchObject({
      type: 'account.look_up',
      data: {
        environment: 'sandbox',
        case: 'case_1',
        account: { id: 'user-7', organisation: 'acme' },
        scans: ['scan_1'],
      },
    })
    const signed = `job_1.${headers['webhook-timestamp']}.${body}`
    const mac = createHmac('sha256', Buffer.alloc(32, 7)).update(signed).digest('base64')
    expect(headers).toMatchObject({ 'webhook-id': 'job_1', 'webhook-signature': `v1,${mac}` })
    expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(60)
  })

  it('hears that there is no such account', async () => {
    await using there = await platform(json({ account: null }))
    expect(await ask(there.settings)).toBeNull()
  })

  const secretive = 'jane.doe@users.example'
  const hostile: readonly [string, RequestListener, string][] = [
    ['another account', json({ account: { id: 'user-8' } }), 'about another account'],
    ['another organisation', json({ account: { id: 'user-7', organisation: { id: 'evil' } } }), 'another organisation'],
    ['a key nobody knows', json({ account: { id: 'user-7', [secretive]: 1 } }), 'does not fit the schema at: account'],
    ['a wrong value', json({ account: { id: 'user-7', email: 'jane doe' } }), 'at: account.email'],
    ['an account bare', json({ id: 'user-7' }), 'does not fit the schema'],
    ['a prototype', (_q, r) => void r.end('{"__proto__":{"account":null}}'), 'does not fit the schema'],
    ['a list', json([]), 'does not fit the schema at: the whole'],
    ['a page', (_q, r) => void r.end(`<html>${secretive}</html>`), 'was not JSON'],
    ['nothing', (_q, r) => void r.end(), 'was not JSON'],
    ['half an answer', (_q, r) => void r.end('{"account":{"id":"user-7"'), 'was not JSON'],
    ['bytes', (_q, r) => void r.end(Buffer.from([0x22, 0xff, 0xfe, 0x22])), 'was not UTF-8'],
    ['deep nesting', (_q, r) => void r.end('['.repeat(60_000)), 'was not JSON'],
    [
      'an account larger than a context may be',
      json({
        account: {
          id: 'user-7',
          profileUrls: Array(10).fill(`https://a.example/${'x'.repeat(2000)}`),
          ipEvents: Array(100).fill({
            ip: '::1',
            at: '2026-01-01T00:00:00Z',
            kind: 'registration',
            possibleProxy: true,
            port: 12_345,
          }),
          profileBio: 'y'.repeat(5000),
        },
      }),
      'was longer than 32768 characters',
    ],
    [
      'without end',
      (_q, r) => {
        const more = () => void (r.destroyed || r.write('x'.repeat(65_536), () => setImmediate(more)))
        more()
      },
      'was longer than 128 KB',
    ],
    ['an error', (_q, r) => void r.writeHead(500).end(secretive), 'not answered with 200 (500)'],
    ['a redirect', (_q, r) => void r.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(), '(307)'],
    ['a broken line', (q) => void q.socket.destroy(), 'does not answer'],
    ['silence', () => {}, 'took too long'],
    ['a drip', (_q, r) => void r.write('{'), 'took too long'],
  ]
  it.each(hostile)(
    'refuses %s in words that hold nothing of it, and asks again later',
    async (_what, answer, words) => {
      await using there = await platform(answer)
      const settings = { ...there.settings, timeoutMs: words === 'took too long' ? 200 : 10_000 }
      const fault = await ask(settings).catch((error: unknown) => error)
      expect(fault).toBeInstanceOf(Fault)
      expect(fault).toMatchObject({ retry: 'later', message: expect.stringContaining(words) })
      expect(String(fault)).not.toMatch(/jane|t0ken|user-[78]|evil|127\.0/)
    },
  )

  it('goes nowhere but to this machine outside production and under tests, and in the open never', async () => {
    const to = (url: string) => ({ url, secret, timeoutMs: 1000, waitMs: 0 })
    const refused = (words: string) => expect.objectContaining({ code: 'look_up_address_refused', message: words })
    await expect(ask(to('https://platform.example/look-up'))).rejects.toEqual(
      refused(expect.stringContaining('this machine only')),
    )
    await expect(ask(to('http://10.0.0.1/look-up'), 'production')).rejects.toEqual(
      refused(expect.stringContaining('https only')),
    )
    await expect(ask(to('https://10.0.0.1/look-up'), 'production')).rejects.toEqual(
      refused(expect.stringContaining('under tests')),
    )
  })
})
