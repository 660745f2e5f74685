// A repair undid a case as an error: what was still to be heard about it is answered by that.
import { record } from '#audit'
import type { Clock } from '#base'
import type { Transaction } from '#db'
import { type AppealRow, isOpen, moveAppeal } from './store.ts'
import { appealsAbout, casesOfAppeal, isOver } from './store-about.ts'
import { endSeat, openSeat } from './store-seats.ts'
import type { AppealOutcome } from './wrong.ts'

export type Settled = { readonly appealId: string }

/** Every open appeal about the case, and no other that stands, is overturned by the repair that two people approved, and nobody's words are said to have been heard. */
export async function settleAppeals(
  tx: Transaction,
  clock: Clock,
  {
    caseId,
    repairId,
    outcome,
  }: { readonly caseId: string; readonly repairId: string; readonly outcome: Exclude<AppealOutcome, 'upheld'> },
): Promise<readonly Settled[]> {
  const open: AppealRow[] = []
  for (const appeal of await appealsAbout(tx, caseId))
    if (isOpen(appeal.state) && (await casesOfAppeal(tx, appeal.id)).every(isOver)) open.push(appeal)
  for (const { id, state } of open) {
    const seat = await openSeat(tx, id)
    if (seat !== undefined) await endSeat(tx, { id: seat.id, at: clock.now(), ending: 'settled', reason_sealed: null })
    await moveAppeal(tx, clock, { id, from: state, to: outcome, repairId })
    const detail = { case: caseId, outcome, isFinal: true, repair: repairId }
    await record(tx, clock, { actor: 'wardline', act: 'decide_appeal', subject: id, detail })
  }
  return open.map(({ id }) => ({ appealId: id }))
}
