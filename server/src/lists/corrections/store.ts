// The SQL of list_corrections, and the sealing of what they hold.
import type { Selectable } from 'kysely'
import { z } from 'zod'
import { Fault } from '#base'
import type { Connection, Tables, Transaction } from '#db'
import type { Vault } from '#vault'
import type { Correction } from './silence.ts'

export type CorrectionRow = Selectable<Tables['list_corrections']>

const text = z.string()
const facts = z.strictObject({
  fileId: text,
  sha256: text,
  /** Of corrections of before, which kept those of all their entries together. */
  hashes: z.array(text).optional(),
  entries: z
    .array(z.strictObject({ listId: text, source: text, entryId: text, hashes: z.array(text).optional() }))
    .min(1),
  reason: text,
})
export type CorrectionFacts = z.infer<typeof facts>

const place = (id: string) => `list_corrections.facts_sealed:${id}`

export async function insertCorrection(
  tx: Transaction,
  vault: Pick<Vault, 'sealJson'>,
  row: Omit<CorrectionRow, 'facts_sealed'>,
  held: Readonly<Omit<CorrectionFacts, 'entries'>> & { readonly entries: Correction['entries'] },
): Promise<void> {
  const facts_sealed = vault.sealJson(place(row.id), held)
  await tx
    .insertInto('list_corrections')
    .values({ ...row, facts_sealed })
    .execute()
}

export const readFacts = (vault: Pick<Vault, 'unsealJson'>, row: CorrectionRow): CorrectionFacts =>
  facts.parse(vault.unsealJson(place(row.id), row.facts_sealed))

export async function correctionRow(db: Connection, id: string): Promise<CorrectionRow> {
  const row = await db.selectFrom('list_corrections').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw new Fault('no_such_correction', 'there is no such correction', { retry: 'never' })
  return row
}

export async function updateCorrection(tx: Transaction, id: string, change: Partial<CorrectionRow>): Promise<void> {
  await tx.updateTable('list_corrections').set(change).where('id', '=', id).execute()
}

/** With the approvals they asked for: nobody can answer those any more. How many there were. */
export async function deleteCorrections(tx: Transaction, caseId: string): Promise<number> {
  const rows = await tx.deleteFrom('list_corrections').where('case_id', '=', caseId).returning('approval_id').execute()
  for (const { approval_id } of rows) await tx.deleteFrom('approvals').where('id', '=', approval_id).execute()
  return rows.length
}

/** Newest first. */
export function correctionRows(db: Connection, state?: CorrectionRow['state']): Promise<readonly CorrectionRow[]> {
  return db
    .selectFrom('list_corrections')
    .selectAll()
    .$if(state !== undefined, (query) => query.where('state', '=', state ?? 'proposed'))
    .orderBy('proposed_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
}
