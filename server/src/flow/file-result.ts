// What became of a step is in memory and nowhere else, once perhaps the receipt: it is written down whatever the database does.
import { raiseAlert } from '#alerts'
import { Fault, systemClock } from '#base'
import { accountKey, caseReported, caseState, moveCase, readCase } from '#cases'
import type { Transaction } from '#db'
import { finish, holdsLease, type Job } from '#jobs'
import { planNotices } from '#notices'
import { casesOfReport, type FilingCall, type Journaled, journalResult, keepLateReceipt, type LineNews } from '#reports'
import { noteCall } from './filing-line.ts'
import type { River } from './river.ts'
import { tellReported } from './tell-platform.ts'

/** What filing needs of the river. */
export type Filing = Pick<
  River,
  'environment' | 'database' | 'clock' | 'vault' | 'log' | 'rules' | 'reports' | 'notices' | 'wake' | 'logbook'
>

type Result = Parameters<typeof journalResult>[4]

export type Written =
  /** ours: the job's lease still held; else the result is written down, and the job is left to whoever has it. */
  | { readonly kind: 'written'; readonly standing: Journaled; readonly ours: boolean; readonly line: LineNews }
  /** A later step has begun, or this very result was written down by a commit whose answer was lost. */
  | { readonly kind: 'overtaken' }

const firstWaitMs = 50
const longestWaitMs = 5_000
/** Longer than a database takes to restart or to change its primary. `wardline serve` gives a stop less, and then ends. */
const patienceMs = 10 * 60_000

/** Tried again on this process while the database is away, and also when the lease ran out over it: see `overtaken`. */
export async function writeDown(river: Filing, job: Job, step: FilingCall, result: Result): Promise<Written> {
  const until = systemClock.now() + patienceMs
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(longestWaitMs, 2 * waitMs)) {
    try {
      return await write(river, job, step, result)
    } catch (error) {
      const mayPass = !(error instanceof Fault) || error.retry === 'later' || error.retry === 'now'
      const ids = { report: step.reportId, step: step.name, trouble: error instanceof Fault ? error.code : 'a bug' }
      if (!mayPass || systemClock.now() >= until) {
        river.log.error(ids, 'ALERT: what became of this step could not be written down; it will be taken for unknown')
        throw error
      }
      river.log.warn(ids, 'what became of a step could not be written down yet; it is tried again')
      // Real time on purpose: this waits for a machine, not for an hour of the day.
      await systemClock.wait(waitMs)
    }
  }
}

function write(river: Filing, job: Job, step: FilingCall, result: Result): Promise<Written> {
  const { database, clock, vault } = river
  return database.transact(async (tx) => {
    const ours = await holdsLease(tx, job)
    const standing = await journalResult(tx, clock, vault, step, result).catch(whenOvertaken)
    if (standing === undefined) {
      await keepLateReceipt(tx, clock, vault, { step, result })
      return { kind: 'overtaken' }
    }
    await follow(river, tx, step, standing)
    const line = await noteCall(river, tx, result.kind === 'ok' ? result : result.facts())
    if (standing.state === 'needs_person')
      await raiseAlert(tx, clock, {
        type: 'report.needs_person',
        subject: step.reportId,
        severity: 'urgent',
        data: { report: step.reportId, case: step.caseId, trouble: standing.trouble },
      })
    if (ours && (standing.state === 'finished' || standing.state === 'needs_person')) await finish(tx, job)
    return { kind: 'written', standing, ours, line }
  })
}

function whenOvertaken(error: unknown): undefined {
  if (error instanceof Fault && error.code === 'overtaken') return undefined
  throw error
}

/** What each case and its notice make of a step's result, in the transaction that writes it down. */
async function follow(river: Filing, tx: Transaction, step: FilingCall, standing: Journaled): Promise<void> {
  const caseIds = await casesOfReport(tx, step.reportId)
  for (const caseId of caseIds) await followCredentials(river, tx, caseId, standing)
  if (standing.state !== 'finished' || standing.finishedAt === null) return

  // Order is law: preserved, reported, and only then told.
  const { finishedAt } = standing
  const told = new Set<string>()
  for (const caseId of caseIds) {
    await caseReported(tx, river.clock, river.vault, { caseId, event: 'report_finished', finishedAt })
    const record = await readCase(tx, river.vault, caseId)
    await tellReported(river, tx, record, { finishedAt, filed: 'by_wardline' })
    // Several cases of a batch may be one account's, which hears of its report once.
    const account = accountKey(river.vault, record.environment, record.context) ?? caseId
    if (told.has(account)) continue
    told.add(account)
    await planNotices(tx, river.clock, river.vault, {
      reportId: step.reportId,
      record,
      finishedAt,
      policy: river.notices,
    })
  }
}

async function followCredentials({ clock }: Filing, tx: Transaction, caseId: string, standing: Journaled) {
  const state = await caseState(tx, caseId)
  if (standing.state === 'cannot_report' && state === 'reporting')
    await moveCase(tx, clock, caseId, 'credentials_missing')
  if (standing.state !== 'cannot_report' && state === 'cannot_report')
    await moveCase(tx, clock, caseId, 'credentials_found')
}
