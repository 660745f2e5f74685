// A case goes to a report: after settling by rule, or at once by a person's decision.
import { type Actor, record } from '#audit'
import { Fault, isProduction } from '#base'
import { type CaseRecord, confirm, dismiss, moveCase, readCase } from '#cases'
import type { Transaction } from '#db'
import { enqueue, enqueueNow, finish, type Handler } from '#jobs'
import { createReport, openWay, retryReport as tryAgain } from '#reports'
import { type Desk, journaled, type River } from './river.ts'

/** Job `settle`, subject: a case whose settling time is over. */
export const settle =
  (river: River): Handler =>
  async (job) => {
    const { database, clock, vault } = river
    await database.transact(async (tx) => {
      const record = await readCase(tx, vault, job.subject)
      // A person may have dismissed it meanwhile; then there is nothing to do.
      if (record.state === 'settling') {
        await moveCase(tx, clock, record.id, 'settled')
        await sendOff(river, tx, record)
      }
      await finish(tx, job)
    })
    journaled(river, 'settle', { case: job.subject })
    river.wake()
    return { kind: 'done' }
  }

/** A person confirms a case that waits for review; nothing says that they viewed the file. */
export async function confirmCase(river: Desk, ref: number | string, by: Actor, reason?: string): Promise<void> {
  const { database, clock, vault } = river
  await database.transact(async (tx) => {
    const found = await readCase(tx, vault, ref)
    refuseRealMatchOutsideProduction(river, found)
    await confirm(tx, clock, vault, { caseId: found.id, by, reason })
    await sendOff(river, tx, await readCase(tx, vault, found.id))
  })
  river.wake()
}

/** A person dismisses a case: its files are released and its evidence goes after a short window. */
export async function dismissCase(river: Desk, ref: number | string, by: Actor, reason: string): Promise<void> {
  const { database, clock, vault, rules } = river
  await database.transact(async (tx) => {
    const found = await readCase(tx, vault, ref)
    const windowMs = rules.dismissedKeepMs
    await dismiss(tx, clock, vault, { caseId: found.id, by, reason, windowMs })
    for (const file of found.files)
      await enqueue(tx, clock, {
        kind: 'destroy',
        subject: file.vaultId,
        runAt: clock.now() + windowMs,
        uniqueKey: `destroy ${file.vaultId}`,
      })
  })
  river.wake()
}

/** A person has mended what was in the way: the report's filing goes on now. */
export async function retryReport(river: Desk, reportId: string, by: Actor): Promise<void> {
  const { database, clock, vault } = river
  await database.transact(async (tx) => {
    await tryAgain(tx, clock, vault, { reportId, by })
    await enqueueNow(tx, clock, fileJob(reportId))
  })
  river.wake()
}

/** Cases that could not be reported are sent off once there are credentials; called at every start. */
export async function resumeUnreported(river: Desk, caseIds: readonly string[]): Promise<void> {
  if (openWay(river.reports).kind === 'cannot_report') return
  for (const caseId of caseIds) {
    await river.database.transact(async (tx) => {
      const record = await readCase(tx, river.vault, caseId)
      if (record.state !== 'cannot_report') return
      await moveCase(tx, river.clock, caseId, 'credentials_found')
      await sendOff(river, tx, record)
    })
    river.log.info({ case: caseId }, 'credentials are there: this case is reported now')
  }
  if (caseIds.length > 0) river.wake()
}

/** The case is `reporting`: its report is drafted and queued, or the case waits visibly for credentials. */
async function sendOff(river: Desk, tx: Transaction, found: CaseRecord): Promise<void> {
  const { clock, vault, log } = river
  const way = openWay(river.reports)
  if (way.kind === 'cannot_report') {
    await moveCase(tx, clock, found.id, 'credentials_missing')
    await record(tx, clock, {
      actor: 'wardline',
      act: 'case.cannot_report',
      subject: found.id,
      detail: { missing: way.missing.join(' ') },
    })
    log.error(
      { case: found.id, missing: way.missing },
      'ALERT: this case is preserved and cannot be reported until the CyberTipline credentials are configured',
    )
    return
  }
  const report = await createReport(tx, clock, vault, { record: found, settings: river.reports })
  if (report.state === 'needs_person')
    log.error({ case: found.id, report: report.reportId }, 'ALERT: this report cannot be written; a person must look')
  else await enqueueNow(tx, clock, fileJob(report.reportId))
}

const fileJob = (reportId: string) => ({ kind: 'file', subject: reportId, uniqueKey: `file ${reportId}` })

/** Filed in the sandbox or at NCMEC's test host, a real find would look reported and help nobody. */
function refuseRealMatchOutsideProduction(river: Desk, found: CaseRecord): void {
  if (isProduction(river.environment)) return
  if (found.files.every((file) => file.grounds.every((ground) => ground.class === 'test'))) return
  throw new Fault(
    'not_production',
    `this case holds a match that is not a test, and this instance is "${river.environment}", which reports nothing to NCMEC; ` +
      'import the list into a production instance and scan the file there',
    { retry: 'never' },
  )
}
