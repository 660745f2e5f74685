// The letter that corrects finished reports: which reports it names, and by what NCMEC knows them.
import { accountOf, readCase } from '#cases'
import type { Transaction } from '#db'
import { casesOfRepair, keepLetter, type RepairRecord } from '#repairs'
import { showReport } from '#reports'
import type { River } from './river.ts'

export async function writeLetter(
  { clock, vault, reports: settings }: Pick<River, 'clock' | 'vault' | 'reports'>,
  tx: Transaction,
  repair: RepairRecord,
): Promise<void> {
  const reports = []
  for (const { case_id, report_id } of await casesOfRepair(tx, vault, repair.id, { does: 'repair' })) {
    if (report_id === null) continue
    const { remoteId, isBatched } = await showReport(tx, report_id)
    if (remoteId === null) continue
    // One report of several accounts stands for the others.
    const account = isBatched ? (accountOf(await readCase(tx, vault, case_id))?.id ?? null) : null
    reports.push({ remoteId, reportId: report_id, account })
  }
  await keepLetter(tx, clock, vault, { repair, reports, platform: settings.platform })
}
