import { describe, expect, it } from 'vitest'
import { emptyDatabases } from '../../db/testing.ts'
import { openVaultWorld } from '../../vault/testing.ts'
import { applyChanges, openList, readEntries, sealChanges } from '../changes.ts'
import { DEFAULT_POLICY, type ListClass, type Put } from '../entry.ts'
import { guardsVersion } from '../guards.ts'
import { countCanaries, loadCanaries, makeCanaries, openCanaryWatch, removeCanaries, tidyCanaries } from './canaries.ts'

const put = (at: number, change: Partial<Put> = {}): Put => ({
  kind: 'put',
  source: 'hotline',
  entryId: `AB-${String(at).padStart(2, '0')}`,
  class: 'test',
  members: ['hotline', 'other'],
  values: [
    { algorithm: 'pdq', value: `${at}`.repeat(32) },
    { algorithm: 'md5', value: `${at + 1}`.repeat(16) },
  ],
  ...change,
})

describe.each(emptyDatabases)('canaries on %s', (_kind, empty) => {
  const open = async () => {
    const world = await openVaultWorld(await empty())
    const { database, vault, clock } = world
    const list = async (id: string, named: ListClass, entries: readonly Put[]) => {
      const sealed = sealChanges(vault, clock, id, entries)
      await database.transact(async (tx) => {
        await openList(tx, clock, { id, class: named, environment: 'sandbox', policy: DEFAULT_POLICY })
        await applyChanges(tx, clock, sealed)
      })
    }
    const make = (count: number) => makeCanaries(database, vault, clock, { count, actor: 'wardline' })
    const held = async (id: string) => {
      const entries: Put[] = []
      for await (const entry of readEntries(database.read, vault, id)) entries.push(entry)
      return entries
    }
    return { ...world, list, make, held }
  }

  it('lie among a list’s own entries and look like them, and take no real one’s place', async () => {
    const world = await open()
    await using _ = world
    const real = Array.from({ length: 30 }, (_one, at) => put(10 + at))
    await world.list('drawn', 'test', real)
    const before = await guardsVersion(world.database.read)
    expect(await world.make(50)).toEqual([{ listId: 'drawn', planted: 50 }])
    expect(await guardsVersion(world.database.read)).toBeGreaterThan(before)
    const entries = await world.held('drawn')
    expect(entries).toHaveLength(80)
    for (const one of real) expect(entries).toContainEqual(one)
    for (const canary of entries.filter((one) => !real.some((other) => other.entryId === one.entryId))) {
      expect(canary).toMatchObject({ source: 'hotline', class: 'test', members: ['hotline', 'other'] })
      expect(canary.entryId).toMatch(/^[A-Z]{2}-\d{2}/)
      expect(canary.values.map(({ algorithm }) => algorithm).sort()).toEqual(['md5', 'pdq'])
      const bits = canary.values.find(({ algorithm }) => algorithm === 'pdq')?.value ?? ''
      const ones = [...BigInt(`0x${bits}`).toString(2)].filter((bit) => bit === '1').length
      expect(ones).toBe(128)
    }
  })

  it('are spread over the lists with PDQ values that are in use, and no others', async () => {
    const world = await open()
    await using _ = world
    await expect(world.make(5)).rejects.toMatchObject({ code: 'nowhere_to_plant' })
    await world.list('one', 'test', [put(10)])
    await world.list('two', 'exploitative', [put(11, { class: 'exploitative' })])
    await world.list('digests', 'test', [put(12, { values: [{ algorithm: 'md5', value: '1'.repeat(32) }] })])
    await world.list('quiet', 'never_match', [put(13, { class: 'never_match' })])
    expect(await world.make(5)).toEqual([
      { listId: 'one', planted: 3 },
      { listId: 'two', planted: 2 },
    ])
    expect(await countCanaries(world.database.read)).toMatchObject([
      { listId: 'one', canaries: 3 },
      { listId: 'two', canaries: 2 },
    ])
    await expect(world.make(1_000)).rejects.toMatchObject({ code: 'canaries_odd' })
  })

  it('are seen within 31 bits and by a digest, and nothing else is', async () => {
    const world = await open()
    await using _ = world
    await world.list('drawn', 'test', [put(10)])
    await world.make(1)
    const canaries = await loadCanaries(world.database.read, world.vault)
    const watch = openCanaryWatch(canaries)
    const heldOf = (name: string) => canaries[0]?.values.find(({ algorithm }) => algorithm === name)?.value ?? ''
    const looked = (bits: number, md5 = '0'.repeat(32)) => {
      const hash = Buffer.from(heldOf('pdq'), 'hex')
      for (let bit = 0; bit < bits; bit += 1) hash[bit % 32] = (hash[bit % 32] ?? 0) ^ (1 << (bit >> 5))
      const one = { hash: Buffer.alloc(32) }
      return { digests: { md5, sha1: '', sha256: '' }, pictures: [{ commandLine: one, fullResolution: { hash } }] }
    }
    expect(watch.met(looked(31))).toHaveLength(1)
    expect(watch.met(looked(32))).toEqual([])
    expect(watch.met(looked(200, heldOf('md5')))).toHaveLength(1)
  })

  it('are made in a list whose ids leave no room for another one of their form', { timeout: 10_000 }, async () => {
    const world = await open()
    await using _ = world
    await world.list('drawn', 'test', [put(10, { entryId: '------' })])
    expect(await world.make(1)).toEqual([{ listId: 'drawn', planted: 1 }])
    expect(await world.make(12)).toEqual([{ listId: 'drawn', planted: 12 }])
    expect(new Set((await world.held('drawn')).map(({ entryId }) => entryId)).size).toBe(14)
  })

  it('leave a real entry where it is that took the name of one of them', async () => {
    const world = await open()
    await using _ = world
    const { database, vault, clock } = world
    await world.list('drawn', 'test', [put(10), put(11)])
    await world.make(3)
    const [first, second] = await loadCanaries(database.read, vault)
    const taken = put(12, { source: first?.source ?? '', entryId: first?.entryId ?? '' })
    const gone = { kind: 'remove' as const, source: second?.source ?? '', entryId: second?.entryId ?? '' }
    const sealed = sealChanges(vault, clock, 'drawn', [taken, gone])
    await database.transact((tx) => applyChanges(tx, clock, sealed))
    expect(await removeCanaries(database, vault, clock, { listId: 'drawn', actor: 'wardline' })).toBe(3)
    const entries = await world.held('drawn')
    expect(entries).toHaveLength(3)
    expect(entries).toContainEqual(taken)
  })

  it('are none any more once a real entry took their name, also in a list that was looked at before', async () => {
    const world = await open()
    await using _ = world
    const { database, vault, clock } = world
    await world.list('drawn', 'test', [put(10), put(11)])
    await world.make(3)
    await tidyCanaries(database, vault, clock)
    expect(await countCanaries(database.read)).toMatchObject([{ canaries: 3 }])
    const [first] = await loadCanaries(database.read, vault)
    const taken = put(12, { source: first?.source ?? '', entryId: first?.entryId ?? '' })
    const sealed = sealChanges(vault, clock, 'drawn', [taken])
    await database.transact((tx) => applyChanges(tx, clock, sealed))
    await tidyCanaries(database, vault, clock)
    expect(await countCanaries(database.read)).toMatchObject([{ canaries: 2 }])
    expect(await world.held('drawn')).toContainEqual(taken)
  })

  it('can be taken out again, and are nowhere in the open', async () => {
    const world = await open()
    await using _ = world
    await world.list('drawn', 'test', [put(10), put(11)])
    await world.make(4)
    const canaries = await loadCanaries(world.database.read, world.vault)
    const tables = ['list_canaries', 'audit_events', 'list_blocks', 'lists'] as const
    for (const table of tables) {
      const rows = await world.database.read.selectFrom(table).selectAll().execute()
      const text = JSON.stringify(rows, (_key, value) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
      )
      for (const { entryId, values } of canaries)
        for (const secret of [entryId, ...values.map(({ value }) => value)]) expect(text).not.toContain(secret)
    }
    const { database, vault, clock } = world
    expect(await removeCanaries(database, vault, clock, { listId: 'drawn', actor: 'wardline' })).toBe(4)
    expect(await world.held('drawn')).toHaveLength(2)
    expect(await countCanaries(database.read)).toEqual([])
    const removed = await loadCanaries(database.read, vault)
    expect(removed.map((one) => one.removed)).toEqual([true, true, true, true])
    await tidyCanaries(database, vault, clock)
    expect(await loadCanaries(database.read, vault)).toHaveLength(4)
    clock.set(clock.now() + 24 * 3_600_000)
    const before = await guardsVersion(database.read)
    await tidyCanaries(database, vault, clock)
    expect(await loadCanaries(database.read, vault)).toEqual([])
    expect(await guardsVersion(database.read)).toBeGreaterThan(before)

    await world.make(2)
    await database.transact(async (tx) => {
      await tx.deleteFrom('list_blocks').execute()
      await tx.deleteFrom('lists').execute()
    })
    expect(await countCanaries(database.read)).toMatchObject([{ listId: 'drawn', canaries: 2, listGone: true }])
    clock.set(clock.now() + 1)
    await world.list('drawn', 'test', [put(20), put(21)])
    await world.make(1)
    expect(await countCanaries(database.read)).toMatchObject([
      { canaries: 2, listGone: true },
      { canaries: 1, listGone: false },
    ])
    expect(await removeCanaries(database, vault, clock, { listId: 'drawn', actor: 'wardline' })).toBe(3)
    expect(await removeCanaries(database, vault, clock, { listId: 'drawn', actor: 'wardline' })).toBe(0)
    const unknown = removeCanaries(database, vault, clock, { listId: 'nosuch', actor: 'wardline' })
    await expect(unknown).rejects.toMatchObject({ code: 'list_unknown' })
  })
})
