// The tables of the syncs: position, lease and sealed notes. Whoever writes holds the lease.
import { sql } from 'kysely'
import { type Clock, Fault } from '#base'
import { type Connection, databaseNow, type Transaction } from '#db'
import type { Vault } from '#vault'
import type { Skipped } from '../sources/source.ts'
import type { NoteRow } from './notes.ts'
import { type Position, readPosition } from './position.ts'

export interface Lease {
  readonly listId: string
  readonly token: string
  /** By the database's clock, which all replicas share. */
  readonly leaseMs: number
}

/** Fault `sync_running` while somebody else holds it. */
export async function takeLease(tx: Transaction, clock: Clock, lease: Lease): Promise<void> {
  await beginSync(tx, clock, lease.listId)
  const taken = await tx
    .updateTable('list_syncs')
    .set({ lease: lease.token, leased_until: leaseEnd(tx, lease), began_at: clock.now() })
    .where('list_id', '=', lease.listId)
    .where((eb) => eb.or([eb('lease', 'is', null), eb('leased_until', '<', databaseNow(tx))]))
    .executeTakeFirst()
  if (taken.numUpdatedRows === 0n)
    throw new Fault('sync_running', 'this list is being fetched by somebody else right now', {
      retry: 'later',
      retryAfterMs: lease.leaseMs,
    })
}

/** Begins each transaction of a sync. Fault `sync_lost` when the lease went to another: nothing of it is then written. */
export async function holdLease(tx: Transaction, lease: Lease): Promise<void> {
  if (!(await extendLease(tx, lease))) throw lostLease()
}

export const lostLease = () =>
  new Fault('sync_lost', 'another sync of this list has taken over; what was begun here was undone', { retry: 'later' })

/** Whether it is still ours. */
export async function extendLease(tx: Transaction, lease: Lease): Promise<boolean> {
  const held = await tx
    .updateTable('list_syncs')
    .set({ leased_until: leaseEnd(tx, lease) })
    .where('list_id', '=', lease.listId)
    .where('lease', '=', lease.token)
    .executeTakeFirst()
  return held.numUpdatedRows > 0n
}

const leaseEnd = (tx: Transaction, { leaseMs }: Lease) => sql<number>`${databaseNow(tx)} + ${sql.lit(leaseMs)}`

export type End =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly trouble: string }
  /** With words for what a person should know all the same. */
  | { readonly kind: 'done'; readonly trouble: string | null }

export async function endSync(tx: Transaction, clock: Clock, { listId, token }: Lease, end: End): Promise<void> {
  const now = clock.now()
  const told =
    end.kind === 'stopped' ? {} : { trouble: end.trouble, ...(end.trouble === null ? {} : { failed_at: now }) }
  const succeeded = end.kind === 'done' ? { succeeded_at: now } : {}
  await tx
    .updateTable('list_syncs')
    .set({ lease: null, leased_until: null, ...told, ...succeeded })
    .where('list_id', '=', listId)
    .where('lease', '=', token)
    .execute()
}

export async function loadPosition(db: Connection, listId: string): Promise<Position | undefined> {
  const row = await db.selectFrom('list_syncs').select('position').where('list_id', '=', listId).executeTakeFirst()
  return row?.position === null || row?.position === undefined ? undefined : readPosition(row.position)
}

export async function savePosition(tx: Transaction, listId: string, position: Position): Promise<void> {
  await tx
    .updateTable('list_syncs')
    .set({ position: JSON.stringify(position) })
    .where('list_id', '=', listId)
    .execute()
}

export async function addSkipped(tx: Transaction, listId: string, { videos, otherKinds }: Skipped): Promise<void> {
  if (videos + otherKinds === 0) return
  await tx
    .updateTable('list_syncs')
    .set((eb) => ({ videos: eb('videos', '+', videos), other_kinds: eb('other_kinds', '+', otherKinds) }))
    .where('list_id', '=', listId)
    .execute()
}

export async function loadNotes(
  db: Connection,
  vault: Pick<Vault, 'unsealJson'>,
  listId: string,
): Promise<{ readonly rows: NoteRow[]; readonly last: number }> {
  const found = await db
    .selectFrom('list_sync_notes')
    .select(['number', 'noted_sealed'])
    .where('list_id', '=', listId)
    .orderBy('number')
    .execute()
  const rows = found.flatMap(
    ({ number, noted_sealed }) => vault.unsealJson(noteContext(listId, number), noted_sealed) as NoteRow[],
  )
  return { rows, last: found.at(-1)?.number ?? 0 }
}

/** Sealed outside of the transaction, which may run more than once. */
export function sealNotes(
  vault: Pick<Vault, 'sealJson'>,
  listId: string,
  number: number,
  rows: readonly NoteRow[],
): { number: number; sealed: Uint8Array } {
  return { number, sealed: vault.sealJson(noteContext(listId, number), rows) }
}

export async function insertNotes(
  tx: Transaction,
  listId: string,
  { number, sealed }: { readonly number: number; readonly sealed: Uint8Array },
): Promise<void> {
  await tx.insertInto('list_sync_notes').values({ list_id: listId, number, noted_sealed: sealed }).execute()
}

export async function deleteNotes(tx: Transaction, listId: string): Promise<void> {
  await tx.deleteFrom('list_sync_notes').where('list_id', '=', listId).execute()
}

const noteContext = (listId: string, number: number) => `list_sync_notes.noted_sealed:${listId}/${number}`

/** A list that never could be fetched ages from here on. */
export async function beginSync(tx: Transaction, clock: Clock, listId: string): Promise<void> {
  const row = { list_id: listId, created_at: clock.now(), unnamed: 0, videos: 0, other_kinds: 0 }
  await tx
    .insertInto('list_syncs')
    .values(row)
    .onConflict((on) => on.column('list_id').doNothing())
    .execute()
}

export async function deleteSync(tx: Transaction, listId: string): Promise<void> {
  for (const table of ['list_sync_notes', 'list_rejected', 'list_syncs'] as const)
    await tx.deleteFrom(table).where('list_id', '=', listId).execute()
}

/** Whether somebody is fetching it. */
export async function isLeased(tx: Transaction, listId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('list_syncs')
    .select('list_id')
    .where('list_id', '=', listId)
    .where('lease', 'is not', null)
    .where((eb) => eb('leased_until', '>=', databaseNow(tx)))
    .executeTakeFirst()
  return row !== undefined
}
