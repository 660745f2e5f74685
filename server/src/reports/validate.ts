// A test card's report in production: written and validated as any other, and there it ends. No client is ever opened for it.
import { toXml } from '@wardline/cybertip'
import { record } from '#audit'
import { type Clock, newId } from '#base'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import type { Draft } from './draft-shape.ts'
import { isUnsent } from './purpose.ts'
import { addStep, readDraft, reportRow } from './store.ts'

export type Validated =
  | { readonly kind: 'validated'; readonly caseId: string; readonly at: number }
  /** It is over already, or a person must look at it first. */
  | { readonly kind: 'over' }

/** Everything that would be sent is made, thrown away, and the report is `validated_not_sent`. Once. */
export async function validateReport(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  reportId: string,
): Promise<Validated> {
  const row = await reportRow(tx, reportId)
  if (!isUnsent(row)) throw new Error('only the report of a test in production ends with its validation')
  const draft = readDraft(vault, reportId, row.draft_sealed)
  if (draft === null || (row.state !== 'waiting' && row.state !== 'filing')) return { kind: 'over' }
  write(draft)
  const at = clock.now()
  await tx
    .updateTable('reports')
    .set({ state: 'validated_not_sent', trouble: null, changed_at: at })
    .where('id', '=', reportId)
    .execute()
  await addStep(tx, {
    id: newId('step', clock),
    report_id: reportId,
    at,
    step: 'validate',
    phase: 'result',
    outcome: 'valid, and not sent: a test card made it',
  })
  const detail = { case: row.case_id, files: draft.files.length, sent: false }
  await record(tx, clock, { actor: 'wardline', act: 'validate_report', subject: reportId, detail })
  return { kind: 'validated', caseId: row.case_id, at }
}

/** As `performCall` would; the ids that NCMEC gives are stand-ins. A throw is a bug: the draft was made to fit. */
function write({ report, files }: Draft): void {
  toXml('report', report)
  for (const { details } of files) toXml('fileDetails', { ...details, reportId: '1', fileId: 'x' })
}
