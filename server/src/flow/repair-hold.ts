// Before a report's next step: whether a repair wants it to wait, or to be taken back.

import { readCase } from '#cases'
import type { Transaction } from '#db'
import { heldByRepair, isInDoubt, isToBeStopped, openMatches, readRepair } from '#repairs'
import { casesOfReport, stopReport } from '#reports'
import { heardFiles } from './repair-gather.ts'
import { weigh } from './repair-weigh.ts'
import type { Desk } from './river.ts'

export const repairWords =
  'waits: it is to be repaired, and two people have to approve that first (wardline repair list)'

/**
 * waits: a repair of one of its cases is not decided yet. withdrawn: it was taken back. goes_on: also when the next step is to retract it.
 * By whoever holds the lease of its filing.
 */
export async function bearingOfRepairs(
  desk: Pick<Desk, 'clock' | 'vault' | 'rules'>,
  tx: Transaction,
  reportId: string,
): Promise<'goes_on' | 'waits' | 'withdrawn'> {
  const { clock, vault } = desk
  // None of a report that corrects another one.
  const caseIds = await casesOfReport(tx, reportId)
  const stopped: boolean[] = []
  // One report of several cases is filed for none of them when one is in doubt.
  for (const id of caseIds) stopped.push(await (caseIds.length > 1 ? isInDoubt(tx, id) : isToBeStopped(tx, id)))
  if (stopped.some((one) => one))
    return (await stopReport(tx, clock, vault, { reportId, by: 'wardline' })) === 'withdrawn' ? 'withdrawn' : 'goes_on'
  for (const id of caseIds) if (await waitsForRepair(desk, tx, id)) return 'waits'
  return 'goes_on'
}

/** Nothing of it is filed: it is in the list of a repair, or shows the very picture that one is about and came too late for its list. */
export async function waitsForRepair(
  desk: Pick<Desk, 'vault' | 'rules'>,
  tx: Transaction,
  caseId: string,
): Promise<boolean> {
  if (await heldByRepair(tx, caseId)) return true
  for (const id of await openMatches(tx)) {
    const repair = await readRepair(tx, desk.vault, id)
    const heard = await heardFiles(desk, tx, repair)
    const weighed = await weigh(desk, tx, await readCase(tx, desk.vault, caseId), { repair, heard })
    if (weighed.kind === 'repair') return true
  }
  return false
}
