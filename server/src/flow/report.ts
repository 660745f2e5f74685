// A case goes to a report: after settling by rule, or at once by a person's decision.
import type { IncidentType } from '@wardline/api'
import { type Actor, record } from '#audit'
import { Fault, isProduction } from '#base'
import {
  type CaseRecord,
  type Confirmation,
  caseReported,
  confirm,
  dismiss,
  moveCase,
  readCase,
  reportableFiles,
} from '#cases'
import type { Transaction } from '#db'
import { enqueue, enqueueNow, finish, type Handler } from '#jobs'
import { prepareFeedback } from '#lists'
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
  withdrawReport,
} from '#reports'
import { waitForLookUp } from './look-up-wait.ts'
import { type Desk, journaled, type River } from './river.ts'
import { waitsForEntry } from './set-aside.ts'

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
      if (await waitsForEntry(river, tx, record)) {
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

/** A person confirms a case that waits for review; nothing says that they viewed the file. */
export async function confirmCase(
  river: Desk,
  ref: number | string,
  by: Actor,
  how: Omit<Confirmation, 'caseId' | 'by'> = {},
): Promise<void> {
  const alert = await river.database.transact((tx) => confirmIn(river, tx, ref, { by, ...how }))
  say(river, alert)
  river.wake()
}

/** In the caller's transaction; the alert is said after its commit. */
export async function confirmIn(
  river: Desk,
  tx: Transaction,
  ref: number | string,
  how: Omit<Confirmation, 'caseId'>,
): Promise<Alert> {
  const { clock, vault } = river
  const found = await readCase(tx, vault, ref)
  refuseRealOutsideProduction(river, found)
  refuseClassification(river, how)
  await confirm(tx, clock, vault, { ...how, caseId: found.id })
  await learn(river, tx, found, 'affirmative')
  return sendOff(river, tx, await readCase(tx, vault, found.id))
}

/** Whether a confirmation would be taken: false of what `passable` refuses. */
export function canConfirm(river: Desk, found: CaseRecord, incidentType: IncidentType | undefined): boolean {
  try {
    refuseRealOutsideProduction(river, found)
    reportableFiles(found.files, incidentType)
    return true
  } catch (error) {
    if (error instanceof Fault && passable.has(error.code)) return false
    throw error
  }
}

/** Refusals of a confirmation that leave the case as it was, or set aside. */
export const passable: ReadonlySet<string> = new Set(['never_reported', 'incident_type_missing', 'not_production'])

/** A person dismisses a case: its files are released and its evidence goes after a short window. */
export async function dismissCase(
  river: Desk,
  ref: number | string,
  by: Actor,
  how: { readonly reason: string; readonly falseMatch?: boolean | undefined },
): Promise<void> {
  await river.database.transact((tx) => dismissIn(river, tx, ref, { by, ...how }))
  river.wake()
}

/** In the caller's transaction. */
export async function dismissIn(
  river: Desk,
  tx: Transaction,
  ref: number | string,
  how: { readonly by: Actor; readonly reason: string; readonly falseMatch?: boolean | undefined },
): Promise<void> {
  const { clock, vault, rules } = river
  const found = await readCase(tx, vault, ref)
  const windowMs = rules.dismissedKeepMs
  await dismiss(tx, clock, vault, { ...how, caseId: found.id, windowMs })
  await withdrawReport(tx, clock, { caseId: found.id, by: how.by })
  if (how.falseMatch) await learn(river, tx, found, 'negative')
  for (const { vaultId } of [...found.files, ...found.supplements])
    await enqueue(tx, clock, {
      kind: 'destroy',
      subject: vaultId,
      runAt: clock.now() + windowMs,
      uniqueKey: `destroy ${vaultId}`,
    })
}

/** What the case says about the entries it met, for an operator to approve: only to sources that listen. */
async function learn({ clock, vault, feedback }: Desk, tx: Transaction, { id, files }: CaseRecord, says: Says) {
  const met = files.flatMap((file) => file.grounds).filter((ground) => feedback.has(ground.listId))
  await prepareFeedback(tx, clock, vault, { caseId: id, says, met })
}
type Says = 'affirmative' | 'negative'

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
    const { caseId } = await closeByHand(tx, clock, vault, closing)
    await caseReported(tx, clock, vault, { caseId, event: 'filed_by_hand', finishedAt: clock.now() })
  })
  river.wake()
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

/** The case is `reporting`: its report is drafted and queued, or the case waits visibly for credentials. */
export async function sendOff(river: Desk, tx: Transaction, found: CaseRecord): Promise<Alert> {
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
  const { reportId, state, isFormer } = isFileable(found)
    ? await createReport(tx, clock, vault, { record: found, settings: river.reports })
    : await createUnsentReport(tx, clock, vault, { record: found, settings: river.reports })
  if (state === 'needs_person')
    return { ids: { case: found.id, report: reportId }, words: 'this report cannot be written; a person must look' }
  // One that was held for credentials or an entry: drafted anew, and sent off at once, not when its wait is over.
  if (isFormer) await tryAgain(river, tx, reportId, 'wardline')
  else {
    const waits = await waitForLookUp(river, tx, found, reportId)
    if (waits === undefined) await enqueueNow(tx, clock, jobOf(reportId, found))
    else await enqueue(tx, clock, { ...jobOf(reportId, found), runAt: waits + graceMs })
  }
  return undefined
}

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

/** The letters belong to an agreement that this operator did not sign, or did not say that they did. */
function refuseClassification({ reports }: Desk, { files = [] }: Pick<Confirmation, 'files'>): void {
  if (reports.industryHashSharingMou === true || files.every((one) => one.classification === undefined)) return
  throw new Fault('mou_missing', mouWords, { retry: 'never' })
}

const mouWords =
  'a classification is for operators who signed the Industry Hash Sharing agreement: set reports.industryHashSharingMou ' +
  'to true where that is so, or leave the classification out'

/** By rule such a case is never filed here: it waits for a person, who can only dismiss it, and is told why. */
async function handToPerson(river: Desk, tx: Transaction, found: CaseRecord): Promise<Alert> {
  await moveCase(tx, river.clock, found.id, 'not_production')
  return { ids: { case: found.id }, words: notProduction(river) }
}

function refuseRealOutsideProduction(river: Desk, found: CaseRecord): void {
  if (isRealOutsideProduction(river, found)) throw new Fault('not_production', notProduction(river), { retry: 'never' })
}

/** Filed in the sandbox or at NCMEC's test host, a real find would look reported and help nobody. */
function isRealOutsideProduction({ environment }: Desk, { files }: CaseRecord): boolean {
  if (isProduction(environment)) return false
  return !files.every((file) => file.grounds.every((ground) => ground.class === 'test'))
}

const notProduction = ({ environment }: Desk) =>
  `this case holds a match that is not a test, and this instance is "${environment}", which reports nothing to NCMEC; ` +
  'import the list into a production instance and scan the file there'
