// Before a report's next step: whether a repair wants it to wait, or to be taken back.
import type { Transaction } from '#db'
import { heldByRepair, isToBeStopped } from '#repairs'
import { casesOfReport, stopReport } from '#reports'
import type { Desk } from './river.ts'

export const repairWords =
  'waits: it is to be repaired, and two people have to approve that first (wardline repair list)'

/**
 * waits: a repair of one of its cases is not decided yet. withdrawn: it was taken back. goes_on: also when the next step is to retract it.
 * By whoever holds the lease of its filing.
 */
export async function bearingOfRepairs(
  { clock, vault }: Pick<Desk, 'clock' | 'vault'>,
  tx: Transaction,
  reportId: string,
): Promise<'goes_on' | 'waits' | 'withdrawn'> {
  const caseIds = await casesOfReport(tx, reportId)
  const stopped: boolean[] = []
  for (const id of caseIds) stopped.push(await isToBeStopped(tx, id))
  if (stopped.length > 0 && stopped.every((one) => one))
    return (await stopReport(tx, clock, vault, { reportId, by: 'wardline' })) === 'withdrawn' ? 'withdrawn' : 'goes_on'
  for (const id of caseIds) if (await heldByRepair(tx, id)) return 'waits'
  return 'goes_on'
}
