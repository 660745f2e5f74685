import { describe, expect, it } from 'vitest'
import { emptyDatabases } from '../../db/testing.ts'
import { openVaultWorld } from '../../vault/testing.ts'
import {
  AFFIRMED_FACTOR,
  type Breaker,
  countHit,
  forgetHits,
  keepAside,
  listSetAsides,
  recordBulk,
  releaseEntry,
  setAsideAmong,
} from './aside.ts'

const hour = 3_600_000
const breaker: Breaker = { accounts: 3, windowMs: 24 * hour }
const entry = { listId: 'drawn', source: 's', entryId: 'e', class: 'csam' as const, members: 1 }
const by = 'person:person_1' as const

describe.each(emptyDatabases)('the flood breaker on %s', (_kind, empty) => {
  const open = async () => {
    const world = await openVaultWorld(await empty())
    const { database, clock, vault } = world
    const hit = (who: string, change: Partial<typeof entry> = {}) =>
      database.transact((tx) =>
        countHit(
          tx,
          clock,
          vault,
          { entries: [{ ...entry, ...change }], whoKey: vault.keyed('breaker account', who) },
          breaker,
        ),
      )
    const asides = () => listSetAsides(database.read, clock)
    return { ...world, hit, asides }
  }

  it('sets an entry aside at the first account beyond the limit, and says by when a person must look', async () => {
    const world = await open()
    await using _ = world
    for (const who of ['a', 'b', 'c']) expect(await world.hit(who)).toEqual([])
    const now = world.clock.now()
    expect(await world.hit('d')).toEqual([
      { id: expect.stringMatching(/^aside_/), listId: 'drawn', accounts: 4, reviewDueAt: now + 24 * hour },
    ])
    expect(await world.hit('e')).toEqual([])
    expect(await world.asides()).toMatchObject([{ state: 'set_aside', overdue: false, openCases: 0, accounts: 4 }])
    world.clock.set(now + 24 * hour)
    expect(await world.asides()).toMatchObject([{ overdue: true }])
    const lines = await world.database.read.selectFrom('audit_events').selectAll().execute()
    expect(lines.map(({ act }) => act)).toEqual(['set_entry_aside'])
  })

  it('counts an account once, however often it comes, and no account that came before the window', async () => {
    const world = await open()
    await using _ = world
    for (let times = 0; times < 10; times += 1) expect(await world.hit('a')).toEqual([])
    await world.hit('b')
    await world.hit('c')
    world.clock.set(world.clock.now() + 24 * hour)
    for (const who of ['d', 'e', 'f']) expect(await world.hit(who)).toEqual([])
    await world.database.transact((tx) => forgetHits(tx, world.clock, breaker))
    expect(await world.database.read.selectFrom('list_hits').selectAll().execute()).toHaveLength(3)
    expect(await world.hit('g')).toHaveLength(1)
  })

  it('lets ten times as many accounts hit an entry that two members list or affirm', async () => {
    const world = await open()
    await using _ = world
    for (let who = 0; who < breaker.accounts * AFFIRMED_FACTOR; who += 1)
      expect(await world.hit(String(who), { members: 2 })).toEqual([])
    expect(await world.hit('one more', { members: 2 })).toHaveLength(1)
  })

  it('never sets an entry aside again that a person released, while another one still is', async () => {
    const world = await open()
    await using _ = world
    const { database, clock, vault } = world
    for (const who of ['a', 'b', 'c', 'd']) await world.hit(who)
    const [aside] = await world.asides()
    const about = { id: aside?.id ?? '', by, reason: 'known material that went round' }
    await database.transact((tx) => releaseEntry(tx, clock, vault, about))
    for (const who of ['e', 'f', 'g', 'h', 'i']) expect(await world.hit(who)).toEqual([])
    expect(await world.asides()).toMatchObject([
      { state: 'released', reviewDueAt: null, overdue: false, decidedBy: by },
    ])
    for (const who of ['a', 'b', 'c']) await world.hit(who, { entryId: 'another' })
    expect(await world.hit('d', { entryId: 'another' })).toHaveLength(1)
    await expect(database.transact((tx) => keepAside(tx, clock, vault, about))).rejects.toMatchObject({
      code: 'not_possible',
    })
  })

  it('wants a person and a reason, and asks for another look a day after an entry was kept', async () => {
    const world = await open()
    await using _ = world
    const { database, clock, vault } = world
    for (const who of ['a', 'b', 'c', 'd']) await world.hit(who)
    const [aside] = await world.asides()
    const about = { id: aside?.id ?? '', by, reason: 'a meme' }
    const act = (change: object) => database.transact((tx) => keepAside(tx, clock, vault, { ...about, ...change }))
    await expect(act({ reason: ' ' })).rejects.toMatchObject({ code: 'reason_missing' })
    await expect(act({ by: 'wardline' })).rejects.toMatchObject({ code: 'not_a_person' })
    await expect(act({ id: 'aside_none' })).rejects.toMatchObject({ code: 'no_such_set_aside' })
    clock.set(clock.now() + 25 * hour)
    expect(await world.asides()).toMatchObject([{ overdue: true }])
    await act({})
    expect(await world.asides()).toMatchObject([
      { state: 'kept', overdue: false, reviewDueAt: clock.now() + 24 * hour },
    ])
    await database.transact((tx) => recordBulk(tx, clock, vault, { ...about, says: 'dismiss', decision: {} }))
    await expect(
      database.transact((tx) => recordBulk(tx, clock, vault, { ...about, says: 'confirm', decision: {} })),
    ).rejects.toMatchObject({ code: 'not_possible' })
    expect(
      await setAsideAmong(database.read, [vault.keyed('list entry', JSON.stringify(['drawn', 's', 'e']))]),
    ).toEqual(new Map([[expect.any(String), { id: about.id, since: expect.any(Number), says: 'dismiss' }]]))
  })

  it('counts right when replicas count at the same moment', async () => {
    const world = await open()
    await using _ = world
    const tripped = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((who) => world.hit(who)))
    expect(tripped.flat()).toHaveLength(1)
    expect(await world.asides()).toMatchObject([{ accounts: 4 }])
  })
})
