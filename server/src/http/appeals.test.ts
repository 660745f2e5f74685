import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { describe, expect, test } from 'vitest'
import { Fault } from '#base'
import { Door } from './testing.ts'

const form = (fields: Record<string, string>) => ({
  method: 'POST',
  body: new URLSearchParams(fields),
})
const json = (body: unknown) => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})

describe('the page behind a notice’s link', () => {
  test('opens for whoever holds the link, changes nothing, and tells nothing of the case', async () => {
    await using door = await Door.open()
    for (const method of ['GET', 'GET', 'HEAD']) {
      const page = await door.ask('/appeals/known', undefined, { method })
      expect(page.status).toBe(200)
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    }
    expect(door.stages.looks).toBeGreaterThanOrEqual(3)
    expect(door.stages.appeals).toEqual([])
    const text = await (await door.ask('/appeals/known', undefined)).text()
    expect(text).toContain('<form method="post" action="../v1/appeals?language=en">')
    expect(text).toContain('<label for="words">')
    expect(text).toContain('NOTHING IS REPORTED TO NCMEC (sandbox)')
    expect(text).not.toMatch(/case_|hash|<script|<img|https?:/i)
  })

  test('runs nothing that is not ours: its one style is named in its policy', async () => {
    await using door = await Door.open()
    const page = await door.ask('/appeals/known', undefined)
    const style = /<style>([\s\S]*)<\/style>/.exec(await page.text())?.[1] ?? ''
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style))).toString(
      'base64',
    )
    expect(page.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${digest}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
    )
  })

  test('a wrong link leads to a page that says so, and never repeats what it was', async () => {
    await using door = await Door.open()
    const page = await door.ask(`/appeals/${encodeURIComponent('"><script>hunter2')}`, undefined)
    expect(page.status).toBe(404)
    expect(page.headers.get('content-type')).toContain('text/html')
    expect(await page.text()).not.toContain('hunter2')
  })
})

describe('the language of the page', () => {
  const langOf = async (answer: Response) => /<html lang="([^"]+)"/.exec(await answer.text())?.[1]
  const ask = (door: Door, path: string, accept = '*') =>
    door.ask(path, undefined, { headers: { 'accept-language': accept } }).then(langOf)

  test('is the one its link names, else the notice’s, else what the browser asks for, else the operator’s', async () => {
    await using door = await Door.open({ notices: { language: 'fr' } })
    expect(await ask(door, '/appeals/known', 'nl, *;q=0.5')).toBe('fr')
    expect(await ask(door, '/appeals/known', 'nl;q=0.9, de-AT;q=0.5, ja;q=0.7, ko;q=0')).toBe('ja')
    door.stages.locale = 'zh-TW'
    expect(await ask(door, '/appeals/known', 'ja')).toBe('zh-Hant')
    expect(await ask(door, '/appeals/known?language=pt-BR', 'ja')).toBe('pt')
    expect(await ask(door, '/appeals/known?language=%22%3E%3Cscript%3E', 'ja')).toBe('zh-Hant')
    expect(await ask(door, '/appeals/unknown', 'ja')).toBe('ja')
    expect(await ask(door, '/appeals/received?language=ru', 'ja')).toBe('ru')
  })

  test('stays through the form, its mending and the thanks, and the words stay too', async () => {
    await using door = await Door.open()
    const mended = await door.ask('/v1/appeals?language=de', undefined, form({ token: 'known', words: ' ' }))
    expect(mended.status).toBe(400)
    const text = await mended.text()
    expect(text).toContain('<html lang="de"')
    expect(text).toContain('<title>Fehler: ')
    expect(text).toContain('action="../v1/appeals?language=de"')
    expect(text).toContain('21. Mai 2027 um 14:05 UTC')
    expect(text).toMatch(/aria-describedby="trouble hint" aria-invalid="true"/)
    expect(text).not.toContain('<nav')
    const sent = await door.ask('/v1/appeals?language=de', undefined, form({ token: 'known', words: 'Nein.' }))
    expect(sent.headers.get('location')).toBe('../appeals/received?language=de')
  })

  test.each([
    ['a link that is none', 404, { token: 'unknown', words: 'x' }, 'Dieser Link ist nicht bekannt'],
    ['a link that is none, and no words', 400, { token: 'unknown', words: ' ' }, 'Dieser Link ist nicht bekannt'],
    ['no link', 400, { words: 'x' }, 'Dieser Link ist nicht bekannt'],
    ['a book', 413, { token: 'known', words: 'x'.repeat(300_000) }, 'Das war zu lang'],
  ])('is that of every trouble: %s', async (_what, status, fields, said) => {
    await using door = await Door.open()
    const answer = await door.ask('/v1/appeals?language=de', undefined, form(fields as Record<string, string>))
    expect(answer.status).toBe(status)
    expect(await answer.text()).toContain(`<h1>${said}</h1>`)
  })

  test.each([
    ['too_many_appeals', 'Hier kann nichts mehr geschrieben werden'],
    ['unforeseen', 'Das hat nicht geklappt'],
  ])('is that of what the house refuses: %s', async (code, said) => {
    await using door = await Door.open()
    door.stages.recordAppeal = async () => {
      throw new Fault(code, 'the words of a fault are not for people', { retry: 'never' })
    }
    const answer = await door.ask('/v1/appeals?language=de', undefined, form({ token: 'known', words: 'x' }))
    const text = await answer.text()
    expect(text).not.toContain('the words of a fault')
    expect(text).toContain(`<h1>${said}</h1>`)
  })
})

describe('words', () => {
  test('that are too many are given back to be mended, as text and never as markup', async () => {
    await using door = await Door.open()
    const words = `</textarea><script>alert(1)</script>${'x'.repeat(10_000)}`
    const answer = await door.ask('/v1/appeals', undefined, form({ token: 'known', words }))
    const page = await answer.text()
    expect(answer.status).toBe(400)
    expect(page).toContain('role="alert"')
    expect(page).toContain('&lt;/textarea&gt;')
    expect(page.match(/<\/textarea>/g)).toHaveLength(1)
    expect(page).not.toContain('<script')
  })

  test('of ten thousand characters are taken, new lines counted as a person counts them', async () => {
    await using door = await Door.open()
    const answer = await door.ask('/v1/appeals', undefined, form({ token: 'known', words: 'x\r\n'.repeat(5_000) }))
    expect(answer.status).toBe(303)
  })

  test('sent by the form are recorded once, also when the last page is loaded again', async () => {
    await using door = await Door.open()
    const sent = await door.ask(
      '/v1/appeals',
      undefined,
      form({ token: 'known', words: 'It was my own drawing.\r\nPlease look again.' }),
    )
    expect(sent.status).toBe(303)
    expect(sent.headers.get('location')).toBe('../appeals/received?language=en')
    for (const _ of [1, 2]) expect(await (await door.ask('/appeals/received', undefined)).text()).toContain('Thank you')
    expect(door.stages.appeals).toEqual([{ token: 'known', words: 'It was my own drawing.\nPlease look again.' }])
  })

  test('sent by a program are recorded too', async () => {
    await using door = await Door.open()
    const sent = await door.ask('/v1/appeals', undefined, json({ token: 'known', words: 'Look again.' }))
    expect(sent.status).toBe(201)
    expect(await sent.json()).toEqual({ received: true })
    expect(door.stages.appeals).toHaveLength(1)
  })

  test.each([
    ['with a token that is none', { token: 'unknown', words: 'x' }, 404, 'no_such_link'],
    ['that are only spaces', { token: 'known', words: '  ' }, 400, 'request_wrong'],
    ['that are too many', { token: 'known', words: 'x'.repeat(10_001) }, 400, 'request_wrong'],
    ['without a token', { words: 'x' }, 400, 'request_wrong'],
    ['with a field too many', { token: 'known', words: 'x', case: '7' }, 400, 'request_wrong'],
    ['longer than a book', { token: 'known', words: 'x'.repeat(300_000) }, 413, 'body_too_large'],
  ])('%s are not recorded: a program gets a problem, a person a page', async (_what, body, status, code) => {
    await using door = await Door.open()
    const program = await door.ask('/v1/appeals', undefined, json(body))
    expect(program.status).toBe(status)
    expect(await program.json()).toMatchObject({ code })
    const person = await door.ask('/v1/appeals', undefined, form(body as Record<string, string>))
    expect(person.status).toBe(status)
    expect(person.headers.get('content-type')).toContain('text/html')
    expect(door.stages.appeals).toEqual([])
  })

  test('come in any number of links, but not without a limit; whoever holds a link of ours has one of their own', async () => {
    await using door = await Door.open()
    const send = async (token: string) => (await door.ask('/v1/appeals', undefined, json({ token, words: 'x' }))).status
    const open = async (token: string) => (await door.ask(`/appeals/${token}`, undefined)).status
    for (const [act, taken] of [
      [send, 201],
      [open, 200],
    ] as const) {
      const statuses: number[] = []
      for (let i = 0; i < 121; i += 1) statuses.push(await act(`no-${i}`))
      expect(statuses.slice(0, 120).every((status) => status === 404)).toBe(true)
      expect(statuses[120]).toBe(429)
      for (let i = 0; i < 120; i += 1) expect(await act('known')).toBe(taken)
      expect(await act('known')).toBe(429)
    }
  })

  test('are limited per caller where a proxy is trusted, and only there', async () => {
    const open = (door: Door, from: string) =>
      door.ask('/appeals/no', undefined, { headers: { 'x-forwarded-for': from } }).then(({ status }) => status)
    const trusts = await Door.open({ server: { trustedProxies: ['127.0.0.0/8', '::1'] } })
    const trustsNobody = await Door.open()
    for (let i = 0; i < 120; i += 1) {
      for (const door of [trusts, trustsNobody]) expect(await open(door, '198.51.100.1')).toBe(404)
    }
    expect(await open(trusts, '198.51.100.1')).toBe(429)
    expect(await open(trusts, '203.0.113.9')).toBe(404)
    // What the caller wrote there before the proxy added its own line is not believed.
    expect(await open(trusts, '203.0.113.8, 198.51.100.1')).toBe(429)
    expect(await open(trustsNobody, '203.0.113.9')).toBe(429)
    await trusts[Symbol.asyncDispose]()
    await trustsNobody[Symbol.asyncDispose]()
  })

  test.each(['/', '/trust/', '/a/b/'])('reach a server that the world knows under %s', async (path) => {
    await using door = await Door.open()
    await using proxy = await proxyUnder(path, door.url)
    const link = `${proxy.url}${path}appeals/known`
    const follow = async (text: string, from: string) => new URL(/action="([^"]+)"/.exec(text)?.[1] ?? '', from).href
    const formAt = await follow(await (await fetch(link)).text(), link)
    const send = (words: string) => fetch(formAt, form({ token: 'known', words }))
    const refused = await send(' ')
    expect(refused.status).toBe(400)
    expect(await follow(await refused.text(), refused.url)).toBe(formAt)
    const thanked = await send('Look again.')
    expect(thanked.url).toBe(`${proxy.url}${path}appeals/received?language=en`)
    expect(await thanked.text()).toContain('Thank you')
    expect(door.stages.appeals).toEqual([{ token: 'known', words: 'Look again.' }])
  })
})

/** A proxy that takes `path` off before it passes a request on, as many do. */
async function proxyUnder(path: string, url: string) {
  const server = createServer((incoming, outgoing) => {
    if (!incoming.url?.startsWith(path)) return void outgoing.writeHead(404).end()
    const to = `${url}/${incoming.url.slice(path.length)}`
    const { method, headers } = incoming
    const passed = request(to, { ...(method === undefined ? {} : { method }), headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    return void incoming.pipe(passed)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
