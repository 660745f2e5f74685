// For the soak: one sync in a process of its own, which may be killed at any moment. Says `begun` once it asks its source.
import { systemClock } from '#base'
import { type DatabaseSettings, openDatabase } from '#db'
import { openVault } from '#vault'
import { DEFAULT_POLICY } from '../../entry.ts'
import type { ListOrigin } from '../settings.ts'
import { syncList } from '../sync.ts'

export interface ChildOrder {
  readonly settings: DatabaseSettings
  readonly folder: string
  readonly keyFile: string
  readonly origin: ListOrigin
  /** How far the story's time is ahead of the machine's. */
  readonly aheadMs: number
  readonly leaseMs: number
}

const order: ChildOrder = JSON.parse(process.argv[2] ?? '')
const log = { info: () => {}, warn: () => {}, error: () => {} }
const clock = { now: () => systemClock.now() + order.aheadMs, wait: systemClock.wait }
const database = openDatabase(order.settings)
const { folder, keyFile } = order
const vault = await openVault({ folder, keyFile, database, clock, log, createKey: false })
const list = {
  id: 'fetched',
  class: 'test' as const,
  origin: order.origin,
  policy: DEFAULT_POLICY,
  everyMs: 1,
  maxAgeMs: 1,
}
process.stdout.write('begun\n')
for (;;) {
  try {
    await syncList({ database, vault, clock, log }, list, {
      environment: 'sandbox',
      actor: 'wardline',
      leaseMs: order.leaseMs,
    })
    break
  } catch (error) {
    // The one that was killed before us still holds the lease for a moment.
    if (Object(error).code !== 'sync_running') throw error
    await systemClock.wait(order.leaseMs / 4)
  }
}
await database.close()
