// More became known of a case whose report is written and not begun: the report is drafted anew, and waits on as it did.
import { draft as newFiling } from '@wardline/cybertip'
import type { Clock } from '#base'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import { scored } from './create.ts'
import { draftOfReport } from './drafting.ts'
import type { ReportSettings } from './settings.ts'
import { readFiling, reportRow, sealDraft, sealFiling } from './store.ts'

/**
 * True: the report says what its case knows now. False, and nothing is changed: something of it was begun, or it is a batched one,
 * which names nothing but accounts. Nothing is hastened, nor is what it waits for cut short. Fault `no_such_report`.
 */
export async function draftMore(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { reportId, settings }: { readonly reportId: string; readonly settings: ReportSettings },
): Promise<boolean> {
  const row = await reportRow(tx, reportId)
  if (row.state !== 'waiting' || row.intent_id !== null || row.batch !== null) return false
  if (row.environment !== settings.environment) return false
  const filing = readFiling(vault, reportId, row.filing_sealed)
  if (filing.kind !== 'draft') return false
  const drafted = await draftOfReport(tx, vault, row, settings, clock.now())
  // What was written before can still be sent; a later word must not stop it.
  if (drafted.kind === 'not_possible') return false
  const { files } = newFiling(drafted.draft.files.map(({ fileId, md5 }) => ({ localId: fileId, md5, details: true })))
  await tx
    .updateTable('reports')
    .set({
      filing_sealed: sealFiling(vault, reportId, { ...filing, files }),
      draft_sealed: sealDraft(vault, reportId, drafted.draft),
      ...scored(drafted, row.batch),
      changed_at: clock.now(),
    })
    .where('id', '=', reportId)
    .execute()
  return true
}
