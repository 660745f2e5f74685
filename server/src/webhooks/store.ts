// The SQL of platform_events, and what is sealed in them.
import { type PlatformEvent, platformEvent, type SentEvent, sentEvent } from '@wardline/api'
import { type Environment, Fault } from '#base'
import type { Connection, Tables, Transaction } from '#db'
import type { Vault } from '#vault'

export type Row = Tables['platform_events']
export type EventState = Row['state']

const placeOf = (id: string) => `platform_events.data_sealed:${id}`
export const sealData = (vault: Vault, id: string, data: unknown) => vault.sealJson(placeOf(id), data)

export async function idOf(db: Connection, onceKey: string): Promise<string> {
  const ofKey = db.selectFrom('platform_events').select('id').where('once_key', '=', onceKey)
  return (await ofKey.executeTakeFirstOrThrow()).id
}

/**
 * False when there is one of this key. Nothing is read before: transactions that looked for each other's keys would be in each
 * other's way, and a scan is one of them.
 */
export async function insertEvent(
  tx: Transaction,
  row: Pick<Row, 'id' | 'once_key' | 'type' | 'is_test' | 'data_sealed' | 'created_at'>,
): Promise<boolean> {
  const done = await tx
    .insertInto('platform_events')
    .values({ ...row, state: 'waiting', attempts: 0 })
    // Of two transactions at once one is run again, and then finds the other's.
    .onConflict((on) => on.column('once_key').doNothing())
    .executeTakeFirst()
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function eventRow(db: Connection, id: string): Promise<Row | undefined> {
  return db.selectFrom('platform_events').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Fault `no_such_event`: there never was one, or it was delivered and forgotten since. */
export async function knownRow(db: Connection, id: string): Promise<Row> {
  const row = await eventRow(db, id)
  if (row === undefined) throw new Fault('no_such_event', 'there is no such event, or no longer', { retry: 'never' })
  return row
}

/** What the row says, as it was raised. */
export function eventOf(vault: Vault, row: Row): PlatformEvent {
  return platformEvent.decode({
    type: row.type,
    onceKey: row.once_key,
    isTest: row.is_test === 1,
    data: vault.unsealJson(placeOf(row.id), row.data_sealed),
  } as Parameters<typeof platformEvent.decode>[0])
}

/** As the platform gets it. */
export function sentOf(vault: Vault, environment: Environment, row: Row & { readonly number: number }): SentEvent {
  const { onceKey: _, isTest, ...event } = eventOf(vault, row)
  return { ...event, id: row.id, number: row.number, timestamp: row.created_at, environment, isTest }
}

/** The body of its POST: UTF-8 JSON, the same bytes for each try until it is sent anew. */
export const bodyOf = (vault: Vault, environment: Environment, row: Row & { readonly number: number }): string =>
  JSON.stringify(sentEvent.encode(sentOf(vault, environment, row)))

/** given_up: nobody took it in seven days, and a person looks. */
export type Delivered = 'waiting' | 'delivered' | 'given_up'

/** One that was kept can still be fetched. */
export const deliveredOf = ({ state }: Pick<Row, 'state'>): Delivered => (state === 'kept' ? 'waiting' : state)

/** Only out of these states; false when it has left them already. */
export async function leave(
  tx: Transaction,
  id: string,
  from: readonly EventState[],
  to: Partial<
    Pick<Row, 'state' | 'number' | 'served_at' | 'attempts' | 'first_tried_at' | 'tried_at' | 'trouble' | 'ended_at'>
  >,
): Promise<boolean> {
  const query = tx.updateTable('platform_events').set(to).where('id', '=', id).where('state', 'in', from)
  return (await query.executeTakeFirst()).numUpdatedRows > 0n
}
