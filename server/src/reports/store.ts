// The SQL of reports and report_steps, and the sealing of what they hold.
import type { FilingState } from '@wardline/cybertip'
import { Fault } from '#base'
import type { Connection } from '#db'
import type { Vault } from '#vault'
import type { Draft } from './draft-shape.ts'

export async function reportRow(db: Connection, reportId: string) {
  const row = await db.selectFrom('reports').selectAll().where('id', '=', reportId).executeTakeFirst()
  if (row === undefined) throw new Fault('no_such_report', 'there is no such report', { retry: 'never' })
  return row
}

export const sealFiling = (vault: Vault, reportId: string, state: FilingState) =>
  vault.sealJson(`reports.filing_sealed:${reportId}`, state)

/** The vault vouches that these are the bytes we sealed, so the shape is the one we wrote. */
export const readFiling = (vault: Vault, reportId: string, sealed: Uint8Array): FilingState =>
  vault.unsealJson(`reports.filing_sealed:${reportId}`, sealed) as FilingState

export const sealDraft = (vault: Vault, reportId: string, draft: Draft | null) =>
  vault.sealJson(`reports.draft_sealed:${reportId}`, draft)

/** Null for a report that could not be drafted. */
export const readDraft = (vault: Vault, reportId: string, sealed: Uint8Array): Draft | null =>
  vault.unsealJson(`reports.draft_sealed:${reportId}`, sealed) as Draft | null

export const sealReceipt = (vault: Vault, reportId: string, receipt: Uint8Array) =>
  vault.seal(`reports.receipt_sealed:${reportId}`, receipt)

export const unsealReceipt = (vault: Vault, reportId: string, sealed: Uint8Array): Buffer =>
  vault.unseal(`reports.receipt_sealed:${reportId}`, sealed)
