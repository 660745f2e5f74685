/** Questions about exactly-once: what became of each incident, what was left open, and did anything happen twice. */
import type { CallRecord } from './call.ts'
import type { ReportRecord, ReportState } from './reports.ts'

export interface Inspection {
  /** Oldest first. */
  readonly reports: readonly ReportRecord[]
  /** Every call under the base path, in the order in which they ended. */
  readonly calls: readonly CallRecord[]
}

export interface IncidentReport {
  readonly id: string
  readonly number: number
  readonly state: ReportState
  /** Epoch ms. */
  readonly openedAt: number
  readonly finishedAt: number | null
  readonly retractedAt: number | null
  readonly idTold: boolean
  readonly idUsed: boolean
  readonly files: readonly {
    readonly fileId: string
    readonly md5: string
    readonly sha256: string
    readonly sizeBytes: number
    readonly described: boolean
  }[]
  readonly receipts: ReportRecord['receipts']
}

export interface Incident {
  /** null gathers the reports that name none. */
  readonly incident: string | null
  /** How many of its reports stand in each state; one `finished` is what a good client leaves. */
  readonly states: Readonly<Record<ReportState, number>>
  readonly reports: readonly IncidentReport[]
}

/** In the order in which their first report came. */
export const incidentsOf = (reports: readonly ReportRecord[]): Incident[] => {
  const grouped = new Map<string | null, ReportRecord[]>()
  for (const report of reports) {
    const own = grouped.get(report.incident)
    if (own) own.push(report)
    else grouped.set(report.incident, [report])
  }
  return [...grouped].map(([incident, own]) => ({ incident, states: statesOf(own), reports: own.map(inBrief) }))
}

/**
 * - never_told: no answer with the id reached the caller; nobody could retract it, and it expires by itself.
 * - told: the id was handed over whole, and never came back. Whoever was killed at that moment may not have it.
 * - used: the caller has named the id since, so it could have been finished or retracted.
 */
export type Knowledge = 'never_told' | 'told' | 'used'

export interface Orphan {
  readonly id: string
  /** An expired one was left to die where it could perhaps have been retracted. */
  readonly state: 'open' | 'expired'
  readonly number: number
  readonly incident: string | null
  readonly knowledge: Knowledge
  readonly openedAt: number
  readonly lastModifiedAt: number
  readonly expiresAt: number
  readonly files: number
}

/** What was neither finished nor retracted, oldest first. */
export const orphansOf = (reports: readonly ReportRecord[]): Orphan[] =>
  reports.flatMap(({ id, state, number, incident, openedAt, lastModifiedAt, expiresAt, files, idTold, idUsed }) => {
    if (state === 'finished' || state === 'retracted') return []
    const knowledge = idUsed ? 'used' : idTold ? 'told' : 'never_told'
    return [{ id, state, number, incident, knowledge, openedAt, lastModifiedAt, expiresAt, files: files.length }]
  })

export const statesOf = (reports: readonly ReportRecord[]): Record<ReportState, number> => {
  const states = { open: 0, finished: 0, retracted: 0, expired: 0 }
  for (const { state } of reports) states[state] += 1
  return states
}

const inBrief = (report: ReportRecord): IncidentReport => ({
  id: report.id,
  number: report.number,
  state: report.state,
  openedAt: report.openedAt,
  finishedAt: report.finishedAt,
  retractedAt: report.retractedAt,
  idTold: report.idTold,
  idUsed: report.idUsed,
  files: report.files.map(({ fileId, md5, sha256, sizeBytes, fileDetailsXml }) => ({
    fileId,
    md5,
    sha256,
    sizeBytes,
    described: fileDetailsXml !== null,
  })),
  receipts: report.receipts,
})
