// Services that are slow, forgetful or restless: a sync of theirs ends, comes on, and misses nothing.
import { createServer } from 'node:http'
import { type HashSharingOptions, startHashSharing } from '@wardline/sandbox'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '#base'
import { emptyDatabases } from '../../db/testing.ts'
import { loadPosition } from './store.ts'
import { listRejected } from './store-rejected.ts'
import { syncList } from './sync.ts'
import { HastyClock, ncmecOrigin, openSyncWorld, truthOf } from './testing.ts'

const hour = 3_600_000

describe.each(emptyDatabases)('a list on %s', (_kind, empty) => {
  afterEach(() => {
    vi.useRealTimers()
  })

  async function open(options: HashSharingOptions) {
    const clock = new HastyClock()
    const server = await startHashSharing({ clock, ...options })
    const world = await openSyncWorld(await empty(), ncmecOrigin(server), clock)
    const close = async () => {
      await world[Symbol.asyncDispose]()
      await server.close()
    }
    return { clock, server, world, [Symbol.asyncDispose]: close }
  }

  it('is current after a few calls although each of them takes the service more than a second', async () => {
    await using it = await open({ entries: 300, pageSize: 100 })
    const endless = new AbortController()
    it.server.faults.rule(() => {
      it.clock.set(it.clock.now() + 1300)
      if (it.server.inspect().calls.length > 30) endless.abort()
      return undefined
    })
    await it.world.sync({ signal: endless.signal })
    expect(await it.world.state()).toEqual(truthOf(it.server.live()))
    expect(it.server.inspect().calls.length).toBeLessThan(8)
  })

  it.each([1, 2, 3, 4])('misses no entry that moves to an earlier page while it reads (seed %i)', async (seed) => {
    await using it = await open({ entries: 1500, pageSize: 50, paging: 'offset', seed })
    const stop = it.server.faults.rule(() => {
      it.clock.set(it.clock.now() + 20)
      it.server.churn({ updates: 10 })
      return undefined
    })
    await it.world.sync()
    stop()
    await it.clock.advance(300_000)
    await it.world.sync()
    expect(await it.world.state()).toEqual(truthOf(it.server.live()))
    expect(await it.world.standing()).toMatchObject({ trouble: null })
  })

  it('says of a single second that never keeps still how much of it did not come', async () => {
    await using it = await open({ entries: 100, pageSize: 100, paging: 'offset' })
    await it.world.sync()
    it.server.churn({ adds: 900 })
    await it.clock.advance(10_000)
    const words: unknown[] = []
    const log = { info: () => {}, error: () => {}, warn: (fields: unknown) => words.push(fields) }
    it.server.faults.rule(() => {
      it.server.churn({ updates: 2 })
      return undefined
    })
    const ground = { ...it.world.ground, log }
    await syncList(ground, it.world.list, { environment: 'sandbox', actor: 'wardline' })
    expect(words[0]).toEqual({ list: 'fetched', missing: expect.any(Number) })
    const standing = await it.world.standing()
    expect(standing.succeededAt).not.toBeNull()
    expect(standing.trouble).toMatch(/^up to \d+ entries that the list service had announced did not come/)
  })

  it('is caught up with though every answer takes a service a quarter of a minute', async () => {
    await using it = await open({ entries: 300, pageSize: 1000 })
    await it.world.sync()
    const before = it.server.inspect().calls.length
    vi.useFakeTimers({ toFake: ['Date'] })
    await it.clock.advance(hour)
    it.server.faults.rule(() => {
      vi.setSystemTime(systemClock.now() + 16_000)
      it.clock.set(it.clock.now() + 16_000)
      if (it.server.inspect().calls.length > before + 30) stopping.abort()
      return undefined
    })
    const stopping = new AbortController()
    const asked = it.clock.now()
    await it.world.sync({ signal: stopping.signal })
    const position = await loadPosition(it.world.ground.database.read, it.world.list.id)
    expect(position?.checkpointMs).toBe(asked - 5000)
    expect(it.server.inspect().calls.length).toBeLessThan(before + 3)
  })

  it('stops when it is told to, also while it removes what is gone', async () => {
    await using it = await open({ entries: 500, pageSize: 1000 })
    await it.world.sync()
    const before = (await it.world.state()).size
    await using other = await startHashSharing({ clock: it.clock, entries: 20, seed: 7 })
    const stopping = new AbortController()
    const moved = syncList(
      it.world.ground,
      { ...it.world.list, origin: ncmecOrigin(other) },
      {
        environment: 'sandbox',
        actor: 'wardline',
        signal: stopping.signal,
        onProgress: ({ range }) => range === undefined && stopping.abort(),
      },
    )
    await expect(moved).rejects.toThrow('we are stopping')
    expect((await it.world.state()).size).toBeGreaterThanOrEqual(before)
  })

  it('says that another one has taken over, and not that we are stopping', async () => {
    await using it = await open({ entries: 100 })
    const { database } = it.world.ground
    it.server.faults.rule(() => {
      const taken = database.transact((tx) => tx.updateTable('list_syncs').set({ lease: 'another' }).execute())
      return { kind: 'delay', until: taken.then(() => systemClock.wait(3_000)) }
    })
    await expect(it.world.sync({ leaseMs: 300 })).rejects.toMatchObject({ code: 'sync_lost' })
  })

  it('counts no bad fingerprint any more that was mended, named or not', async () => {
    const bad = { sha1: 'x'.repeat(40), md5: 'c'.repeat(32) }
    const planted = Array.from({ length: 1200 }, (_, at) => ({ memberId: 111, entryId: `odd${at}`, fingerprints: bad }))
    await using it = await open({ entries: 20, planted })
    const count = async () => {
      const { rejected, unnamed } = await it.world.standing()
      return { rejected, unnamed }
    }
    await it.world.sync()
    expect(await count()).toEqual({ rejected: 1000, unnamed: 200 })
    const { vault } = it.world.ground
    expect(await listRejected(it.world.ground.database.read, vault, 'fetched')).toHaveLength(1000)
    await it.world.sync({ anew: true })
    expect(await count()).toEqual({ rejected: 1000, unnamed: 200 })
    for (const { entryId } of planted)
      it.server.change({ kind: 'update', memberId: 111, entryId, entry: { fingerprints: { md5: bad.md5 } } })
    await it.clock.advance(300_000)
    await it.world.sync()
    expect(await count()).toEqual({ rejected: 0, unnamed: 0 })
  })

  it('comes on though links are forgotten sooner than a large range can be read', async () => {
    const day = 24 * hour
    const times = Array.from({ length: 60 }, (_, at) => Date.UTC(2026, 0, 1) + at * day)
    await using server = await startForgetful(times, 20)
    await using world = await openSyncWorld(await empty(), server.origin, new HastyClock())
    await world.sync()
    expect((await world.state()).size).toBe(times.length)
    expect(server.calls()).toBeLessThan(600)
  })

  it('reads a second that holds more than a range may only once', { timeout: 240_000 }, async () => {
    const clock = new HastyClock()
    const second = Math.floor(clock.now() / 1000) * 1000 - 3 * hour
    const times = Array.from({ length: 100_500 }, () => second)
    await using server = await startCrowded([second - hour, ...times, second + 30_000, second + hour])
    await using world = await openSyncWorld(await empty(), server.origin, clock)
    await world.sync()
    expect((await world.state()).size).toBe(times.length + 3)
    // All of it, and of each range that was cut nothing but its first page.
    expect(server.served()).toBeLessThan(1.6 * times.length)
  })
})

/** Pages of a thousand; both ends of a range belong to it. Its links say how many entries the range holds. */
async function startCrowded(times: readonly number[]) {
  let served = 0
  const server = createServer((request, response) => {
    const { searchParams: asked } = new URL(request.url ?? '', 'http://127.0.0.1')
    const [from = '', to = '', start = 0] = [asked.get('from') ?? '', asked.get('to') ?? '', Number(asked.get('start'))]
    const held = times.flatMap((at, number) => (at >= Date.parse(from) && at <= Date.parse(to) ? [{ at, number }] : []))
    const page = held.slice(start, start + 1000)
    served += page.length
    const images = page.map(
      ({ at, number }) =>
        `<image><member id="7">n</member><timestamp>${new Date(at).toISOString()}</timestamp><id>e${number}</id>` +
        `<fingerprints><md5>${(number + 1).toString(16).padStart(32, '3')}</md5></fingerprints></image>`,
    )
    const link = `/v2/entries?from=${from}&amp;to=${to}&amp;start=${start + 1000}&amp;size=1000&amp;max=${held.length}`
    const next = start + 1000 < held.length ? `<paging><next>${link}</next></paging>` : ''
    response.end(`<queryResult xmlns="x"><images>${images.join('')}</images>${next}</queryResult>`)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const baseUrl = `http://127.0.0.1:${Object(server.address()).port}`
  return {
    origin: ncmecOrigin({ baseUrl, credentials: { user: 'u', password: 'p' } }),
    served: () => served,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** One entry a page; a link lives for so many pages. */
async function startForgetful(times: readonly number[], longest: number) {
  let calls = 0
  const image = (at: number) =>
    `<image><member id="7">n</member><timestamp>${new Date(at).toISOString()}</timestamp><id>e${at}</id>` +
    `<fingerprints><sha1>${String(at).padStart(40, '3')}</sha1></fingerprints></image>`
  const server = createServer((request, response) => {
    calls += 1
    const { searchParams: asked } = new URL(request.url ?? '', 'http://127.0.0.1')
    const [from = '', to = '', place = 0] = [asked.get('from') ?? '', asked.get('to') ?? '', Number(asked.get('p'))]
    const held = times.filter((at) => at >= Date.parse(from) && at <= Date.parse(to))
    response.statusCode = place > longest ? 410 : 200
    const next = `<paging><next>/v2/entries?from=${from}&amp;to=${to}&amp;p=${place + 1}</next></paging>`
    const images = held.slice(place, place + 1).map(image)
    response.end(
      `<queryResult xmlns="x"><images>${images}</images>${place + 1 < held.length ? next : ''}</queryResult>`,
    )
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const baseUrl = `http://127.0.0.1:${Object(server.address()).port}`
  return {
    origin: ncmecOrigin({ baseUrl, credentials: { user: 'u', password: 'p' } }),
    calls: () => calls,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
