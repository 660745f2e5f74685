import { describe, expect, it } from 'vitest'
import { removeList } from '#lists'
import { emptyDatabases } from '../db/testing.ts'
import { HastyClock, openSyncWorld } from '../lists/sync/testing.ts'
import { agesOf, beginFetching, type FetchGround, fetchHandlers } from './fetch.ts'
import { askForLeft } from './left-lists.ts'

const minute = 60_000
const hour = 60 * minute

describe.each(emptyDatabases)('lists that are to be fetched, on %s', (_kind, empty) => {
  async function open() {
    const clock = new HastyClock()
    const origin = { kind: 'file', path: '/nowhere', format: undefined, algorithm: undefined, source: 'us' } as const
    const world = await openSyncWorld(await empty(), origin, clock)
    const ground: FetchGround = {
      ...world.ground,
      vault: world.vault.vault,
      environment: 'sandbox',
      lists: [world.list],
      alerts: undefined,
      wake: () => {},
    }
    const job = async () => {
      const { database } = ground
      return database.read.selectFrom('jobs').selectAll().where('kind', '=', 'sync_list').executeTakeFirst()
    }
    /** As a worker has it. */
    const claimed = async () => {
      const held = { lease: 'l', leased_until: Date.now() + hour, state: 'running' as const }
      await ground.database.transact((tx) => tx.updateTable('jobs').set(held).execute())
      const { id = '', kind = '', subject = '' } = (await job()) ?? {}
      return { id, kind, subject, attempts: 1, bugs: 0, lease: 'l', leaseMs: hour }
    }
    return { clock, world, ground, job, claimed, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() }
  }

  it('stay with the servers that know them while others do not', async () => {
    await using it = await open()
    await beginFetching(it.ground)
    for (const lists of [[], [{ ...it.world.list, policy: { ...it.world.list.policy, enabled: false } }]]) {
      const handler = fetchHandlers({ ...it.ground, lists }).sync_list
      expect(await handler(await it.claimed(), new AbortController().signal)).toMatchObject({
        kind: 'again',
        at: it.clock.now() + 10 * minute,
      })
    }
    expect((await it.world.standing()).trouble).toBeNull()
  })

  it('end in words when no server was to fetch them for a day, and go on once one is', async () => {
    await using it = await open()
    const { database } = it.ground
    await beginFetching(it.ground)
    await it.clock.advance(24 * hour)
    const ignorant = fetchHandlers({ ...it.ground, lists: [] }).sync_list
    expect(await ignorant(await it.claimed(), new AbortController().signal)).toEqual({ kind: 'done' })
    expect(await it.job()).toBeUndefined()
    expect((await it.world.standing()).trouble).toContain('for a day no server was to fetch this list')
    // Another server has it still, and was not started anew.
    await askForLeft({ ...it.ground, lists: [{ ...it.world.list, class: 'exploitative' }] })
    expect(await it.job()).toBeUndefined()
    await askForLeft(it.ground)
    expect(await it.job()).toMatchObject({ state: 'waiting', run_at: it.clock.now() })
    // What waits for a person is not asked for again.
    await database.transact((tx) => tx.updateTable('jobs').set({ state: 'dead' }).execute())
    await askForLeft(it.ground)
    expect((await it.job())?.state).toBe('dead')
  })

  it('leave no word behind once they were removed', async () => {
    await using it = await open()
    await beginFetching(it.ground)
    await removeList(it.ground.database, it.clock, { id: 'fetched', actor: 'wardline' })
    const ignorant = fetchHandlers({ ...it.ground, lists: [] }).sync_list
    expect(await ignorant(await it.claimed(), new AbortController().signal)).toEqual({ kind: 'done' })
    expect(await it.job()).toBeUndefined()
    await expect(it.world.standing()).rejects.toThrow('never fetched')
  })

  it('are fetched sooner from the next start on when they are to be fetched more often', async () => {
    await using it = await open()
    const { database, clock } = it.ground
    const every = (everyMs: number) => beginFetching({ ...it.ground, lists: [{ ...it.world.list, everyMs }] })
    await every(24 * hour)
    const now = clock.now()
    await database.transact(async (tx) => {
      await tx.updateTable('list_syncs').set({ succeeded_at: now }).execute()
      await tx.deleteFrom('jobs').execute()
    })
    await every(24 * hour)
    expect((await it.job())?.run_at).toBe(now + 24 * hour)
    await every(hour)
    expect((await it.job())?.run_at).toBe(now + hour)
    await every(2 * hour)
    expect((await it.job())?.run_at).toBe(now + hour)
  })

  it('are too old at once when they cannot be opened, and say why', async () => {
    await using it = await open()
    expect(await agesOf(it.ground)).toMatchObject([{ tooOld: true, standing: undefined }])
    await beginFetching(it.ground)
    expect(await agesOf(it.ground)).toMatchObject([{ tooOld: false }])
    const other = { ...it.ground, lists: [{ ...it.world.list, class: 'exploitative' as const }] }
    await beginFetching(other)
    const [age] = await agesOf(other)
    expect(age?.tooOld).toBe(true)
    expect(age?.standing?.trouble).toContain('use another name for another class')
    const never = { ...it.ground, lists: [{ ...it.world.list, id: 'Odd one' }] }
    await beginFetching(never)
    expect(await agesOf(never)).toMatchObject([{ tooOld: true, standing: { succeededAt: null } }])
  })
})
