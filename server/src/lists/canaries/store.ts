// The SQL of list_canaries, and the sealing of what they hold.
import type { Selectable } from 'kysely'
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
type Row = Selectable<Tables['list_canaries']>

const place = (id: string) => `list_canaries.sealed:${id}`

export const sealCanary = (vault: Pick<Vault, 'sealJson'>, id: string, held: CanaryFacts) =>
  vault.sealJson(place(id), held)
export const readCanary = (vault: Pick<Vault, 'unsealJson'>, { id, sealed }: Row): CanaryFacts =>
  canary.parse(vault.unsealJson(place(id), sealed))

export async function insertCanaries(tx: Transaction, rows: readonly Row[]): Promise<void> {
  for (const row of rows) await tx.insertInto('list_canaries').values(row).execute()
}

export async function dropCanary(tx: Transaction, id: string): Promise<void> {
  await tx.deleteFrom('list_canaries').where('id', '=', id).execute()
}

/** Oldest first. */
export function canaryRows(db: Connection): Promise<readonly Row[]> {
  return db.selectFrom('list_canaries').selectAll().orderBy('planted_at').orderBy('id').execute()
}
