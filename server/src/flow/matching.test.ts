import { constants } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import type { Database, DatabaseSettings } from '#db'
import {
  applyChanges,
  CHANGES_A_BLOCK,
  type Change,
  compactList,
  DEFAULT_POLICY,
  type ListPolicy,
  openList,
  removeList,
  sealChanges,
} from '#lists'
import type { Found } from '#match'
import { emptyDatabases } from '../db/testing.ts'
import { openVaultWorld } from '../vault/testing.ts'
import { openMatching } from './matching.ts'

const digest = (at: number) => at.toString(16).padStart(32, '0')
const put = (at: number, change: object = {}): Change => ({
  kind: 'put',
  source: 'us',
  entryId: `e${at}`,
  class: 'test',
  members: ['us'],
  values: [{ algorithm: 'md5', value: digest(at) }],
  ...change,
})
const remove = (at: number): Change => ({ kind: 'remove', source: 'us', entryId: `e${at}` })
const found = (at: number): Found => ({
  digests: { md5: digest(at), sha1: '2'.repeat(40), sha256: '3'.repeat(64) },
  pictures: [],
})

describe.each(emptyDatabases)('the matcher in use, on %s', (_kind, empty) => {
  it('answers nothing before it has read the lists, and says so', async () => {
    await using world = await open(await empty())
    await world.change(put(1))
    expect(() => world.matching.current()).toThrow(
      expect.objectContaining({ code: 'lists_loading', retry: 'later', retryAfterMs: 5_000 }),
    )
    expect(world.matching.standing()).toEqual({ loaded: 0, trouble: undefined, refreshedAt: undefined })
    await world.matching.refresh()
    expect(world.hits(1)).toEqual(['e1'])
    expect(world.matching.standing()).toMatchObject({ loaded: 1, refreshedAt: world.clock.now() })
    expect(world.matching.current()).toMatchObject({ version: 1, size: 1, lists: [{ id: 'drawn', entries: 1 }] })
  })

  it('follows what is put, renewed and removed, and takes a new list', async () => {
    await using world = await open(await empty())
    await world.change(put(1), put(2))
    await world.matching.refresh()
    await world.change(put(3), put(1, { values: [{ algorithm: 'md5', value: digest(9) }] }), remove(2))
    expect([1, 2, 3, 9].map(world.hits)).toEqual([['e1'], ['e2'], [], []])
    await world.matching.refresh()
    expect([1, 2, 3, 9].map(world.hits)).toEqual([[], [], ['e3'], ['e1']])
    await world.make('other')
    await world.change(put(5))
    await world.changeOf('other', put(3))
    await world.matching.refresh()
    expect(world.hits(3)).toEqual(['e3', 'e3'])
    expect(world.matching.current()).toMatchObject({ version: 4, size: 4 })
  })

  it('forgets a list that was removed, also when another one takes its name', async () => {
    await using world = await open(await empty())
    await world.change(put(1), put(2))
    await world.matching.refresh()
    await removeList(world.database, world.clock, { id: 'drawn', actor: 'wardline' })
    await world.matching.refresh()
    expect([1, 2].map(world.hits)).toEqual([[], []])
    await world.make('drawn')
    await world.change(put(2))
    await world.matching.refresh()
    expect([1, 2].map(world.hits)).toEqual([[], ['e2']])
    // Between two looks.
    await removeList(world.database, world.clock, { id: 'drawn', actor: 'wardline' })
    await world.make('drawn')
    await world.change(put(1))
    await world.matching.refresh()
    expect([1, 2].map(world.hits)).toEqual([['e1'], []])
  })

  it('follows a policy', async () => {
    await using world = await open(await empty())
    await world.change(put(1))
    await world.matching.refresh()
    await world.make('drawn', { ...DEFAULT_POLICY, enabled: false })
    await world.matching.refresh()
    expect(world.hits(1)).toEqual([])
    await world.make('drawn', { ...DEFAULT_POLICY, share: 0.5 })
    await world.matching.refresh()
    expect(world.hits(1)).toEqual(['e1'])
    expect(world.matching.current().policyOf('drawn')?.share).toBe(0.5)
  })

  it('is the same whether it followed or was loaded at once', async () => {
    await using world = await open(await empty())
    await world.matching.refresh()
    for (let round = 0; round < 8; round += 1) {
      await world.change(
        ...Array.from({ length: 20 }, (_, at) => (at % 3 === round % 3 ? remove(at) : put(at * round))),
      )
      await world.matching.refresh()
    }
    const fresh = openMatching(world.ground)
    await fresh.refresh()
    const all = Array.from({ length: 200 }, (_, at) => found(at))
    const followed = all.map((one) => world.matching.current().match(one))
    expect(followed.flat().length).toBeGreaterThan(10)
    expect(all.map((one) => fresh.current().match(one))).toEqual(followed)
    expect(fresh.current().size).toBe(world.matching.current().size)
    await fresh.stop()
  })

  it('serves the former lists while a block cannot be opened, and says what is wrong', async () => {
    await using world = await open(await empty())
    await world.change(put(1))
    await world.matching.refresh()
    await world.change(put(2))
    const restore = await spoil(world.database)
    await expect(world.matching.refresh()).rejects.toMatchObject({ code: 'seal_broken' })
    expect([world.hits(1), world.hits(2)]).toEqual([['e1'], []])
    await restore()
    await world.matching.refresh()
    expect(world.hits(2)).toEqual(['e2'])
  })

  it('serves no part of a list, however often it meets a block that cannot be opened', async () => {
    await using world = await open(await empty())
    await world.change(put(1))
    await world.matching.refresh()
    await world.make('other')
    for (const at of [2, 3, 4]) await world.changeOf('other', put(at), put(1))
    const restore = await spoil(world.database)
    const held: number[] = []
    for (let round = 0; round < 3; round += 1) {
      await expect(world.matching.refresh()).rejects.toMatchObject({ code: 'seal_broken' })
      expect([1, 2, 3, 4].map(world.hits)).toEqual([['e1'], [], [], []])
      held.push(world.matching.current().bytes)
    }
    expect(held).toEqual(held.map(() => held[0]))
    expect(world.matching.current()).toMatchObject({ version: 1, size: 1 })
    await restore()
    await world.matching.refresh()
    expect([1, 2, 3, 4].map(world.hits)).toEqual([['e1', 'e1'], ['e2'], ['e3'], ['e4']])
    expect(world.matching.current()).toMatchObject({ version: 4, size: 5 })
  })

  it('takes in one step what came in many blocks, as a fresh load would', async () => {
    await using world = await open(await empty())
    await world.change(put(1), put(2))
    await world.matching.refresh()
    await world.change(put(3), put(1, { values: [{ algorithm: 'md5', value: digest(9) }] }))
    await world.change(remove(3), put(1), put(2))
    await world.change(put(3), remove(2))
    await world.matching.refresh()
    expect([1, 2, 3, 9].map(world.hits)).toEqual([['e1'], [], ['e3'], []])
    expect(world.matching.current()).toMatchObject({ version: 4, size: 2 })
  })

  it('lists the blocks again when some are folded while it follows', async () => {
    await using world = await open(await empty())
    const { database, vault, clock } = world
    const signal = new AbortController().signal
    let mayFold = false
    const folding = openMatching({
      ...world.ground,
      database: {
        ...database,
        transact: async (work) => {
          const result = await database.transact(work)
          const folds = mayFold
          mayFold = false
          if (folds) await compactList({ database, vault, clock, signal, hold: async () => {} }, 'drawn')
          return result
        },
      },
    })
    await world.change(put(1))
    await folding.refresh()
    await world.change(put(2), remove(1))
    await world.change(put(3))
    mayFold = true
    await folding.refresh()
    expect(mayFold).toBe(false)
    expect([1, 2, 3].map((at) => folding.current().match(found(at)).length)).toEqual([0, 1, 1])
    await folding.stop()
  })

  it('loads anew when an older state of the database is brought back', async () => {
    await using world = await open(await empty())
    await world.change(put(1))
    await world.change(put(2), remove(1))
    await world.matching.refresh()
    expect([1, 2].map(world.hits)).toEqual([[], ['e2']])
    await world.database.transact(async (tx) => {
      await tx.deleteFrom('list_blocks').where('version', '>', 1).execute()
      await tx.updateTable('lists').set({ blocks: 1, entries: 1, uncounted: 1 }).execute()
      await tx.updateTable('meta').set({ value: '1' }).where('key', '=', 'lists.version').execute()
    })
    await world.matching.refresh()
    expect([1, 2].map(world.hits)).toEqual([['e1'], []])
    expect(world.matching.current()).toMatchObject({ version: 1, size: 1 })
  })

  it('lays nothing when one of the blocks is of a later format', async () => {
    await using world = await open(await empty())
    await world.change(put(1))
    await world.matching.refresh()
    await world.change(put(2))
    const { id, sealed } = sealChanges(world.vault, world.clock, 'drawn', [put(3)])
    const context = `list_blocks.sealed:drawn/${id}`
    const later = world.vault.seal(context, Uint8Array.from(world.vault.unseal(context, sealed)).with(7, 2))
    const block = { ...sealChanges(world.vault, world.clock, 'drawn', [put(3)]), id, sealed: later }
    await world.database.transact((tx) => applyChanges(tx, world.clock, block))
    const held: number[] = []
    for (let round = 0; round < 2; round += 1) {
      await expect(world.matching.refresh()).rejects.toMatchObject({ code: 'block_unreadable' })
      held.push(world.matching.current().bytes)
    }
    expect(held[1]).toBe(held[0])
    expect([1, 2, 3].map(world.hits)).toEqual([['e1'], [], []])
  })

  it('says so when the memory does not suffice, and serves what it has', async () => {
    await using world = await open(await empty())
    let isFull = false
    const unseal: World['vault']['unseal'] = (...sealed) => {
      if (isFull) Buffer.alloc(constants.MAX_LENGTH)
      return world.vault.unseal(...sealed)
    }
    const matching = openMatching({ ...world.ground, vault: { ...world.vault, unseal } })
    const hits = () => [1, 2].map((at) => matching.current().match(found(at)).length)
    const tooLarge = { code: 'lists_too_large', retry: 'ask_a_person' }
    await world.change(put(1))
    isFull = true
    await expect(matching.refresh()).rejects.toMatchObject(tooLarge)
    expect(hits).toThrow(expect.objectContaining({ code: 'lists_loading' }))
    isFull = false
    await matching.refresh()
    await world.change(put(2))
    isFull = true
    await expect(matching.refresh()).rejects.toMatchObject(tooLarge)
    expect(hits()).toEqual([1, 0])
    isFull = false
    await matching.refresh()
    expect(hits()).toEqual([1, 1])
    await matching.stop()
  })

  it('rests when it could not read anew what is much replaced, and says so until it could', async () => {
    await using world = await open(await empty())
    const many = (from: number, count: number) => Array.from({ length: count }, (_, at) => put(from + at))
    const batches = async (count: number) => {
      for (let from = 0; from < count; from += CHANGES_A_BLOCK) await world.change(...many(from, CHANGES_A_BLOCK))
    }
    await batches(65_536)
    let opened = 0
    const unseal: World['vault']['unseal'] = (...sealed) => {
      opened += 1
      return world.vault.unseal(...sealed)
    }
    const told: string[] = []
    const log = { ...world.ground.log, info: (_: object, words: string) => void told.push(words) }
    const matching = openMatching({ ...world.ground, log, vault: { ...world.vault, unseal } })
    await matching.refresh()
    const restore = await spoil(world.database, 'asc')
    await batches(49_152)
    await matching.refresh()
    await until(() => matching.standing().trouble !== undefined)
    opened = 0
    for (let round = 0; round < 3; round += 1) {
      await world.clock.advance(1_000)
      await matching.refresh()
    }
    expect(opened).toBe(0)
    expect(matching.standing()).toMatchObject({ trouble: expect.stringContaining('does not open') })
    expect(world.errors).toHaveLength(1)
    await restore()
    await world.clock.advance(600_000)
    await matching.refresh()
    await until(() => told.includes('hash lists read anew'))
    expect(matching.standing().trouble).toBeUndefined()
    expect(matching.current().match(found(1))).toHaveLength(1)
    await matching.stop()
  })

  it('answers nothing with what is left when a block is missing or does not open', async () => {
    await using world = await open(await empty())
    await world.change(put(1))
    await world.change(put(2))
    const restore = await spoil(world.database)
    await expect(world.matching.refresh()).rejects.toMatchObject({ code: 'seal_broken' })
    expect(() => world.matching.current()).toThrow(expect.objectContaining({ code: 'lists_loading' }))
    await restore()
    await world.database.transact((tx) => tx.deleteFrom('list_blocks').where('version', '=', 1).execute())
    await expect(world.matching.refresh()).rejects.toMatchObject({ code: 'list_incomplete', retry: 'ask_a_person' })
    expect(() => world.matching.current()).toThrow(expect.objectContaining({ code: 'lists_loading' }))
  })

  it('by itself looks every second, and tells of a trouble once', async () => {
    await using world = await open(await empty())
    await world.change(put(1))
    const restore = await spoil(world.database)
    world.matching.start()
    await until(() => world.matching.standing().trouble !== undefined)
    expect(world.matching.standing().trouble).toContain('does not open')
    await restore()
    await until(async () => {
      await world.clock.advance(1_000)
      return world.matching.standing().loaded === 1
    })
    await world.change(put(2))
    await until(async () => {
      await world.clock.advance(1_000)
      return world.hits(2).length === 1
    })
    expect(world.matching.standing().trouble).toBeUndefined()
    expect(world.errors).toHaveLength(1)
  })

  it('loads the lists of its own environment only', async () => {
    await using world = await open(await empty())
    await world.change(put(1))
    const other = openMatching({ ...world.ground, environment: 'test' })
    await other.refresh()
    expect(other.current()).toMatchObject({ version: 1, size: 0, lists: [] })
    await other.stop()
  })

  it('begins anew when blocks are folded while it reads them', async () => {
    await using world = await open(await empty())
    for (let at = 0; at < 6; at += 1) await world.change(put(at))
    await world.change(remove(0))
    let reads = 0
    const folding = openMatching({
      ...world.ground,
      vault: {
        ...world.vault,
        unseal: (context, sealed) => {
          reads += 1
          return world.vault.unseal(context, sealed)
        },
      },
    })
    const loading = folding.refresh()
    await until(() => reads >= 2)
    await foldByHand(world)
    await loading
    const hits = Array.from({ length: 6 }, (_, at) => folding.current().match(found(at)).length)
    expect(hits).toEqual([0, 1, 1, 1, 1, 1])
    await folding.stop()
  })
})

/** All that is left in one block, as a compaction that also drops the removals would leave it. */
async function foldByHand({ database, vault, clock }: World): Promise<void> {
  const sealed = sealChanges(
    vault,
    clock,
    'drawn',
    [1, 2, 3, 4, 5].map((at) => put(at)),
  )
  await database.transact(async (tx) => {
    await tx.deleteFrom('list_blocks').execute()
    const row = { id: sealed.id, list_id: 'drawn', version: 7, part: 0, puts: 5, removes: 0 }
    await tx
      .insertInto('list_blocks')
      .values({ ...row, sealed_under: sealed.sealedUnder, sealed: sealed.sealed })
      .execute()
    await tx.updateTable('lists').set({ folded_to: 7, blocks: 1 }).execute()
  })
}

type World = Awaited<ReturnType<typeof open>>

async function open(settings: DatabaseSettings) {
  const world = await openVaultWorld(settings)
  const { database, vault, clock } = world
  const errors: string[] = []
  const log = { info: () => {}, warn: () => {}, error: (_: object, words: string) => void errors.push(words) }
  const ground = { database, vault, clock, log, environment: 'sandbox' as const }
  const matching = openMatching(ground)
  const make = (id: string, policy: ListPolicy = DEFAULT_POLICY) =>
    database.transact((tx) => openList(tx, clock, { id, class: 'test', environment: 'sandbox', policy }))
  const changeOf = async (id: string, ...changes: Change[]) => {
    const sealed = sealChanges(vault, clock, id, changes)
    return database.transact((tx) => applyChanges(tx, clock, sealed))
  }
  await make('drawn')
  return {
    ...world,
    ground,
    errors,
    matching,
    make,
    changeOf,
    change: (...changes: Change[]) => changeOf('drawn', ...changes),
    hits: (at: number) =>
      matching
        .current()
        .match(found(at))
        .map(({ entryId }) => entryId),
    [Symbol.asyncDispose]: async () => {
      await matching.stop()
      await world[Symbol.asyncDispose]()
    },
  }
}

/** Turns a bit of the newest block, or of the oldest; the returned function turns it back. */
async function spoil(database: Database, order: 'asc' | 'desc' = 'desc'): Promise<() => Promise<void>> {
  const blocks = database.read.selectFrom('list_blocks').selectAll().orderBy('version', order)
  const block = await blocks.limit(1).executeTakeFirst()
  if (block === undefined) throw new Error('there is no block to spoil')
  const write = (sealed: Uint8Array) =>
    database.transact(async (tx) => {
      await tx.updateTable('list_blocks').set({ sealed }).where('id', '=', block.id).execute()
    })
  const sealed = Uint8Array.from(block.sealed)
  await write(sealed.with(30, (sealed[30] ?? 0) ^ 1))
  return () => write(sealed)
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const begun = performance.now()
  while (!(await condition())) {
    if (performance.now() - begun > 20_000) throw new Error('it never came')
    await new Promise((resolve) => setImmediate(resolve))
  }
}
