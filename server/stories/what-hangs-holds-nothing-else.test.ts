import { createServer, type Server } from 'node:http'
import { expect, it } from 'vitest'
import { enqueue } from '#jobs'
import { kinds, World } from './world.ts'

const hourMs = 3_600_000
const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`

it.each(kinds)('lists that never answer hold up no alert and no other list, on %s', async (database) => {
  await using world = await World.open({ database })
  const heard: string[] = []
  await using ear = await serve((_request, response) => {
    heard.push('an alert')
    response.writeHead(204).end()
  })
  let asked = 0
  await using silence = await serve(() => {
    asked += 1
  })
  const list = {
    kind: 'ncmec',
    feed: 'industry_csam',
    baseUrl: silence.url,
    username: 'u',
    password: 'p',
    maxAgeHours: 24,
  } as const
  await world.stop()
  await world.start({
    lists: { one: list, two: { ...list, feed: 'npo_csam' }, three: list },
    alerts: { webhookUrl: ear.url, secret },
  })
  await world.until('all lists hang', () => asked === 3, { limitMs: 10_000 })
  await world.pass(30 * hourMs)
  await world.until('their alerts', () => heard.length === 3)
})

it.each(kinds)('an alert that nobody takes holds up no other work, on %s', async (database) => {
  await using world = await World.open({ database })
  let asked = 0
  await using silence = await serve(() => {
    asked += 1
  })
  await world.stop()
  await world.start({ alerts: { webhookUrl: silence.url, secret } })
  const { clock } = world
  const ask = async (kind: string, subject: string) => {
    await world.database.transact((tx) => enqueue(tx, clock, { kind, subject, runAt: clock.now() }))
    world.wardline.river.wake()
  }
  for (const scan of ['scan_1', 'scan_2', 'scan_3', 'scan_4']) await ask('alert_entry', scan)
  await world.until('alerts hang', () => asked > 1)
  await ask('compact_list', 'none')
  const left = () => world.database.read.selectFrom('jobs').select('kind').where('kind', '=', 'compact_list').execute()
  await world.until('other work is done', async () => (await left()).length === 0, { limitMs: 8_000 })
  expect(asked).toBeLessThan(4)
})

async function serve(answer: Parameters<typeof createServer>[1]): Promise<{ url: string } & AsyncDisposable> {
  const server: Server = createServer(answer)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${Object(server.address()).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
