// What every source must do, tried through a whole sync: the list ends as the source is, whatever happened on the way.
import { describe, expect, it } from 'vitest'
import { emptyDatabases } from '../../db/testing.ts'
import type { ListOrigin } from '../sync/settings.ts'
import { listRejected } from '../sync/store-rejected.ts'
import { type HastyClock, openSyncWorld } from '../sync/testing.ts'

export interface SourceWorld extends AsyncDisposable {
  readonly clock: HastyClock
  readonly origin: ListOrigin
  /** What a consumer should hold now: `source entryId` -> its members and values, as `stateOf` tells them. */
  truth(): Map<string, string> | Promise<Map<string, string>>
  /** Adds, changes and removes entries; among them some that bear a fingerprint which is none. */
  change(): void | Promise<void>
  /** From now on, until `mend`, its answers are not what they should be. */
  spoil(): void | Promise<void>
  mend(): void | Promise<void>
  /** What must not stand in any word: tokens, passwords, addresses, values. */
  secrets(): readonly string[]
}

export function sourceContract(open: () => Promise<SourceWorld>): void {
  describe.each(emptyDatabases)('as a source of a list on %s', (_kind, empty) => {
    it('is held as it is, and followed as it changes', async () => {
      await using source = await open()
      await using world = await openSyncWorld(await empty(), source.origin, source.clock)
      await world.sync()
      expect((await world.state()).size).toBeGreaterThan(20)
      for (let round = 0; round < 3; round += 1) {
        expect(await world.state()).toEqual(await source.truth())
        await source.change()
        source.clock.set(source.clock.now() + 60_000)
        await world.sync()
      }
      expect(await world.state()).toEqual(await source.truth())
      const again = await world.sync()
      expect(again).toMatchObject({ puts: 0, removes: 0 })
      expect(await world.standing()).toMatchObject({ trouble: null, running: false })
    })

    it('is not believed where it is not what it should be: the list stays, and goes on once it is mended', async () => {
      await using source = await open()
      await using world = await openSyncWorld(await empty(), source.origin, source.clock)
      await world.sync()
      const before = await world.state()
      await source.change()
      source.clock.set(source.clock.now() + 60_000)
      await source.spoil()
      await expect(world.sync()).rejects.toMatchObject({ name: 'Fault' })
      expect(await world.state()).toEqual(before)
      const { trouble, failedAt } = await world.standing()
      expect(trouble).not.toBeNull()
      expect(failedAt).not.toBeNull()
      await source.mend()
      await world.sync()
      expect(await world.state()).toEqual(await source.truth())
      expect(await world.standing()).toMatchObject({ trouble: null })
    })

    it('is never quoted: no value, password, token or address in any word about it', async () => {
      await using source = await open()
      await using world = await openSyncWorld(await empty(), source.origin, source.clock)
      await source.change()
      source.clock.set(source.clock.now() + 60_000)
      await world.sync()
      const rows = await listRejected(world.ground.database.read, world.ground.vault, world.list.id)
      expect(rows.length).toBeGreaterThan(0)
      source.clock.set(source.clock.now() + 60_000)
      await source.spoil()
      const fault = await world.sync().catch((error: unknown) => error)
      if (!(fault instanceof Error)) throw new Error('the sync went well')
      const { stack: _, ...facts } = fault
      const kept = await world.ground.database.read.selectFrom('list_syncs').select(['trouble', 'lease']).execute()
      const words = JSON.stringify([rows, facts, fault.message, fault.cause, kept, await world.standing()])
      for (const secret of source.secrets()) expect(words).not.toContain(secret)
      expect(words).not.toMatch(/[0-9a-f]{32}/)
    })
  })
}
