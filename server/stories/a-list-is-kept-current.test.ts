import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { drawPicture, encode, startHashSharing } from '@wardline/sandbox'
import { expect, it } from 'vitest'
import { kinds, pdqOf, World } from './world.ts'

const hourMs = 3_600_000
const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
const member = { id: 161, name: 'Member' }
const user = { user: 'reader', password: 'a-password-of-its-own', memberId: member.id }

it.each(kinds)('a configured list is fetched, followed and watched over, on %s', async (database) => {
  await using world = await World.open({ database })
  await using ear = await listen()
  await using service = await startHashSharing({ clock: world.clock, entries: 40, members: [member], users: [user] })
  const { user: username, password } = service.credentials
  const ncmec = { kind: 'ncmec', feed: 'industry_csam', baseUrl: service.baseUrl, username, password } as const
  await world.stop()
  await world.start({
    lists: { ncmec: { ...ncmec, everyMinutes: 60, maxAgeHours: 24 } },
    alerts: { webhookUrl: ear.url, secret },
  })
  const size = () => world.wardline.river.matching.current().size
  await world.until('the first fetch', () => size() > 20)

  // A member lists a picture: the next fetch makes it known.
  const picture = drawPicture(5)
  const bytes = await encode(picture, 'png')
  expect((await world.upload(bytes)).body.verdict).toBe('clear')
  service.change({ kind: 'add', memberId: member.id, entryId: 'new', entry: { fingerprints: { pdq: pdqOf(picture) } } })
  await world.pass(1.1 * hourMs)
  await world.until('the picture is known', async () => (await world.upload(bytes)).body.verdict === 'held')
  // It takes it off again.
  service.change({ kind: 'delete', memberId: member.id, entryId: 'new' })
  await world.pass(1.1 * hourMs)
  await world.until('it is forgotten', async () => (await world.upload(bytes)).body.verdict === 'clear')

  // The service is away for days: the operator hears of it once.
  service.faults.always('entries', { kind: 'bad_gateway' })
  await world.pass(25 * hourMs)
  await world.until('the alert', () => ear.heard.length > 0)
  await world.pass(2 * hourMs)
  expect(ear.heard.map(({ body }) => JSON.parse(body).type)).toEqual(['list.stale'])
  const metrics = async () => (await fetch(world.wardline.metricsUrl ?? '')).text()
  expect(await metrics()).toMatch(/^wardline_lists_too_old 1$/m)
  const [first] = ear.heard
  expect(JSON.parse(first?.body ?? '')).toEqual({
    type: 'list.stale',
    timestamp: expect.any(String),
    data: { environment: 'sandbox', list: 'ncmec', since: expect.any(String), lastSuccess: expect.any(String) },
  })
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = first?.headers ?? {}
  const key = Buffer.alloc(32, 9)
  expect(signature).toBe(`v1,${createHmac('sha256', key).update(`${id}.${at}.${first?.body}`).digest('base64')}`)

  // And when it is back, once more.
  service.faults.clear()
  await world.pass(hourMs)
  await world.until('the end of the alert', () => ear.heard.length > 1)
  expect(ear.heard.map(({ body }) => JSON.parse(body).type)).toEqual(['list.stale', 'list.current'])
  expect(await metrics()).toMatch(/^wardline_lists_too_old 0$/m)
  expect(world.lines.filter(({ words }) => String(words).includes('older than it may be'))).toHaveLength(1)
  expect(JSON.stringify(world.lines)).not.toContain(password)
  expect(service.inspect().violations).toEqual([])

  // Wrong credentials: no more calls until a person has looked.
  await world.stop()
  await world.start({ lists: { ncmec: { ...ncmec, password: 'wrong' } } })
  await world.pass(1.1 * hourMs)
  await world.until('the alert', () =>
    world.lines.some(({ words }) => String(words).startsWith('ALERT: a hash list is no longer fetched')),
  )
  const calls = service.inspect().calls.length
  await world.pass(5 * hourMs)
  expect(service.inspect().calls).toHaveLength(calls)
})

interface Ear extends AsyncDisposable {
  readonly url: string
  readonly heard: { readonly headers: IncomingMessage['headers']; readonly body: string }[]
}

async function listen(): Promise<Ear> {
  const heard: Ear['heard'] = []
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    const body = Buffer.concat(pieces).toString()
    // The same picture from so many users makes another alert, which is another story.
    if (JSON.parse(body).type.startsWith('list.')) heard.push({ headers: request.headers, body })
    response.writeHead(204).end()
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${Object(server.address()).port}/alerts`,
    heard,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
