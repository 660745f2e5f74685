// A new report that takes an earlier one back: which it was, by both names, and why. It names no person and has no files.
import type { Report } from '@wardline/cybertip'
import { isProduction, NOTHING_IS_REPORTED } from '#base'
import type { Drafted } from './draft.ts'
import type { Draft } from './draft-shape.ts'
import { fit } from './fit.ts'
import { reporterOf } from './reporter.ts'
import type { ReportSettings } from './settings.ts'
import { iso, lines } from './telling.ts'

export type Earlier = {
  /** Ours. */
  readonly reportId: string
  /** The CyberTipline's. */
  readonly remoteId: string
  readonly incident: Pick<Report['incidentSummary'], 'incidentType' | 'incidentDateTime'>
}

/**
 * The earlier id stands in words: `priorCTReports` exists only within a person who is reported (CyberTipline API, section 5.5), and nobody
 * is. because: what was found, and why, for NCMEC to read.
 */
export function draftCorrection(
  earlier: Earlier,
  { because, repairId }: { readonly because: string; readonly repairId: string },
  settings: ReportSettings,
  nowMs: number,
): Drafted {
  const { incidentType, incidentDateTime } = earlier.incident
  const nothing = isProduction(settings.environment)
    ? undefined
    : `${NOTHING_IS_REPORTED}: this is a report of the environment "${settings.environment}".`
  return fitted(
    {
      incidentSummary: {
        incidentType,
        platform: settings.platform,
        incidentDateTime,
        incidentDateTimeDescription: 'Time as given in the earlier report, which this one takes back.',
      },
      reporter: reporterOf(settings),
      additionalInfo: lines(
        nothing,
        `CORRECTION: this is no new incident. It takes back CyberTipline report ${earlier.remoteId} (our reference ${earlier.reportId}), which was submitted in error.`,
        because,
        'Nobody is reported here, and no file is uploaded: the incident type and the time are those of the earlier report, since the form asks for both. Please note this at that report, and pass it on to whoever received it.',
        `Our reference for this correction: ${repairId}, ${iso(nowMs).slice(0, 10)}.`,
      ),
    },
    nowMs,
  )
}

/** As it was written, with what the configuration says now. */
export function renewCorrection({ report }: Draft, settings: ReportSettings, nowMs: number): Drafted {
  const incidentSummary = { ...report.incidentSummary, platform: settings.platform }
  return fitted({ ...report, incidentSummary, reporter: reporterOf(settings) }, nowMs)
}

function fitted(report: Report, nowMs: number): Drafted {
  const form = fit('report', report, nowMs)
  if (form.kind === 'misfit') return { kind: 'not_possible', words: form.words }
  return { kind: 'drafted', draft: { report: form.value, files: [] } }
}
