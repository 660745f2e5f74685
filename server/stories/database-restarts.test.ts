import { once } from 'node:events'
import { setTimeout as realWait } from 'node:timers/promises'
import pg from 'pg'
import { expect, it } from 'vitest'
import { databaseOf, deploy, left, start, upload } from './deployment.ts'

it('a PostgreSQL that ends every connection again and again loses nothing, and the server lives on', async () => {
  await using outside = await deploy('postgres')
  // Forty strangers with one picture would be a flood, and wait for a person.
  const rules = { settleSeconds: 0, breaker: { accounts: 1_000, hours: 24 } }
  outside.config = { ...outside.config, rules }
  const server = await start(outside)
  let exit: unknown = 'none'
  server.child.once('exit', (code, signal) => {
    exit = { code, signal }
  })
  let uploading = true
  const users = Array.from({ length: 40 }, (_, at) => `user-${at}`)
  const answers = new Map<string, string[]>()
  const send = async (user: string) => {
    const former = answers.get(user) ?? []
    // A request of its own each time: the claim of one that failed may not have been given back, and lasts a minute.
    const answer = await upload(server.url, { ...outside, user, requestKey: `${user}-${former.length}` })
    answers.set(user, [...former, answer])
    return answer
  }
  const one = async (user: string) => {
    for (let answer = await send(user); answer !== 'held'; answer = await send(user)) {
      // The platform can act on this one; none says that the server itself is broken.
      expect(answer).toBe('problem 503')
      await realWait(200)
    }
  }
  const admin = new pg.Client({ connectionString: databaseOf(outside) })
  await admin.connect()
  const ending = async () => {
    let ended = 0
    for (let turn = 0; turn < 12 || uploading; turn += 1) {
      const done = await admin.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      )
      ended += done.rowCount ?? 0
      // Longer and longer, so that in the end everything comes through.
      await realWait(100 + 50 * turn)
    }
    return ended
  }
  const [ended] = await Promise.all([
    ending(),
    Promise.all(users.map(one)).finally(() => {
      uploading = false
    }),
  ])
  expect(ended).toBeGreaterThan(10)
  expect(exit).toBe('none')
  const refused = [...answers.values()].flat().filter((answer) => answer !== 'held')
  expect(refused.length).toBeGreaterThan(0)

  await expect.poll(() => left(admin), { timeout: 90_000, interval: 200 }).toEqual([])
  const finished = outside.cybertipline.inspect().reports.filter(({ state }) => state === 'finished')
  const { rows: cases } = await admin.query('select state, count(*) from cases group by state')
  expect(cases).toEqual([{ state: 'reported', count: String(finished.length) }])
  const { rows: reports } = await admin.query("select count(distinct case_id) from reports where state = 'finished'")
  expect(reports).toEqual([{ count: String(finished.length) }])
  expect(finished.length).toBeGreaterThanOrEqual(users.length)
  expect(server.said.filter((line) => line.includes('a bug'))).toEqual([])
  await admin.end()
  server.child.kill('SIGTERM')
  await once(server.child, 'exit')
}, 180_000)
