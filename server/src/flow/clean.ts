// What test cards left behind is cleaned up: cases, reports, notices and evidence. What was real is never touched.
import { removeAppeals } from '#appeals'
import type { Actor } from '#audit'
import { removeTestCase, testCases } from '#cases'
import { dropJobs } from '#jobs'
import { noticesOfCase, removeNotices } from '#notices'
import { removeReport, reportOfCase } from '#reports'
import type { Desk } from './river.ts'

/** left: cases on which a server is at work this moment; asked again, they go as well. */
export async function cleanTests(river: Desk, by: Actor): Promise<{ readonly removed: number; readonly left: number }> {
  const { database, vault } = river
  const all = await testCases(database.read)
  let removed = 0
  for (const caseId of all) {
    const evidence = await remove(river, caseId, by)
    if (evidence === undefined) continue
    removed += 1
    for (const id of evidence) await vault.removeFile(id)
  }
  return { removed, left: all.length - removed }
}

async function remove({ database, clock, vault }: Desk, caseId: string, by: Actor) {
  return database.transact(async (tx) => {
    const report = await reportOfCase(tx, caseId)
    const notices = (await noticesOfCase(tx, caseId)).map(({ id }) => id)
    if (!(await dropJobs(tx, [caseId, ...(report === undefined ? [] : [report.id]), ...notices]))) return undefined
    await removeAppeals(tx, caseId)
    await removeNotices(tx, caseId)
    if (report !== undefined) await removeReport(tx, report.id)
    return removeTestCase(tx, clock, vault, { caseId, by })
  })
}
