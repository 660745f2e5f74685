// What was sent to the CyberTipline and what it answered, word for word: sealed, and opened only with a line in the trail.
import { gunzipSync, gzipSync } from 'node:zlib'
import { type Actor, record } from '#audit'
import { type Clock, Fault, newId } from '#base'
import type { Connection, Database, Tables, Transaction } from '#db'
import type { Vault } from '#vault'
import { reportRow } from './store.ts'

/** Of a longer document the beginning is kept. A receipt is kept whole beside this, however long it is. */
const mostBytes = 1024 * 1024

export type Direction = Tables['report_documents']['direction']

/** In the transaction of the step it belongs to. Uploads are no documents: evidence is kept once, in the vault. */
export async function keepDocument(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { reportId, stepId, direction, bytes }: DocumentOf & { readonly direction: Direction; readonly bytes: Uint8Array },
): Promise<void> {
  const id = newId('document', clock)
  const kept = bytes.subarray(0, mostBytes)
  await tx
    .insertInto('report_documents')
    .values({
      id,
      report_id: reportId,
      step_id: stepId,
      direction,
      at: clock.now(),
      size_bytes: bytes.byteLength,
      kept_bytes: kept.byteLength,
      document_sealed: vault.seal(purpose(id), gzipSync(kept)),
    })
    .execute()
}
type DocumentOf = { readonly reportId: string; readonly stepId: string }

export type ReportDocument = {
  /** Its place in the report's journal: `07-fileinfo-1-sent`. */
  readonly name: string
  readonly at: number
  readonly sizeBytes: number
  /** False when only its first megabyte was kept. */
  readonly whole: boolean
  readonly bytes: Uint8Array
}

/**
 * All of a report, oldest first; the line in the trail is written before anything is opened. For a person with the right
 * `open_report_documents`, which the caller has asked. Faults `not_a_person`, `no_such_report`.
 */
export async function openDocuments(
  database: Database,
  clock: Clock,
  vault: Vault,
  { reportId, by }: { readonly reportId: string; readonly by: Actor },
): Promise<readonly ReportDocument[]> {
  if (!by.startsWith('person:'))
    throw new Fault('not_a_person', 'a report’s documents are opened by a person, by name', { retry: 'never' })
  const count = await database.transact(async (tx) => {
    await reportRow(tx, reportId)
    const rows = await tx.selectFrom('report_documents').select('id').where('report_id', '=', reportId).execute()
    const detail = { documents: rows.length }
    await record(tx, clock, { actor: by, act: 'open_report_documents', subject: reportId, detail })
    return rows.length
  })
  return count === 0 ? [] : readDocuments(database.read, vault, reportId)
}

async function readDocuments(db: Connection, vault: Vault, reportId: string): Promise<readonly ReportDocument[]> {
  const rows = await db
    .selectFrom('report_documents')
    .innerJoin('report_steps', 'report_steps.id', 'report_documents.step_id')
    .selectAll('report_documents')
    .select(['report_steps.step', 'report_steps.number'])
    .where('report_documents.report_id', '=', reportId)
    .orderBy('report_steps.number')
    .orderBy('report_documents.id')
    .execute()
  return rows.map((row) => ({
    name: `${String(row.number).padStart(2, '0')}-${row.step.replace(':', '-')}-${row.direction}`,
    at: row.at,
    sizeBytes: row.size_bytes,
    whole: row.size_bytes === row.kept_bytes,
    bytes: gunzipSync(vault.unseal(purpose(row.id), row.document_sealed)),
  }))
}

const purpose = (id: string) => `report_documents.document_sealed:${id}`
