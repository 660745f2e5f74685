import { eventTypes, type PlatformEvent, sentEvent } from '@wardline/api'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { finish, listJobs } from '#jobs'
import { emptyDatabase, emptyDatabases } from '../db/testing.ts'
import { openVaultWorld, resealed, type VaultWorld } from '../vault/testing.ts'
import { eventRow } from './store.ts'
import {
  eventsAfter,
  forgetEvents,
  listEvents,
  markDelivered,
  markFailed,
  markTaken,
  numberEvents,
  raiseEvent,
  replayEvent,
} from './webhooks.ts'

const held = (name: string, more: object = {}): PlatformEvent => ({
  type: 'case.held',
  onceKey: `case.held ${name}`,
  isTest: false,
  data: { case: `case_${name}`, scans: ['scan_1'], furtherScans: 0, account: { id: 'somebody-9' }, heldAt: 5, ...more },
})
const restore = (name: string): PlatformEvent => ({
  type: 'repair.restore',
  onceKey: `repair.restore ${name}`,
  isTest: false,
  data: {
    repair: 'repair_1',
    case: `case_${name}`,
    scans: [],
    furtherScans: 0,
    account: null,
    asks: ['restore_content'],
    decidedAt: 6,
  },
})
const raise = ({ database, clock, vault }: VaultWorld, event: PlatformEvent) =>
  database.transact((tx) => raiseEvent(tx, clock, vault, event))
type MayServe = NonNullable<Parameters<typeof eventsAfter>[1]['mayServe']>
const fetched = (
  { database, vault, clock }: VaultWorld,
  after = 0,
  limit = 100,
  mayServe: MayServe = async () => true,
) => eventsAfter({ database, vault, clock, environment: 'sandbox' }, { after, limit, mayServe })
const row = async ({ database }: VaultWorld, id: string) => {
  const found = await eventRow(database.read, id)
  if (found === undefined) throw new Error('no such event')
  return found
}

describe.each(emptyDatabases)('an event on %s', (_kind, empty) => {
  it('is written once for its key, with one job, also when it is raised from several sides at once', async () => {
    await using world = await openVaultWorld(await empty())
    const ids = await Promise.all([1, 2, 3].map(() => raise(world, held('a'))))
    expect(new Set(ids).size).toBe(1)
    expect((await fetched(world)).events).toHaveLength(1)
    expect((await listJobs(world.database.read)).map(({ kind, subject }) => [kind, subject])).toEqual([
      ['platform_event', ids[0]],
    ])
  })

  it('holds nothing in the open, and outlives a change of the vault’s key', async () => {
    await using world = await openVaultWorld(await empty())
    const id = await raise(world, held('a'))
    const before = (await row(world, id)).data_sealed
    expect(Buffer.from(before).includes('somebody-9')).toBe(false)
    await world.vault.rotate({ patienceMs: 0, withoutCopy: true })
    await resealed(world)
    expect(Buffer.from((await row(world, id)).data_sealed).equals(Buffer.from(before))).toBe(false)
    expect((await fetched(world)).events[0]).toMatchObject({ id, data: { account: { id: 'somebody-9' } } })
  })

  it('that says more than a platform may learn is refused before it is written', async () => {
    await using world = await openVaultWorld(await empty())
    for (const more of [
      { list: 'l' },
      { hash: 'ff' },
      { account: { id: 'x', email: 'x@users.example' } },
      { fileName: 'a' },
    ])
      await expect(raise(world, held('a', more))).rejects.toThrow()
    expect(await listEvents(world.database.read, { limit: 5 })).toEqual([])
  })

  it('never appears behind one that was fetched, whatever the order in which transactions end', async () => {
    await using world = await openVaultWorld(await empty())
    const seen: number[] = []
    const all = Array.from({ length: 24 }, (_, i) => raise(world, held(String(i))))
    for (let next = 0; seen.length < all.length; ) {
      const page = await fetched(world, next, 5)
      seen.push(...page.events.map(({ number }) => number))
      next = page.next
    }
    await Promise.all(all)
    expect(seen).toEqual(all.map((_, i) => i + 1))
    await Promise.all([1, 2, 3].map(() => numberEvents(world.database)))
    expect((await fetched(world)).events.map(({ number }) => number)).toEqual(seen)
  })

  it('that something waits for is followed by a job when it is taken or given up, and again when it was sent anew', async () => {
    await using world = await openVaultWorld(await empty())
    const { database, clock } = world
    const id = await raise(world, restore('a'))
    await raise(world, held('a'))
    const followers = async () =>
      (await listJobs(database.read)).filter(({ kind }) => kind === 'event_taken').map(({ subject }) => subject)
    const fail = async () => {
      const before = await row(world, id)
      return database.transact((tx) => markFailed(tx, clock, before, 'away'))
    }
    expect(await fail()).toBe('waiting')
    await clock.advance(7 * 24 * 3_600_000)
    expect(await followers()).toEqual([])
    expect(await fail()).toBe('given_up')
    expect(await fail()).toBe('overtaken')
    expect(await followers()).toEqual([id])
    await database.transact((tx) => replayEvent(tx, clock, { id, by: 'wardline' }))
    expect(await fail()).toBe('waiting')
    await numberEvents(database)
    expect(await database.transact((tx) => markTaken(tx, clock, 2)), 'what was left out is not taken').toBe(1)
    await fetched(world)
    expect(await database.transact((tx) => markTaken(tx, clock, 2))).toBe(1)
    expect(await database.transact((tx) => markTaken(tx, clock, 2))).toBe(0)
    expect(await row(world, id)).toMatchObject({ state: 'delivered' })
  })

  it('that was in a page which is read again without it is not among what is kept, until a page holds it again', async () => {
    await using world = await openVaultWorld(await empty())
    const { database, clock } = world
    const id = await raise(world, restore('a'))
    await raise(world, held('b'))
    const taken = () => database.transact((tx) => markTaken(tx, clock, 2))
    expect((await fetched(world)).events).toHaveLength(2)
    // That page was lost on its way.
    expect((await fetched(world, 0, 100, async () => false)).events.map(({ type }) => type)).toEqual(['case.held'])
    expect(await taken()).toBe(1)
    expect(await row(world, id)).toMatchObject({ state: 'waiting', served_at: null })
    await fetched(world)
    expect(await taken()).toBe(1)
    // What it has it has, whatever a page holds later.
    await fetched(world, 0, 100, async () => false)
    expect(await row(world, id)).toMatchObject({ state: 'delivered', served_at: clock.now() })
  })

  it('that something waits for and nobody took comes behind all that was fetched once it is sent anew; any other keeps its number', async () => {
    await using world = await openVaultWorld(await empty())
    const { database, clock } = world
    const [a, b, c] = [
      await raise(world, restore('a')),
      await raise(world, held('b')),
      await raise(world, restore('c')),
    ]
    const { next } = await fetched(world)
    await database.transact((tx) =>
      tx.updateTable('platform_events').set({ served_at: null }).where('id', '=', a).execute(),
    )
    await database.transact((tx) => markTaken(tx, clock, next))
    for (const id of [a, b, c]) await database.transact((tx) => replayEvent(tx, clock, { id, by: 'wardline' }))
    expect(await row(world, a)).toMatchObject({ state: 'waiting', number: null, served_at: null })
    expect(
      await database.transact((tx) => markTaken(tx, clock, next)),
      'of the one that comes again nothing is said',
    ).toBe(2)
    expect(await fetched(world, next)).toMatchObject({ events: [{ id: a, number: 4 }], next: 4 })
    expect((await fetched(world)).events.map(({ id }) => id)).toEqual([b, c, a])
    expect(await database.transact((tx) => markTaken(tx, clock, 4))).toBe(1)
  })

  it('that is sent anew while a page is answered comes in a later one', async () => {
    await using world = await openVaultWorld(await empty())
    const { database, clock } = world
    const [first, second] = [await raise(world, restore('a')), await raise(world, restore('b'))]
    const mayServe: MayServe = async (tx, { id }) => {
      if (id === first) await replayEvent(tx, clock, { id: second, by: 'wardline' })
      return true
    }
    const page = await fetched(world, 0, 100, mayServe)
    expect(page.events.map(({ id }) => id)).toEqual([first])
    expect(await database.transact((tx) => markTaken(tx, clock, page.next))).toBe(1)
    expect((await fetched(world, page.next)).events.map(({ id }) => id)).toEqual([second])
  })

  it('that is sent anew while its last try fails is not given up by that', async () => {
    await using world = await openVaultWorld(await empty())
    const { database, clock } = world
    const id = await raise(world, restore('a'))
    const old = await row(world, id)
    await database.transact((tx) => markFailed(tx, clock, old, 'away'))
    await clock.advance(8 * 24 * 3_600_000)
    const tried = await row(world, id)
    await database.transact((tx) => replayEvent(tx, clock, { id, by: 'wardline' }))
    expect(await database.transact((tx) => markFailed(tx, clock, tried, 'away'))).toBe('waiting')
    expect(await row(world, id)).toMatchObject({ state: 'waiting', attempts: 1, first_tried_at: clock.now() })
    // Nor one that was called back while it was on its way.
    await database.transact((tx) => tx.deleteFrom('platform_events').execute())
    expect(await database.transact((tx) => markFailed(tx, clock, tried, 'away'))).toBe('overtaken')
  })

  it('is forgotten thirty days after it was taken, whenever it arose, and not before its word was passed on', async () => {
    await using world = await openVaultWorld(await empty())
    const { database, clock } = world
    const dayMs = 24 * 3_600_000
    const [plain, awaited] = [await raise(world, held('a')), await raise(world, restore('a'))]
    await clock.advance(89 * dayMs)
    for (const id of [plain, awaited]) {
      const before = await row(world, id)
      expect(await database.transact((tx) => markDelivered(tx, clock, before))).toBe(true)
    }
    const left = async () => {
      expect(await database.transact((tx) => forgetEvents(tx, clock))).toBe(false)
      return (await listEvents(database.read, { limit: 9 })).map(({ id }) => id).sort()
    }
    expect(await left()).toEqual([plain, awaited].sort())
    await clock.advance(29 * dayMs)
    expect(await left()).toEqual([plain, awaited].sort())
    await clock.advance(2 * dayMs)
    expect(await left()).toEqual([awaited])
    await database.transact((tx) => tx.deleteFrom('jobs').where('kind', '=', 'event_taken').execute())
    expect(await left()).toEqual([])
  })
})

/** One that was given up, and the job that says so, in this state. */
async function givenUp(world: VaultWorld, job: { state: 'running' | 'dead'; lease: string | null }) {
  const { database, clock } = world
  const id = await raise(world, restore('a'))
  for (let day = 0; day < 8; day += 7) {
    await clock.advance(day * 24 * 3_600_000)
    const before = await row(world, id)
    await database.transact((tx) => markFailed(tx, clock, before, 'away'))
  }
  const leased = { ...job, leased_until: job.lease === null ? null : Number.MAX_SAFE_INTEGER }
  await database.transact((tx) => tx.updateTable('jobs').set(leased).where('kind', '=', 'event_taken').execute())
  const [follower] = (await listJobs(database.read)).filter(({ kind }) => kind === 'event_taken')
  return {
    id,
    follower: { id: '', kind: '', subject: '', ...follower, attempts: 1, bugs: 0, lease: '', leaseMs: 60_000 },
  }
}

it.each(emptyDatabases)(
  'an event that is taken after all revives the job that was given up over it, on %s',
  async (_kind, empty) => {
    await using world = await openVaultWorld(await empty())
    const { database, clock } = world
    const { id } = await givenUp(world, { state: 'dead', lease: null })
    const before = await row(world, id)
    await database.transact((tx) => markDelivered(tx, clock, before))
    expect((await listJobs(database.read)).filter(({ kind }) => kind === 'event_taken')).toMatchObject([
      { subject: id, state: 'waiting' },
    ])
  },
)

// The other database has one writer, and nothing overlaps.
it('that an event was taken is passed on also where its job just ends over what was before, on PostgreSQL', async () => {
  await using world = await openVaultWorld(await emptyDatabase('postgres'))
  const { database, clock } = world
  const { id, follower } = await givenUp(world, { state: 'running', lease: 'mine' })
  const before = await row(world, id)
  const { promise: isWritten, resolve: written } = Promise.withResolvers<void>()
  const { promise: isOver, resolve: over } = Promise.withResolvers<void>()
  const taking = database.transact(async (tx) => {
    await markDelivered(tx, clock, before)
    written()
    await isOver
  })
  await isWritten
  const seen = await database.transact(async (tx) => {
    await finish(tx, { ...follower, lease: 'mine' })
    return (await eventRow(tx, id))?.state
  })
  over()
  await taking
  expect(seen).toBe('given_up')
  expect(await row(world, id)).toMatchObject({ state: 'delivered' })
  expect((await listJobs(database.read)).filter(({ kind }) => kind === 'event_taken')).toMatchObject([{ subject: id }])
})

it('every type that is raised can be sent, and what is sent has no more keys than its schema', () => {
  const types = sentEvent.options.map((option) => option.shape.type.value)
  expect(types).toEqual([...eventTypes])
  fc.assert(
    fc.property(fc.constantFrom(...eventTypes), fc.string({ minLength: 1 }), (type, key) => {
      const odd = {
        type,
        id: 'hook_1',
        number: 1,
        timestamp: new Date(0).toISOString(),
        environment: 'test',
        isTest: true,
      }
      expect(sentEvent.safeParse({ ...odd, data: { [key]: 1 } }).success).toBe(false)
    }),
  )
})
