import { createServer } from 'node:http'
import { type HashSharing, type HashSharingOptions, startHashSharing } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { emptyDatabases } from '../../db/testing.ts'
import { listRejected } from './store-rejected.ts'
import { HastyClock, ncmecOrigin, openSyncWorld, type SyncWorld, truthOf } from './testing.ts'

const fiveMinutes = 300_000

describe.each(emptyDatabases)('a list fetched from NCMEC, on %s', (_kind, empty) => {
  async function open(options: HashSharingOptions = {}): Promise<Opened> {
    const clock = new HastyClock()
    const server = await startHashSharing({ clock, entries: 700, pageSize: 60, ...options })
    const world = await openSyncWorld(await empty(), ncmecOrigin(server), clock)
    return {
      clock,
      server,
      world,
      [Symbol.asyncDispose]: async () => {
        await world[Symbol.asyncDispose]()
        await server.close()
      },
    }
  }

  it('holds after its first sync what the service holds, and after each further one what changed', async () => {
    await using it = await open()
    const first = await it.world.sync()
    expect(await it.world.state()).toEqual(truthOf(it.server.live()))
    expect(first.videos).toBeGreaterThan(20)
    expect(first.otherKinds).toBeGreaterThan(10)
    for (let round = 0; round < 3; round += 1) {
      await it.clock.advance(fiveMinutes)
      it.server.churn({ adds: 20, updates: 30, deletes: 25 })
      await it.clock.advance(fiveMinutes)
      const next = await it.world.sync()
      expect(await it.world.state()).toEqual(truthOf(it.server.live()))
      // The whole list is not fetched again.
      expect(next.met).toBeLessThan(200)
    }
    expect(it.server.inspect().violations).toEqual([])
    expect(await it.world.standing()).toMatchObject({ trouble: null, running: false, rejected: 0 })
  })

  it.each(['vanishes', 'stays'] as const)(
    'misses nothing that changes while it reads (an entry that does %s)',
    async (leaving) => {
      await using it = await open({ leaving, commitLagMs: 2_000 })
      const stop = it.server.faults.rule(({ route }) => {
        if (route !== 'page') return undefined
        it.clock.set(it.clock.now() + 1_000)
        it.server.churn({ adds: 1, updates: 2, deletes: 1 })
        return undefined
      })
      await it.world.sync()
      stop()
      await it.clock.advance(fiveMinutes)
      await it.world.sync()
      expect(await it.world.state()).toEqual(truthOf(it.server.live()))
      expect(it.server.inspect().violations).toEqual([])
    },
  )

  it('reads a second that holds a great many entries', async () => {
    await using it = await open({ entries: 50, pileUps: [{ atMs: Date.UTC(2025, 2, 1), count: 4000 }], pageSize: 1000 })
    await it.world.sync()
    expect(await it.world.state()).toEqual(truthOf(it.server.live()))
  })

  it('comes through a service that is busy, breaks off, lies about its counts and repeats itself', async () => {
    await using it = await open()
    it.server.faults.script('page', [
      { kind: 'unavailable', retryAfter: 30 },
      { kind: 'too_many_requests', retryAfter: 7 },
      'drop_midway',
      'truncated',
      'wrong_count',
      null,
      { kind: 'html_page', status: 200 },
      'bad_gateway',
      'duplicates',
      'extra_elements',
      'drop_before',
      'hostile',
      'drop_after',
      'gateway_timeout',
      { kind: 'unavailable', retryAfter: 'Mon, 01 Jun 2026 12:01:00 GMT' },
    ])
    await it.world.sync()
    expect(await it.world.state()).toEqual(truthOf(it.server.live()))
    expect(it.server.inspect().violations).toEqual([])
  })

  it('begins a range again when its link is forgotten, or when it was away for longer than a link may live', async () => {
    await using it = await open()
    it.server.faults.script('page', [
      null,
      'expired_next',
      null,
      null,
      { kind: 'status', status: 418 },
      { kind: 'status', status: 418 },
    ])
    await expect(it.world.sync()).rejects.toMatchObject({ code: 'source_odd' })
    it.server.forget()
    await it.clock.advance(13 * 3_600_000)
    await it.world.sync()
    expect(await it.world.state()).toEqual(truthOf(it.server.live()))
    expect(it.server.inspect().violations).toEqual([])
  })

  it('goes on at the very page where it was stopped', async () => {
    await using it = await open()
    const stopping = new AbortController()
    const stop = it.server.faults.rule(({ route, nth }) => {
      if (route === 'page' && nth === 6) stopping.abort()
      return undefined
    })
    await expect(it.world.sync({ signal: stopping.signal })).rejects.toMatchObject({ code: 'source_unreachable' })
    stop()
    expect(await it.world.standing()).toMatchObject({ trouble: null, failedAt: null, running: false })
    const before = (await it.world.state()).size
    expect(before).toBeGreaterThan(100)
    const rest = await it.world.sync()
    expect(rest.met).toBeLessThan(700)
    expect(await it.world.state()).toEqual(truthOf(it.server.live()))
  })

  it.each(['other_host', 'other_port', 'other_scheme', 'user_info', 'no_scheme', 'outside', 'loop'] as const)(
    'follows no link that leads elsewhere (%s), and takes nothing of such a page',
    async (lie) => {
      await using it = await open()
      it.server.faults.always('page', { kind: 'lying_next', lie })
      await expect(it.world.sync()).rejects.toMatchObject({ code: 'next_refused' })
      expect(it.server.inspect().strangerCalls).toEqual([])
      const { trouble } = await it.world.standing()
      expect(trouble).toMatch(/not its own|circle/)
      expect(trouble).not.toMatch(/127\.0\.0\.1|http/)
      // Once the service is honest again, nothing of it matters any more.
      it.server.faults.clear()
      await it.world.sync()
      expect(await it.world.state()).toEqual(truthOf(it.server.live()))
    },
  )

  it('ends with a service that never ends', async () => {
    await using it = await open({ entries: 200 })
    it.server.faults.always('page', { kind: 'lying_next', lie: 'endless' })
    await expect(it.world.sync()).rejects.toMatchObject({ code: 'answer_odd' })
    expect(it.server.inspect().calls.length).toBeLessThan(200)
  })

  it('is not sent elsewhere, whatever the status', async () => {
    await using it = await open()
    for (const status of [301, 302, 307, 308]) {
      it.server.faults.always('entries', { kind: 'redirect', status })
      await expect(it.world.sync()).rejects.toMatchObject({ code: 'source_odd' })
    }
    expect(it.server.inspect().strangerCalls).toEqual([])
  })

  it('stops at wrong credentials, says so and shows none', async () => {
    await using it = await open()
    const { origin } = it.world.list
    if (origin.kind !== 'ncmec') throw new Error('a list of NCMEC was expected')
    const wrong = { ...it.world.list, origin: { ...origin, password: 'not-the-password' } }
    const world: SyncWorld = { ...it.world, list: wrong }
    const { syncList } = await import('./sync.ts')
    const refused = syncList(world.ground, wrong, { environment: 'sandbox', actor: 'wardline' })
    await expect(refused).rejects.toMatchObject({ code: 'source_refuses_us', retry: 'ask_a_person' })
    expect(it.server.inspect().calls).toHaveLength(1)
    const { trouble } = await it.world.standing()
    expect(trouble).toBe('the list service refuses these credentials (401)')
  })

  it('names what it cannot take by its entry, never by its value, and takes the rest of that entry', async () => {
    const good = 'c'.repeat(40)
    const bad = `${'e'.repeat(31)}x`
    const planted = [{ memberId: 111, entryId: 'odd', fingerprints: { md5: bad, sha1: good } }]
    await using it = await open({ entries: 300, shares: { malformed: 0.2 }, planted })
    await it.world.sync()
    expect(await it.world.state()).toEqual(truthOf(it.server.live()))
    const rows = await listRejected(it.world.ground.database.read, it.world.ground.vault, it.world.list.id)
    expect(rows).toContainEqual({
      source: 'ncmec-111',
      entryId: 'odd',
      what: 'md5',
      why: 'it is not hexadecimal',
      at: it.clock.now(),
    })
    const { rejected } = await it.world.standing()
    expect(rejected).toBe(rows.length)
    expect(rejected).toBeGreaterThan(20)
    expect(JSON.stringify(rows)).not.toMatch(/[0-9a-f]{30}/)
    // Once the member mends it, nothing is said of it any more.
    it.server.change({ kind: 'update', memberId: 111, entryId: 'odd', entry: { fingerprints: { sha1: good } } })
    await it.clock.advance(fiveMinutes)
    await it.world.sync()
    expect((await it.world.standing()).rejected).toBe(rejected - 1)
  })

  it('is fetched by one at a time, and by the next one once a dead one’s lease is over', async () => {
    await using it = await open({ entries: 100 })
    let second: Promise<unknown> = Promise.resolve()
    const stop = it.server.faults.rule(() => {
      stop()
      second = it.world.sync().catch((error: unknown) => error)
      return { kind: 'delay', until: second }
    })
    await it.world.sync()
    expect(await second).toMatchObject({ code: 'sync_running' })
    await it.world.sync()
  })

  it('asks in UTC wherever the machine stands', async () => {
    const before = process.env['TZ']
    process.env['TZ'] = 'Pacific/Apia'
    try {
      expect(new Date(0).getTimezoneOffset()).not.toBe(0)
      await using it = await open({ entries: 200 })
      await it.world.sync()
      it.server.churn({ updates: 10 })
      await it.clock.advance(fiveMinutes)
      await it.world.sync()
      expect(await it.world.state()).toEqual(truthOf(it.server.live()))
      expect(it.server.inspect().violations).toEqual([])
    } finally {
      if (before === undefined) delete process.env['TZ']
      else process.env['TZ'] = before
    }
  })

  it('can be fetched anew: what the service does not name any more is removed', async () => {
    await using it = await open({ entries: 300 })
    await it.world.sync()
    // A service that forgets entries without saying that they were deleted.
    await using other = await startHashSharing({ clock: it.clock, entries: 120, pageSize: 60 })
    const { syncList } = await import('./sync.ts')
    const moved = { ...it.world.list, origin: ncmecOrigin(other) }
    await syncList(it.world.ground, moved, { environment: 'sandbox', actor: 'wardline' })
    expect(await it.world.state()).toEqual(truthOf(other.live()))
    await syncList(it.world.ground, moved, { environment: 'sandbox', actor: 'wardline', anew: true })
    expect(await it.world.state()).toEqual(truthOf(other.live()))
  })

  it('never takes an older state for a newer one, in whatever order pages tell them', async () => {
    const clock = new HastyClock()
    const value = (digit: string) => digit.repeat(40)
    const image = (id: string, second: number, digit: string) =>
      `<image><member id="7">n</member><timestamp>2026-05-01T00:00:${String(second).padStart(2, '0')}Z</timestamp>` +
      `<id>${id}</id><fingerprints><sha1>${value(digit)}</sha1></fingerprints></image>`
    const deleted = (id: string, second: number) =>
      `<deletedImage><id>${id}</id><timestamp>2026-05-01T00:00:${String(second).padStart(2, '0')}Z</timestamp><member id="7">n</member></deletedImage>`
    const pages = [
      image('newer', 20, '2') + deleted('gone', 20) + image('back', 10, '1'),
      image('newer', 10, '1') + image('gone', 10, '1') + deleted('back', 5),
      deleted('newer', 15) + image('gone', 19, '3') + image('back', 21, '4') + image('back', 11, '5'),
    ]
    const page = (at: number) =>
      `<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><images>${pages[at]}</images>` +
      `${at + 1 < pages.length ? `<paging><next>/v2/entries?p=${at + 1}</next></paging>` : ''}</queryResult>`
    const server = createServer((request, response) => {
      const at = Number(/p=(\d)/.exec(request.url ?? '')?.[1] ?? 0)
      response.end(page(at))
    })
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    const port = Object(server.address()).port
    const origin = ncmecOrigin({ baseUrl: `http://127.0.0.1:${port}`, credentials: { user: 'u', password: 'p' } })
    try {
      await using world = await openSyncWorld(await empty(), origin, clock)
      const entries = async () =>
        [...(await world.state())].map(([key, told]) => [key, /sha1 (\d)/.exec(told)?.[1]]).sort()
      await world.sync()
      const expected = [
        ['ncmec-7 back', '4'],
        ['ncmec-7 newer', '2'],
      ]
      expect(await entries()).toEqual(expected)
      // The same range told again, as after a link that was forgotten.
      await world.sync()
      expect(await entries()).toEqual(expected)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})

interface Opened extends AsyncDisposable {
  readonly clock: HastyClock
  readonly server: HashSharing
  readonly world: SyncWorld
}
