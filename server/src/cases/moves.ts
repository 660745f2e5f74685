// Moving a case along its table, inside the caller's transaction.
import { record } from '#audit'
import type { Clock } from '#base'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import { setScans } from './scans.ts'
import { caseRow, evidenceOf } from './store.ts'
import { type CaseEvent, type CaseState, nextState } from './transitions.ts'

/** Events that no person causes; a person's go through decisions.ts. */
type OwnEvent = Exclude<
  CaseEvent,
  | 'confirmed'
  | 'confirmed_anew'
  | 'dismissed'
  | 'closed'
  | 'find_joined'
  | 'validated'
  | 'facts_missing'
  | 'repaired'
  | Reported['event']
>

/** Moves the case and leaves an audit line. Fault `not_possible` when the table has no such move. */
export async function moveCase(tx: Transaction, clock: Clock, caseId: string, event: OwnEvent): Promise<CaseState> {
  return move(tx, clock, caseId, event)
}

export type Reported = {
  readonly caseId: string
  readonly event: 'report_finished' | 'filed_by_hand'
  /** Of the finish; of a report filed by hand, when a person said so, which is not before. */
  readonly finishedAt: number
}

/**
 * The report is finished: the case is `reported`, its scans answer `removed`, and its evidence is kept for a year.
 * 18 U.S.C. 2258A(h)(1): one year from the submission, which is the finish. Of a test nothing has to be kept.
 */
export async function caseReported(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { caseId, event, finishedAt }: Reported,
): Promise<void> {
  await move(tx, clock, caseId, event)
  await setScans(tx, caseId, 'removed')
  if ((await caseRow(tx, caseId)).is_test === 1) return
  for (const id of await evidenceOf(tx, caseId)) await vault.keepUntil(tx, id, oneYearAfter(finishedAt))
}

/** Of a test in production: the report was validated and not sent. The platform hears `removed`, as of a real one. */
export async function caseTested(tx: Transaction, clock: Clock, caseId: string): Promise<void> {
  await move(tx, clock, caseId, 'validated')
  await setScans(tx, caseId, 'removed')
}

/**
 * An appeal said that it was an error: the platform hears `released`. windowMs: how long evidence that no duty keeps stays; null: it is
 * kept as long as its finished report asks for (18 U.S.C. 2258A(h)(1)), or is due to go already.
 */
export async function caseRepaired(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { caseId, windowMs }: { readonly caseId: string; readonly windowMs: number | null },
): Promise<void> {
  await move(tx, clock, caseId, 'repaired')
  await setScans(tx, caseId, 'released')
  if (windowMs === null) return
  for (const id of await evidenceOf(tx, caseId)) await vault.destroyAfter(tx, id, clock.now() + windowMs)
}

/** Its report would say too little: it waits, until then at most. */
export async function caseWaitsForFacts(tx: Transaction, clock: Clock, caseId: string, dueAt: number): Promise<void> {
  await move(tx, clock, caseId, 'facts_missing')
  await tx.updateTable('cases').set({ facts_due_at: dueAt }).where('id', '=', caseId).execute()
}

async function move(tx: Transaction, clock: Clock, caseId: string, event: CaseEvent): Promise<CaseState> {
  const { state: before } = await caseRow(tx, caseId)
  const state = nextState(before, event)
  const route = state === 'waiting_review' ? { route: 'review' as const } : {}
  await tx
    .updateTable('cases')
    .set({ state, ...route, changed_at: clock.now() })
    .where('id', '=', caseId)
    .execute()
  await record(tx, clock, {
    actor: 'wardline',
    act: 'move_case',
    subject: caseId,
    detail: { event, before, after: state },
  })
  return state
}

/** The same day and time a calendar year on; 29 February becomes 1 March. */
function oneYearAfter(at: number): number {
  const day = new Date(at)
  return day.setUTCFullYear(day.getUTCFullYear() + 1)
}
