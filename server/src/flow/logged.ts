// The milestones of a filing in the logbook: before the call and after it, whatever the database does.
import { casesOfReport, type FilingCall, type performCall } from '#reports'
import type { Filing } from './file-result.ts'

type Result = Awaited<ReturnType<typeof performCall>>

/** Only what cannot be taken back: the submission and the finish. Throws when it cannot be written: then nothing is sent. */
export async function logBegun({ logbook, database }: Filing, step: FilingCall): Promise<void> {
  const { do: doing } = step.call
  if (step.isTest || (doing !== 'submit' && doing !== 'finish')) return
  const { reportId: subject, caseId, intentId } = step
  const others = (await casesOfReport(database.read, subject)).filter((id) => id !== caseId)
  const of = { subject, caseId, step: intentId, ...(others.length > 0 && { otherCases: others }) }
  if (doing === 'submit') await logbook.write({ what: 'submit_begun', ...of })
  else await logbook.write({ what: 'finish_begun', ...of, remoteId: step.call.reportId })
}

const submittedAs = (result: object): string | undefined =>
  'reportId' in result && typeof result.reportId === 'string' ? result.reportId : undefined

/** What came of it; a line that cannot be written takes nothing back, and the database hears of it next. */
export async function logDone({ logbook, log }: Filing, step: FilingCall, result: Result): Promise<void> {
  const { reportId: subject, caseId, call } = step
  if (step.isTest || result.kind !== 'ok') return
  const what =
    call.do === 'submit'
      ? 'submitted'
      : call.do === 'finish'
        ? 'finished'
        : call.do === 'retract'
          ? 'retracted'
          : undefined
  if (what === undefined) return
  await logbook
    .write({ what, subject, caseId, remoteId: 'reportId' in call ? call.reportId : submittedAs(result) })
    .catch((error: unknown) =>
      log.warn({ report: subject, err: error }, 'a step could not be written into the logbook'),
    )
}
