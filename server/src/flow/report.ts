// A case goes to a report: after settling by rule, or at once when a person decided so (decided.ts).
import { type Actor, record } from '#audit'
import { type CaseRecord, caseReported, moveCase, readCase } from '#cases'
import type { Transaction } from '#db'
import { enqueue, enqueueNow, finish, type Handler } from '#jobs'
import { planNotices } from '#notices'
import {
  type Closing,
  closeByHand,
  createReport,
  createUnsentReport,
  isFileable,
  missingCredentials,
  openWay,
  retryReport as retry,
  showReport,
  type Way,
} from '#reports'
import { waitsForFacts } from './actionable.ts'
import { waitForLookUp } from './look-up-wait.ts'
import { isRealOutsideProduction, notProduction, refuseRealOutsideProduction } from './not-production.ts'
import { waitForRepair } from './repair-hold.ts'
import { type Desk, journaled, type River } from './river.ts'
import { waitsForEntry } from './set-aside.ts'
import { tellReported } from './tell-platform.ts'

/** Job `settle`, subject: a case whose settling time is over. */
export const settle =
  (river: River): Handler =>
  async (job) => {
    const { database, clock, vault } = river
    const alert = await database.transact(async (tx) => {
      const record = await readCase(tx, vault, job.subject)
      await finish(tx, job)
      // A person may have dismissed it meanwhile; then there is nothing to do.
      if (record.state !== 'settling') return
      if (isRealOutsideProduction(river, record)) return handToPerson(river, tx, record)
      if ((await waitsForEntry(river, tx, record)) || (await waitForRepair(river, tx, [record.id]))) {
        await moveCase(tx, clock, record.id, 'entry_set_aside')
        return
      }
      await moveCase(tx, clock, record.id, 'settled')
      return sendOff(river, tx, record)
    })
    say(river, alert)
    journaled(river, 'settle', { case: job.subject })
    river.wake()
    return { kind: 'done' }
  }

/** A person has mended what was in the way: the report's filing goes on now. */
export async function retryReport(river: Desk, reportId: string, by: Actor): Promise<void> {
  await river.database.transact((tx) => tryAgain(river, tx, reportId, by))
  river.wake()
}

/**
 * A person has filed it at NCMEC's own form, since it cannot be filed here: the case is reported by their word. Nobody is
 * told by itself, for a notice follows a receipt, and this report has none of ours.
 */
export async function closeReport(river: Desk, closing: Closing): Promise<void> {
  const { database, clock, vault } = river
  await database.transact(async (tx) => {
    const { caseIds } = await closeByHand(tx, clock, vault, closing)
    for (const caseId of caseIds) await reportedByHand(river, tx, { caseId, reportId: closing.reportId })
  })
  river.wake()
}

/** Its notice waits until a person releases it: only they know what was marked at NCMEC, and whether somebody was told already. */
export async function reportedByHand(
  river: Desk,
  tx: Transaction,
  { caseId, reportId }: { readonly caseId: string; readonly reportId: string },
): Promise<void> {
  const { clock, vault, notices: policy } = river
  const finishedAt = clock.now()
  await caseReported(tx, clock, vault, { caseId, event: 'filed_by_hand', finishedAt })
  const record = await readCase(tx, vault, caseId)
  await tellReported(river, tx, record, { finishedAt, filed: 'by_hand' })
  await planNotices(tx, clock, vault, { reportId, record, finishedAt, policy })
}

/** Cases that could not be reported are sent off once there are credentials; called at every start. */
export async function resumeUnreported(river: Desk, caseIds: readonly string[]): Promise<void> {
  if (openWay(river.reports).kind === 'cannot_report') return
  for (const caseId of caseIds) say(river, await river.database.transact((tx) => resume(river, tx, caseId)))
  if (caseIds.length > 0) river.wake()
}

async function resume(river: Desk, tx: Transaction, caseId: string): Promise<Alert> {
  const record = await readCase(tx, river.vault, caseId)
  if (record.state !== 'cannot_report') return undefined
  await moveCase(tx, river.clock, caseId, 'credentials_found')
  return sendOff(river, tx, record)
}

/** For the operator, once the transaction has committed: one that is run again, or fails, says nothing. */
export type Alert = { readonly ids: Record<string, string | readonly string[]>; readonly words: string } | undefined

export function say({ log }: Pick<River, 'log'>, alert: Alert): void {
  if (alert) log.error(alert.ids, `ALERT: ${alert.words}`)
}

/**
 * The case is `reporting`: its report is drafted and queued, or the case waits visibly for credentials or for facts. asItIs: it has
 * waited for facts, or need not.
 */
export async function sendOff(
  river: Desk,
  tx: Transaction,
  found: CaseRecord,
  { asItIs = false }: { readonly asItIs?: boolean } = {},
): Promise<Alert> {
  const { clock, vault } = river
  refuseRealOutsideProduction(river, found)
  // Of what is never sent no client is opened, not even to see whether one could be.
  const missing = isFileable(found) ? missingOf(openWay(river.reports)) : missingCredentials(river.reports)
  if (missing.length > 0) {
    await moveCase(tx, clock, found.id, 'credentials_missing')
    await record(tx, clock, {
      actor: 'wardline',
      act: 'case.cannot_report',
      subject: found.id,
      detail: { missing: missing.join(' ') },
    })
    const words = 'this case is preserved and cannot be reported until the CyberTipline credentials are configured'
    return { ids: { case: found.id, missing }, words }
  }
  if (!asItIs && (await waitsForFacts(river, tx, found))) return undefined
  const { reportId, state, isFormer } = isFileable(found)
    ? await createReport(tx, clock, vault, { record: found, settings: river.reports })
    : await createUnsentReport(tx, clock, vault, { record: found, settings: river.reports })
  if (state === 'needs_person') return { ids: { case: found.id, report: reportId }, words: unwritten }
  // One that was held for credentials or an entry: drafted anew, and sent off at once, not when its wait is over.
  if (isFormer) await tryAgain(river, tx, reportId, 'wardline')
  else {
    const waits = await waitForLookUp(river, tx, found, reportId)
    if (waits === undefined) await enqueueNow(tx, clock, jobOf(reportId, found))
    else await enqueue(tx, clock, { ...jobOf(reportId, found), runAt: waits + graceMs })
  }
  return undefined
}

const unwritten =
  'this report cannot be written; a person must look (wardline reports show says why; wardline cases confirm writes it anew)'

export async function tryAgain(
  { clock, vault, reports }: Desk,
  tx: Transaction,
  reportId: string,
  by: Actor,
): Promise<void> {
  await retry(tx, clock, vault, { reportId, by, settings: reports })
  const { caseId } = await showReport(tx, reportId)
  await enqueueNow(tx, clock, jobOf(reportId, await readCase(tx, vault, caseId)))
}

/** A report that is never sent is no worker's to file, by the name of its job. */
function jobOf(reportId: string, of: CaseRecord) {
  const kind = isFileable(of) ? 'file' : 'validate'
  return { kind, subject: reportId, uniqueKey: `${kind} ${reportId}` }
}

/** The look-up's own job ends the waiting; should it be dead, the report goes all the same. */
const graceMs = 60_000

const missingOf = (way: Way): readonly string[] => (way.kind === 'cannot_report' ? way.missing : [])

/** By rule such a case is never filed here: it waits for a person, who can only dismiss it, and is told why. */
async function handToPerson(river: Desk, tx: Transaction, found: CaseRecord): Promise<Alert> {
  await moveCase(tx, river.clock, found.id, 'not_production')
  return { ids: { case: found.id }, words: notProduction(river) }
}
