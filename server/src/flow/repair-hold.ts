// Before a report's next step: whether a repair wants it to wait, or to be taken back.

import { type CaseRecord, readCase } from '#cases'
import type { Transaction } from '#db'
import { heldByRepair, isAnyStopping, openMatches, readRepair } from '#repairs'
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
  // One report of several cases is filed for none of them when one is in doubt.
  if (await isAnyStopping(tx, caseIds, caseIds.length > 1 ? ['repair', 'review'] : ['repair']))
    return (await stopReport(tx, clock, vault, { reportId, by: 'wardline' })) === 'withdrawn' ? 'withdrawn' : 'goes_on'
  return (await waitForRepair(desk, tx, caseIds)) ? 'waits' : 'goes_on'
}

/**
 * Nothing is filed of any of them: one is in the list of a repair, or shows the very picture that a repair is about and came too late for
 * its list.
 */
export async function waitForRepair(
  desk: Pick<Desk, 'vault' | 'rules'>,
  tx: Transaction,
  caseIds: readonly string[],
): Promise<boolean> {
  for (const id of caseIds) if (await heldByRepair(tx, id)) return true
  const matches = await openMatches(tx)
  if (matches.length === 0) return false
  const cases: CaseRecord[] = []
  for (const id of caseIds) cases.push(await readCase(tx, desk.vault, id))
  for (const id of matches) {
    const repair = await readRepair(tx, desk.vault, id)
    const heard = await heardFiles(desk, tx, repair)
    for (const one of cases) if ((await weigh(desk, tx, one, { repair, heard })).kind === 'repair') return true
  }
  return false
}
