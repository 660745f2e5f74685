import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { emptyDatabases } from '../../db/testing.ts'
import { openVaultWorld } from '../../vault/testing.ts'
import { applyChanges, openList, sealChanges } from '../changes.ts'
import { DEFAULT_POLICY } from '../entry.ts'
import { findList, summariseLists } from '../store.ts'
import { listsSince } from '../store-blocks.ts'
import { dropBlocks, hideList } from '../store-removed.ts'
import { finishRemovals, removeList } from './remove.ts'

describe.each(emptyDatabases)('a list that is removed, on %s', (_kind, empty) => {
  async function open(blocks: number) {
    const world = await openVaultWorld(await empty())
    const { database, clock, vault } = world
    const list = { id: 'drawn', class: 'test', environment: 'sandbox', policy: DEFAULT_POLICY } as const
    const make = () => database.transact((tx) => openList(tx, clock, list))
    const add = async (entryId: string) => {
      const put = { kind: 'put' as const, source: 's', entryId, class: 'test' as const, members: ['s'], values: [] }
      const sealed = sealChanges(vault, clock, 'drawn', [put])
      await database.transact((tx) => applyChanges(tx, clock, sealed))
    }
    await make()
    for (let at = 0; at < blocks; at += 1) await add(`e${at}`)
    const left = async () => (await database.read.selectFrom('list_blocks').select('id').execute()).length
    return { ...world, make, add, left }
  }

  it('goes in slices, between which others have their turn', async () => {
    const world = await open(120)
    await using _ = world
    const { database, clock } = world
    let over = false
    const seen = new Set<number>()
    const removing = removeList(database, clock, { id: 'drawn', actor: 'wardline' }).finally(() => {
      over = true
    })
    while (!over) {
      // SQLite never lets go of the event loop by itself, and the removal must have its turn too.
      await setImmediate()
      seen.add(await world.left())
    }
    await removing
    expect(seen.size).toBeGreaterThan(3)
    expect(await world.left()).toBe(0)
  })

  it('is gone for everybody at once, and the rest of it goes whoever died over that', async () => {
    const world = await open(20)
    await using _ = world
    const { database, clock } = world
    // As removeList does, up to where the power fails.
    await database.transact((tx) => hideList(tx, clock.now(), 'drawn'))
    expect(await database.transact((tx) => dropBlocks(tx, 'drawn', 8))).toBe(false)
    expect(await world.left()).toBe(12)
    expect(await summariseLists(database.read)).toEqual([])
    expect(await findList(database.read, 'drawn')).toBeUndefined()
    expect(await listsSince(database, 'sandbox', 0)).toMatchObject({ lists: [], blocks: [] })
    await expect(world.add('late')).rejects.toMatchObject({ code: 'list_unknown' })
    await expect(world.make()).rejects.toMatchObject({ code: 'list_busy', retry: 'later' })
    await expect(removeList(database, clock, { id: 'drawn', actor: 'wardline' })).rejects.toMatchObject({
      code: 'list_unknown',
    })

    expect(await finishRemovals(database)).toEqual(['drawn'])
    expect([await world.left(), await finishRemovals(database)]).toEqual([0, []])
    await world.make()
    await world.add('new')
    // Of a list that has begun anew under the name, a removal that comes late takes nothing.
    expect(await database.transact((tx) => dropBlocks(tx, 'drawn', 8))).toBe(true)
    expect(await world.left()).toBe(1)
  })
})
