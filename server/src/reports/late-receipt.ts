// A receipt that comes to a worker which has lost the report meanwhile is the receipt all the same: 18 U.S.C. 2258A(h)(1).
import type { Result } from '@wardline/cybertip'
import { record } from '#audit'
import type { Clock } from '#base'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import { keepDocument } from './documents.ts'
import type { FilingCall } from './journal.ts'
import { readFiling, reportRow, sealFiling, sealReceipt } from './store.ts'

/**
 * Of a finish that went well and was overtaken: kept unless there is one. The heir's own finish is then refused as already done, and
 * would have left the report finished without a receipt. False when there was nothing to keep.
 */
export async function keepLateReceipt(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { step, result }: { readonly step: FilingCall; readonly result: Result },
): Promise<boolean> {
  if (step.call.do !== 'finish' || result.kind !== 'ok') return false
  const { reportId } = step
  const row = await reportRow(tx, reportId)
  const filing = readFiling(vault, reportId, row.filing_sealed)
  const theirs = filing.kind === 'finished' ? filing.reportId : 'report' in filing ? filing.report?.reportId : undefined
  if (row.receipt_sealed !== null || theirs !== step.call.reportId) return false
  const isOver = filing.kind === 'finished'
  await tx
    .updateTable('reports')
    .set({
      receipt_sealed: sealReceipt(vault, reportId, result.rawXml),
      ...(isOver && { trouble: null, filing_sealed: sealFiling(vault, reportId, { ...filing, receipt: 'kept' }) }),
    })
    .where('id', '=', reportId)
    .execute()
  await keepDocument(tx, clock, vault, {
    reportId,
    stepId: step.intentId,
    direction: 'received',
    bytes: result.rawXml,
  })
  const detail = { case: step.caseId, remoteId: step.call.reportId }
  await record(tx, clock, { actor: 'wardline', act: 'keep_late_receipt', subject: reportId, detail })
  return true
}
