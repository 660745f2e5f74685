// The SQL of reports and report_steps, and the sealing of what they hold.
import type { FilingState } from '@wardline/cybertip'
import { Fault } from '#base'
import type { Connection, Tables, Transaction } from '#db'
import type { Vault } from '#vault'
import type { Draft } from './draft-shape.ts'

export async function reportRow(db: Connection, reportId: string) {
  const row = await db.selectFrom('reports').selectAll().where('id', '=', reportId).executeTakeFirst()
  if (row === undefined) throw new Fault('no_such_report', 'there is no such report', { retry: 'never' })
  return row
}

/** Nothing more is sent for it. */
export function isOver(state: Tables['reports']['state']): state is Over {
  return over.some((one) => one === state)
}
const over = ['finished', 'needs_person', 'filed_by_hand', 'validated_not_sent', 'withdrawn'] as const
export type Over = (typeof over)[number]

export async function removeReport(tx: Transaction, reportId: string): Promise<void> {
  const { is_test } = await reportRow(tx, reportId)
  if (is_test !== 1) return
  for (const table of ['report_documents', 'report_steps', 'report_cases'] as const)
    await tx.deleteFrom(table).where('report_id', '=', reportId).execute()
  await tx.deleteFrom('reports').where('id', '=', reportId).where('is_test', '=', 1).execute()
}

type Step = Tables['report_steps']

/**
 * The next line of the report's journal; of two at once the table takes one. Counted in the report's own row: to look for the last
 * line would lock the page of an index that the neighbours of this report are just writing (PostgreSQL, serializable).
 */
export async function addStep(
  tx: Transaction,
  step: Pick<Step, 'id' | 'report_id' | 'at' | 'step' | 'phase'> & Partial<Step>,
): Promise<void> {
  const { steps: number } = await tx
    .updateTable('reports')
    .set((eb) => ({ steps: eb('steps', '+', 1) }))
    .where('id', '=', step.report_id)
    .returning('steps')
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('report_steps')
    .values({ ...step, number })
    .execute()
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

export type ByHand = { readonly by: string; readonly at: number; readonly reason: string }

export const sealByHand = (vault: Vault, reportId: string, value: ByHand) =>
  vault.sealJson(`reports.by_hand_sealed:${reportId}`, value)

export const unsealByHand = (vault: Vault, reportId: string, sealed: Uint8Array): ByHand =>
  vault.unsealJson(`reports.by_hand_sealed:${reportId}`, sealed) as ByHand
