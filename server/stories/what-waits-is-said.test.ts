// Reports that are late or stuck and cases that nobody decides: the operator hears of each once a day, by webhook and by mail, until it is taken.
import { createServer } from 'node:http'
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { beginPause } from '#pause'
import { drawn, kinds, World } from './world.ts'

const hour = 3_600_000
const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
const to = 'duty@platform.example'

describe.each(kinds)('on %s', (database) => {
  it('a report that is not filed within its limit is said once a day, by mail and by webhook, though both were down at first', async () => {
    await using hook = await receiver()
    await using world = await World.open({
      database,
      config: { alerts: { email: to, webhookUrl: hook.url, secret }, reports: { lateAfterHours: 2 } },
    })
    world.cybertipline.faults.always('submit', { kind: 'unavailable' })
    hook.refuse = true
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1))
    await world.until('a report', async () => (await reportIds(world)).length === 1)
    await world.pass(hour)
    expect(hook.seen).toEqual([])
    await world.pass(1.5 * hour)
    const [id] = await reportIds(world)
    await world.until('the mail', () => mails(world).length === 1)
    expect(mails(world)[0]).toContain(`report ${id} is not filed 2 hours after its case was confirmed`)
    expect(mails(world)[0]).toContain(`wardline reports explain ${id}`)
    await world.until('a try that is refused', () => hook.refused > 0)
    hook.refuse = false
    await world.until('the webhook', () => hook.seen.length === 1)
    expect(hook.seen[0]).toMatchObject({
      type: 'report.late',
      data: { environment: 'sandbox', report: id, severity: 'urgent' },
    })
    await world.pass(hour)
    expect([hook.seen.length, mails(world).length]).toEqual([1, 1])
    await world.pass(24 * hour)
    await world.until('the next day', () => hook.seen.length === 2 && mails(world).length === 2)
    const figures = await (await fetch(new URL('/metrics', world.wardline.metricsUrl))).text()
    expect(figures).toMatch(/^wardline_reports_late 1$/m)
    expect(figures).toMatch(/^wardline_filing_line\{standing="open"\} \d$/m)
  })

  it('a pause that nobody ends is said every day, by mail and by webhook', async () => {
    await using hook = await receiver()
    await using world = await World.open({ database, config: { alerts: { email: to, webhookUrl: hook.url, secret } } })
    const { clock } = world.wardline.ground
    await world.database.transact((tx) => beginPause(tx, clock, { why: 'by_a_person', by: 'wardline' }))
    await world.until('both', () => hook.seen.length === 1 && mails(world).length === 1)
    expect(hook.seen[0]).toMatchObject({ type: 'filing.paused', data: { why: 'by_a_person', severity: 'urgent' } })
    expect(mails(world)[0]).toContain('wardline pause show')
    await world.pass(24 * hour)
    await world.until('the next day', () => hook.seen.length === 2 && mails(world).length === 2)
  })

  it('a report that needs a person is said at once, and of what it says nothing leaves the house', async () => {
    await using hook = await receiver()
    await using world = await World.open({
      database,
      config: { alerts: { email: to, webhookUrl: hook.url, secret } },
    })
    world.cybertipline.faults.always('submit', { kind: 'code', code: 4100 })
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1), { account: { id: 'somebody-9', email: 'somebody@users.example' } })
    await world.until('both', () => hook.seen.length === 1 && mails(world).length === 1)
    expect(hook.seen[0]).toMatchObject({ type: 'report.needs_person' })
    const said = JSON.stringify([hook.seen, mails(world)])
    expect(said).toContain('code 4100')
    expect(said).not.toMatch(/somebody|forum\.example|203\.0\.113/)
  })

  it('a case that waits for a person is said after a day, louder after two, and is neither filed nor dismissed by time', async () => {
    await using world = await World.open({
      database,
      config: { alerts: { email: to } },
    })
    await world.list([drawPicture(1)], { listClass: 'generative_ai' })
    await world.upload(await drawn(1))
    await world.until('a case to review', async () => (await world.caseState()) === 'waiting_review')
    await world.pass(23 * hour)
    expect(mails(world)).toEqual([])
    await world.pass(2 * hour)
    await world.until('the first word', () => mails(world).length === 1)
    expect(mails(world)[0]).toMatch(/Subject: \[Wardline sandbox\] case 1 has waited a day/)
    await world.pass(20 * hour)
    expect(mails(world)).toHaveLength(1)
    await world.pass(4 * hour)
    await world.until('the louder word', () => mails(world).length === 2)
    expect(mails(world)[1]).toMatch(/URGENT: case 1 has waited 4[89] hours/)
    await world.pass(24 * hour)
    await world.until('again the next day', () => mails(world).length === 3)
    expect(await world.caseState()).toBe('waiting_review')
    expect(world.cybertipline.inspect().calls).toEqual([])
  })
})

const reportIds = async (world: World) =>
  (await world.database.read.selectFrom('reports').select('id').execute()).map(({ id }) => id)

/** Those to the operator, headers and text. */
const mails = (world: World): readonly string[] =>
  world.mailbox
    .messages()
    .filter((mail) => JSON.stringify(mail).includes(to))
    .map((mail) => `Subject: ${mail.subject}\n${mail.text}`)

async function receiver() {
  const told = { seen: [] as unknown[], refused: 0, refuse: false }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (piece: Buffer) => {
      body += String(piece)
    })
    request.on('end', () => {
      if (told.refuse) told.refused += 1
      else told.seen.push(JSON.parse(body))
      response.writeHead(told.refuse ? 500 : 204).end()
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return Object.assign(told, {
    url: `http://127.0.0.1:${address.port}/hook`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  })
}
