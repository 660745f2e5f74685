// The cases of a repair: gathered, frozen, and each one's way from there.
import type { Clock } from '#base'
import type { CaseState } from '#cases'
import type { Tables, Transaction } from '#db'
import type { Vault } from '#vault'
import { type Does, type RepairCase, type Shown, sealShown, type Why } from './listed.ts'

type Row = Tables['repair_cases']

export type Gathered = {
  readonly repairId: string
  readonly caseId: string
  readonly caseNumber: number
  readonly stateThen: CaseState
  readonly does: Does
  readonly why: Why | null
  readonly shown: Shown
}

/** Once for each case; what was gathered before stays as it was. */
export async function addGathered(
  tx: Transaction,
  clock: Clock,
  vault: Pick<Vault, 'sealJson'>,
  one: Gathered,
): Promise<void> {
  const named = { repair_id: one.repairId, case_id: one.caseId }
  await tx
    .insertInto('repair_cases')
    .values({
      ...named,
      case_number: one.caseNumber,
      picture: 0,
      does: one.does,
      why: one.why,
      state_then: one.stateThen,
      state: 'gathered',
      changed_at: clock.now(),
      shown_sealed: sealShown(vault, named, one.shown),
    })
    .onConflict((on) => on.columns(['repair_id', 'case_id']).doNothing())
    .execute()
}

type Change = Partial<
  Pick<Row, 'state' | 'why' | 'report_id' | 'event_id' | 'restored_at' | 'restored_by' | 'notice_id'>
>

export async function moveRepairCase(
  tx: Transaction,
  clock: Clock,
  { repair_id, case_id }: Pick<Row, 'repair_id' | 'case_id'>,
  change: Change,
): Promise<void> {
  await tx
    .updateTable('repair_cases')
    .set({ ...change, changed_at: clock.now() })
    .where('repair_id', '=', repair_id)
    .where('case_id', '=', case_id)
    .execute()
  await tx.updateTable('repairs').set({ changed_at: clock.now() }).where('id', '=', repair_id).execute()
}

/**
 * Its report is under way and has to end first. Asked again every few seconds, it writes no date while that goes on: by the date it is
 * seen that nothing moves. why: unset, it stays as it is.
 */
export async function waitForReport(
  tx: Transaction,
  clock: Clock,
  row: Pick<RepairCase, 'repair_id' | 'case_id' | 'state' | 'why'>,
  why?: Why | null,
): Promise<void> {
  const change = why === undefined ? {} : { why }
  if (row.state !== 'stopping') return moveRepairCase(tx, clock, row, { state: 'stopping', ...change })
  if (why === undefined || why === row.why) return
  await tx
    .updateTable('repair_cases')
    .set(change)
    .where('repair_id', '=', row.repair_id)
    .where('case_id', '=', row.case_id)
    .execute()
}

/** It is not repaired after all: a person looks at it. */
export async function sendToReview(tx: Transaction, repairId: string, caseId: string, why: Why): Promise<void> {
  await tx
    .updateTable('repair_cases')
    .set({ does: 'review', why })
    .where('repair_id', '=', repairId)
    .where('case_id', '=', caseId)
    .execute()
}

/** The list is complete: what is in it, and in which group, changes no more. */
export async function freeze(
  tx: Transaction,
  clock: Clock,
  repairId: string,
  pictures: ReadonlyMap<string, number>,
): Promise<void> {
  for (const [caseId, picture] of pictures)
    await tx
      .updateTable('repair_cases')
      .set({ picture })
      .where('repair_id', '=', repairId)
      .where('case_id', '=', caseId)
      .execute()
  await moveRepair(tx, clock, repairId, { state: 'gathered', gathered_at: clock.now() })
}

type Moved = Partial<
  Pick<
    Tables['repairs'],
    | 'state'
    | 'gathered_at'
    | 'guarded_at'
    | 'closed_at'
    | 'done_at'
    | 'approval_id'
    | 'first_by'
    | 'first_at'
    | 'second_by'
    | 'second_at'
  >
>

export async function moveRepair(tx: Transaction, clock: Clock, repairId: string, change: Moved): Promise<void> {
  await tx
    .updateTable('repairs')
    .set({ ...change, changed_at: clock.now() })
    .where('id', '=', repairId)
    .execute()
}
