import { describe, expect, it } from 'vitest'
import { openWorker } from '#jobs'
import { applyChanges, DEFAULT_POLICY, openList, readEntries, sealChanges } from '#lists'
import { emptyDatabases } from '../db/testing.ts'
import { openVaultWorld, quiet } from '../vault/testing.ts'
import { askForCompactions, compact } from './compact.ts'

describe.each(emptyDatabases)('on %s, a list of many small changes', (_kind, empty) => {
  it('is put in order by whichever server has time for it, and holds what it held', async () => {
    await using world = await openVaultWorld(await empty())
    const { database, vault, clock } = world
    const ground = { database, vault, clock, log: quiet }
    const list = { id: 'drawn', class: 'test', environment: 'sandbox', policy: DEFAULT_POLICY } as const
    await database.transact((tx) => openList(tx, clock, list))
    for (let at = 0; at < 70; at += 1) {
      const put = { kind: 'put', source: 'us', entryId: `e${at}`, class: 'test', members: ['us'], values: [] } as const
      const sealed = sealChanges(vault, clock, 'drawn', [put])
      await database.transact((tx) => applyChanges(tx, clock, sealed))
    }
    await askForCompactions(ground)
    const count = async (table: 'jobs' | 'list_blocks') =>
      (await database.read.selectFrom(table).select('id').execute()).length
    expect([await count('jobs'), await count('list_blocks')]).toEqual([1, 70])

    const workers = [1, 2].map(() => openWorker({ ...ground, handlers: { compact_list: compact(ground) } }))
    for (const worker of workers) worker.start()
    while ((await count('jobs')) > 0) {
      await clock.advance(1_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    for (const worker of workers) await worker.stop()
    expect(await count('list_blocks')).toBe(1)
    const entries: string[] = []
    for await (const { entryId } of readEntries(database.read, vault, 'drawn')) entries.push(entryId)
    expect(entries).toEqual(Array.from({ length: 70 }, (_, at) => `e${at}`))
    await askForCompactions(ground)
    expect(await count('jobs')).toBe(0)
  })
})
