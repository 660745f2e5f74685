// The SQL of list_canaries, and the sealing of what they hold.
import type { Insertable, Selectable } from 'kysely'
import { z } from 'zod'
import type { Connection, Tables, Transaction } from '#db'
import type { Vault } from '#vault'
import { algorithms, listClasses } from '../entry.ts'

const canary = z.strictObject({
  source: z.string(),
  entryId: z.string(),
  class: z.enum(listClasses),
  label: z.string().optional(),
  members: z.array(z.string()),
  values: z.array(z.strictObject({ algorithm: z.enum(algorithms), value: z.string() })),
})
export type CanaryFacts = z.infer<typeof canary>
export type CanaryRow = Selectable<Tables['list_canaries']>

const place = (id: string) => `list_canaries.sealed:${id}`

export const sealCanary = (vault: Pick<Vault, 'sealJson'>, id: string, held: CanaryFacts) =>
  vault.sealJson(place(id), held)
export const readCanary = (vault: Pick<Vault, 'unsealJson'>, { id, sealed }: CanaryRow): CanaryFacts =>
  canary.parse(vault.unsealJson(place(id), sealed))

export async function insertCanaries(
  tx: Transaction,
  rows: readonly Insertable<Tables['list_canaries']>[],
): Promise<void> {
  for (const row of rows) await tx.insertInto('list_canaries').values(row).execute()
}

/** They stand in no list any more. */
export async function markRemoved(tx: Transaction, rows: readonly CanaryRow[], now: number): Promise<void> {
  for (const { id } of rows)
    await tx.updateTable('list_canaries').set({ removed_at: now }).where('id', '=', id).execute()
}

/** Those that were removed up to then; answers how many. */
export async function dropRemoved(tx: Transaction, upTo: number): Promise<number> {
  const gone = await tx.deleteFrom('list_canaries').where('removed_at', '<=', upTo).executeTakeFirst()
  return Number(gone.numDeletedRows)
}

/** Oldest first, those that were removed lately among them. */
export function canaryRows(db: Connection): Promise<readonly CanaryRow[]> {
  return db.selectFrom('list_canaries').selectAll().orderBy('planted_at').orderBy('id').execute()
}
