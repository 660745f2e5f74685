// An overturned appeal of which nothing came, for its repair was refused: it is heard anew.
import { type Actor, record } from '#audit'
import type { Clock } from '#base'
import { recordDecider } from '#cases'
import type { Transaction } from '#db'
import { enqueue } from '#jobs'
import { appealRow, isOverturned } from './store.ts'
import { casesOfAppeal, isOver } from './store-about.ts'

export type Reopening = {
  readonly appealId: string
  readonly by: Actor
  /** The repair that was refused. */
  readonly repairId: string
  readonly hearingMs: number
}

/**
 * It waits again, with a new day, for somebody who had no part in it: neither whoever heard it nor whoever refused. Asks for the hearing
 * itself (job `hear`). False: no person overturned it, somebody is to hear it already, or all is undone.
 */
export async function reopen(
  tx: Transaction,
  clock: Clock,
  { appealId, by, repairId, hearingMs }: Reopening,
): Promise<boolean> {
  const appeal = await appealRow(tx, appealId)
  const cases = await casesOfAppeal(tx, appealId)
  if (!isOverturned(appeal) || cases.every(isOver)) return false
  const now = clock.now()
  for (const { id } of cases) await recordDecider(tx, id, by)
  await tx
    .updateTable('appeals')
    .set({ state: 'waiting', due_at: now + hearingMs, decided_at: null, changed_at: now })
    .where('id', '=', appealId)
    .execute()
  const detail = { case: appeal.case_id, repair: repairId, outcome: appeal.state }
  await record(tx, clock, { actor: by, act: 'reopen_appeal', subject: appealId, detail })
  await enqueue(tx, clock, { kind: 'hear', subject: appealId, runAt: now, uniqueKey: `hear ${appealId}` })
  return true
}
