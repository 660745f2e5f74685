// The SQL of platform_events.
import { Fault } from '#base'
import type { Connection, Tables, Transaction } from '#db'
import type { Vault } from '#vault'

type Row = Tables['platform_events']

const placeOf = (id: string) => `platform_events.data_sealed:${id}`
export const sealData = (vault: Vault, id: string, data: unknown) => vault.sealJson(placeOf(id), data)

export async function idOf(db: Connection, onceKey: string): Promise<string | undefined> {
  return (await db.selectFrom('platform_events').select('id').where('once_key', '=', onceKey).executeTakeFirst())?.id
}

export async function insertEvent(
  tx: Transaction,
  row: Pick<Row, 'id' | 'once_key' | 'type' | 'is_test' | 'data_sealed' | 'created_at'>,
): Promise<void> {
  await tx
    .insertInto('platform_events')
    .values({ ...row, state: 'waiting', attempts: 0 })
    // Of two transactions at once one is run again, and then finds the other's.
    .onConflict((on) => on.column('once_key').doNothing())
    .execute()
}

/** given_up: nobody took it in the time that is stated in docs/operating/webhooks.md; a person looks. */
export type Delivered = 'waiting' | 'delivered' | 'given_up'

/** Fault `event_unknown` also for one that was delivered and forgotten since. */
export async function eventDelivered(db: Connection, id: string): Promise<Delivered> {
  const row = await db.selectFrom('platform_events').select('state').where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw new Fault('event_unknown', 'there is no such event', { retry: 'never' })
  return row.state === 'kept' ? 'waiting' : row.state
}
