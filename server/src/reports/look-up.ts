// What became of the account look-up stands in the report's journal, so that nobody wonders why an account is thin.
import { type Clock, newId } from '#base'
import type { Transaction } from '#db'
import { addStep } from './store.ts'

/** intent: it is waited for. outcome: words, safe to show. */
export async function noteLookUp(
  tx: Transaction,
  clock: Clock,
  {
    reportId,
    phase,
    outcome,
  }: { readonly reportId: string; readonly phase: 'intent' | 'result'; readonly outcome: string },
): Promise<void> {
  await addStep(tx, { id: newId('step', clock), report_id: reportId, at: clock.now(), step: 'look_up', phase, outcome })
}
