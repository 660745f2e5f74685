// Asks that the platform hear of something, in the transaction that makes it necessary.
import { type PlatformEvent, platformEvent } from '@wardline/api'
import { type Clock, newId } from '#base'
import type { Transaction } from '#db'
import { enqueue } from '#jobs'
import type { Vault } from '#vault'
import { idOf, insertEvent, sealData } from './store.ts'

export type { PlatformEvent }

/**
 * The event's id. Exactly once for `onceKey` (ids of ours): a second call answers the first one's id and changes nothing. Written
 * whether or not there is a webhook, since a platform may fetch it. Throws a bug when the data holds what no platform may learn.
 */
export async function raiseEvent(tx: Transaction, clock: Clock, vault: Vault, event: PlatformEvent): Promise<string> {
  // Strict shapes: a key that is not among the allowed ones never leaves the house.
  const { type, onceKey, isTest, data } = platformEvent.encode(event)
  const known = await idOf(tx, onceKey)
  if (known !== undefined) return known
  const id = newId('hook', clock)
  const now = clock.now()
  await insertEvent(tx, {
    id,
    once_key: onceKey,
    type,
    is_test: isTest ? 1 : 0,
    data_sealed: sealData(vault, id, data),
    created_at: now,
  })
  await enqueue(tx, clock, { kind: 'platform_event', subject: id, runAt: now, uniqueKey: `platform_event ${id}` })
  return id
}
