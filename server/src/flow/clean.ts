// What test cards left behind is cleaned up: cases, reports, notices, events and evidence. What was real is never touched.
import { appealRowsOf, removeAppeals } from '#appeals'
import type { Actor } from '#audit'
import { isTestCase, removeTestCase, testCases } from '#cases'
import { dropJobs } from '#jobs'
import { removeLetters } from '#letters'
import { listFeedback, removeCorrections, removeFeedback } from '#lists'
import { noticesOfCase, removeNotices } from '#notices'
import { removeReport, reportOfCase } from '#reports'
import { removeTestEvents, testEventsAbout } from '#webhooks'
import type { Desk } from './river.ts'

/** only: these cases; else all that tests made. left: cases on which a server is at work this moment; asked again, they go as well. */
export async function cleanTests(
  river: Desk,
  by: Actor,
  only?: readonly string[],
): Promise<{ readonly removed: number; readonly left: number }> {
  const { database, vault } = river
  const all = (await testCases(database.read)).filter((id) => only === undefined || only.includes(id))
  const ends = { removed: 0, left: 0 }
  for (const caseId of all) {
    const { kind, evidence } = await remove(river, caseId, by)
    if (kind !== 'gone') ends[kind] += 1
    for (const id of evidence) await vault.removeFile(id)
  }
  return ends
}

interface Removal {
  /** gone: somebody else removed it meanwhile. */
  readonly kind: 'removed' | 'left' | 'gone'
  readonly evidence: readonly string[]
}

async function remove({ database, clock, vault }: Desk, caseId: string, by: Actor): Promise<Removal> {
  return database.transact(async (tx) => {
    if (!(await isTestCase(tx, caseId))) return { kind: 'gone', evidence: [] }
    const report = await reportOfCase(tx, caseId)
    const notices = (await noticesOfCase(tx, caseId)).map(({ id }) => id)
    const lessons = (await listFeedback(tx)).flatMap((one) => (one.caseId === caseId ? [one.id] : []))
    const appeals = (await appealRowsOf(tx, caseId)).map(({ id }) => id)
    const about = [caseId, ...(report === undefined ? [] : [report.id]), ...notices, ...lessons, ...appeals]
    const events = await testEventsAbout(tx, about)
    if (!(await dropJobs(tx, [...about, ...events]))) return { kind: 'left', evidence: [] }
    // None is made of a test any more; a version that did not refuse that may have.
    await removeCorrections(tx, caseId)
    await removeFeedback(tx, caseId)
    await removeAppeals(tx, caseId)
    await removeLetters(tx, caseId)
    await removeNotices(tx, caseId)
    await removeTestEvents(tx, events)
    if (report !== undefined) await removeReport(tx, report.id)
    return { kind: 'removed', evidence: await removeTestCase(tx, clock, vault, { caseId, by }) }
  })
}
