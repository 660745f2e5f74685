// A report that is under way is not to be filed any more: what can be taken back is, and what is finished stays finished.
import { withdraw } from '@wardline/cybertip'
import { type Actor, record } from '#audit'
import type { Clock } from '#base'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import { casesOfReport } from './drafting.ts'
import { readFiling, reportRow, sealFiling } from './store.ts'

/**
 * withdrawn: nothing of it stands at NCMEC, but perhaps an empty report that expires. stopping: its job has to retract it, or to hear
 * whether a finish that was sent has worked. stands: it is finished. unknown: it may be, and a person has to ask NCMEC.
 */
export type Stopped = 'withdrawn' | 'stopping' | 'stands' | 'unknown'

/** Only by whoever holds the lease of its filing, or knows that nobody does. Fault `no_such_report`. */
export async function stopReport(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { reportId, by }: { readonly reportId: string; readonly by: Actor },
): Promise<Stopped> {
  const row = await reportRow(tx, reportId)
  if (row.state === 'finished' || row.state === 'filed_by_hand') return 'stands'
  if (row.state === 'withdrawn' || row.state === 'validated_not_sent') return 'withdrawn'
  const before = readFiling(vault, reportId, row.filing_sealed)
  if (before.kind === 'retracting' && before.afterwards === 'stop') return 'stopping'
  const filing = withdraw(before)
  const set = { filing_sealed: sealFiling(vault, reportId, filing), intent_id: null, changed_at: clock.now() }
  switch (filing.kind) {
    case 'retracted':
      await tx
        .updateTable('reports')
        .set({ ...set, state: 'withdrawn', trouble: null })
        .where('id', '=', reportId)
        .execute()
      await record(tx, clock, {
        actor: by,
        act: 'withdraw_report',
        subject: reportId,
        detail: { case: row.case_id, before: row.state },
      })
      return 'withdrawn'
    case 'retracting':
      await tx
        .updateTable('reports')
        .set({ ...set, state: row.state === 'cannot_report' ? 'cannot_report' : 'filing', trouble: null })
        .where('id', '=', reportId)
        .execute()
      await record(tx, clock, {
        actor: by,
        act: 'retract_report',
        subject: reportId,
        detail: { case: row.case_id, before: row.state },
      })
      return 'stopping'
    case 'finishing':
      return 'stopping'
    case 'finished':
      return 'stands'
    default:
      return 'unknown'
  }
}

/** Of one that was withdrawn, with nothing of it at NCMEC: its cases are free, each for a report of its own. Their ids. */
export async function takeApart(tx: Transaction, clock: Clock, reportId: string): Promise<readonly string[]> {
  const { state } = await reportRow(tx, reportId)
  if (state !== 'withdrawn') throw new Error('a report that may stand at NCMEC keeps its cases')
  const caseIds = await casesOfReport(tx, reportId)
  await tx.deleteFrom('report_cases').where('report_id', '=', reportId).execute()
  const detail = { cases: caseIds.length }
  await record(tx, clock, { actor: 'wardline', act: 'take_report_apart', subject: reportId, detail })
  return caseIds
}
