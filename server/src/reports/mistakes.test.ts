// Mistakes that other clients made, or that the documentation invites (CyberTipline API, section 9), as far as a journal and a server can make them.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { secretBytes } from '#base'
import { emptyDatabases } from '../db/testing.ts'
import { readReceipt, showReport } from './reports.ts'
import { clientOf, type FilingWorld, openFilingWorld, run, step } from './testing.ts'

const theirReports = ({ line }: FilingWorld) => line.inspect().reports
const callsOf = ({ line }: FilingWorld) => line.inspect().calls.map(({ route }) => route)

describe.each(emptyDatabases)('on %s nobody makes the mistake of', (_kind, empty) => {
  it('not reading the response code of a finish', async () => {
    await using world = await openFilingWorld(await empty())
    const reportId = await world.reported(secretBytes(10))
    for (let i = 0; i < 3; i += 1) await step(world, reportId)
    world.line.faults.next('finish', { kind: 'code', code: 1000 })
    await step(world, reportId)
    expect(await showReport(world.database.read, reportId)).toMatchObject({ state: 'filing', hasReceipt: false })
    expect(await readReceipt(world.database.read, world.vault, reportId)).toBeUndefined()
    await run(world, reportId)
    expect(await showReport(world.database.read, reportId)).toMatchObject({ state: 'finished', hasReceipt: true })
  })

  it('saving the report id only after the finish, so that a crash leaves an orphan and files it twice', async () => {
    await using world = await openFilingWorld(await empty())
    const reportId = await world.reported(secretBytes(10))
    await step(world, reportId)
    const [opened] = theirReports(world)
    // Everything in memory is gone; only the journal is left.
    await step(world, reportId, 'intent')
    await run(world, reportId)
    const ends = theirReports(world).map(({ id, state }) => [id === opened?.id, state])
    // The upload that was begun and never heard of could double the file: taken back, and begun anew.
    expect(ends).toEqual([
      [true, 'retracted'],
      [false, 'finished'],
    ])
  })

  it('one report per user at a time: two of one account go on beside each other', async () => {
    await using world = await openFilingWorld(await empty())
    const ids = [await world.reported(secretBytes(10)), await world.reported(secretBytes(11))]
    for (let i = 0; i < 4; i += 1) for (const id of ids) await step(world, id)
    expect(theirReports(world).map(({ state }) => state)).toEqual(['finished', 'finished'])
    expect(callsOf(world).slice(0, 2)).toEqual(['submit', 'submit'])
  })

  it('blind retries a few milliseconds apart', async () => {
    await using world = await openFilingWorld(await empty())
    const reportId = await world.reported(secretBytes(10))
    world.line.faults.always('submit', { kind: 'unavailable' })
    const gaps: number[] = []
    for (let i = 0; i < 4; i += 1) {
      await step(world, reportId)
      const waiting = await step(world, reportId)
      if (waiting.kind !== 'wait') throw new Error('it does not wait')
      gaps.push(waiting.untilMs - world.clock.now())
      world.clock.set(waiting.untilMs)
    }
    expect(callsOf(world)).toHaveLength(4)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(30_000)
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b))
  })

  it('no retract after a refusal that will not change', async () => {
    await using world = await openFilingWorld(await empty())
    const reportId = await world.reported(secretBytes(10))
    world.line.faults.next('fileinfo', { kind: 'code', code: 4100 })
    expect(await run(world, reportId)).toEqual(['submit', 'upload:1', 'fileinfo:1', 'retract'])
    expect(theirReports(world).map(({ state }) => state)).toEqual(['retracted'])
    expect(await showReport(world.database.read, reportId)).toMatchObject({
      state: 'needs_person',
      trouble: expect.stringContaining('fileinfo:1 was refused; code 4100'),
    })
  })

  it('an upload tried again with a stream that is used up', async () => {
    await using world = await openFilingWorld(await empty())
    const bytes = secretBytes(300_000)
    const reportId = await world.reported(bytes)
    world.line.faults.next('upload', { kind: 'too_many_requests', retryAfter: 1 })
    expect(await run(world, reportId)).toEqual(['submit', 'upload:1', 'upload:1', 'fileinfo:1', 'finish'])
    const [theirs] = theirReports(world)
    expect(theirs?.files).toMatchObject([
      { sizeBytes: bytes.length, md5: createHash('md5').update(bytes).digest('hex') },
    ])
  })

  it('taking a 401 with code 1000 for a server error, and trying it again', async () => {
    await using world = await openFilingWorld(await empty())
    await using server = await answering401()
    const reportId = await world.reported(secretBytes(10))
    await step(world, reportId, undefined, clientOf(world, { baseUrl: server.url }))
    const { steps, state } = await showReport(world.database.read, reportId)
    expect(state).toBe('cannot_report')
    expect(steps.at(-1)).toMatchObject({ outcome: 'credentials (refused)' })
    expect(server.asked()).toBe(1)
  })

  it('a Request-ID that is kept of successes only', async () => {
    await using world = await openFilingWorld(await empty())
    const reportId = await world.reported(secretBytes(10))
    world.line.faults.next('submit', { kind: 'code', code: 4100 })
    await run(world, reportId)
    const { steps } = await showReport(world.database.read, reportId)
    expect(steps.at(-1)).toMatchObject({ phase: 'result', responseCode: 4100, requestId: expect.any(String) })
  })
})

/** As NCMEC's test host did in 2016: the status is right, and the code is one of those that are tried again. */
async function answering401() {
  let asked = 0
  const server = createServer((request, response) => {
    asked += 1
    request.resume().on('end', () => {
      response.writeHead(401, {
        'content-type': 'application/xml',
        'www-authenticate': 'Basic realm="ESP Web Services"',
      })
      response.end(
        '<reportResponse><responseCode>1000</responseCode><responseDescription>Authentication Required</responseDescription></reportResponse>',
      )
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}/ispws`,
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
