import { once } from 'node:events'
import { setTimeout as realWait } from 'node:timers/promises'
import { drawPicture, encode } from '@wardline/sandbox'
import pg from 'pg'
import { expect, it } from 'vitest'
import { databaseOf, deploy, left, start, upload } from './deployment.ts'

it('on PostgreSQL, which alone is for more than one, two servers share all work, and when one is killed the other does its part', async () => {
  await using outside = await deploy('postgres')
  // No mail is on its way yet when the one dies: a mail that was begun by a dead server would be sent again.
  const notices = { delayHours: 6 / 3_600, jitterHours: 0 }
  // Nor an upload, as a rule: the same request again would have to wait until its former self is given up.
  outside.config = { ...outside.config, rules: { settleSeconds: 6 }, notices }
  // Whichever of the two comes to a report's first file before the other: which one is the machine's choice.
  const servers = await Promise.all([1, 2].map(() => start(outside, { dieAfter: 'upload:1 done' })))
  const died = Promise.race(servers.map(async (server) => ({ server, end: await once(server.child, 'exit') })))
  const pictures = await Promise.all([outside.bytes, encode(drawPicture(1), 'png')])
  const send = async (at: number) => {
    const request = {
      key: outside.key,
      bytes: pictures[at % 2] ?? outside.bytes,
      user: `user-${at >> 1}`,
      requestKey: `upload-${at}`,
    }
    // A platform whose server does not answer asks the other one.
    for (let turn = at; ; turn += 1) {
      const verdict = await upload(servers[turn % 2]?.url ?? '', request).catch(() => 'no answer')
      if (verdict === 'held') return
      expect(['no answer', 'problem 503']).toContain(verdict)
      await realWait(100)
    }
  }
  await Promise.all(Array.from({ length: 20 }, (_, at) => send(at)))
  const { server: dead, end } = await died
  expect(end).toEqual([null, 'SIGKILL'])

  const admin = new pg.Client({ connectionString: databaseOf(outside) })
  await admin.connect()
  await expect.poll(() => left(admin), { timeout: 90_000, interval: 200 }).toEqual([])
  const { rows: cases } = await admin.query('select id, state from cases')
  const { rows: accounts } = await admin.query('select count(distinct account_hmac) as count from cases')
  expect(accounts).toEqual([{ count: '10' }])
  expect(new Set(cases.map(({ state }) => state))).toEqual(new Set(['reported']))
  const { reports } = outside.cybertipline.inspect()
  const finished = reports.filter(({ state }) => state === 'finished')
  expect(finished).toHaveLength(cases.length)
  // Every picture of every account stands in exactly one of them; one that was begun by the dead server is retracted.
  const files = finished.flatMap(({ files }) => files)
  const copies = files.flatMap(({ fileDetailsXml }) => [
    ...(fileDetailsXml ?? '').matchAll(/not uploaded with this report/g),
  ])
  // The two uploads of an account are one picture in two formats: a file and its copy, whichever server took which.
  expect(files.length + copies.length).toBe(20)
  expect(copies.length).toBeGreaterThan(0)
  expect(reports.filter(({ state, files }) => state === 'open' && files.length > 0)).toEqual([])
  const mails = outside.mailbox.messages().map(({ messageId }) => messageId)
  expect(mails).toHaveLength(cases.length)
  expect(new Set(mails).size).toBe(cases.length)
  await admin.end()
  const living = servers.find((server) => server !== dead)
  if (living === undefined) throw new Error('both servers are dead')
  living.child.kill('SIGTERM')
  expect(await once(living.child, 'exit')).toEqual([0, null])
}, 180_000)
