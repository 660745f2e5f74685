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

export interface Verdict {
  readonly reports: Readonly<Record<ReportState, number>>
  readonly incidents: number
  /** Incidents by the number of their finished reports. Those that name none count one by one as finishedOnce or never. */
  readonly finishedOnce: number
  readonly finishedNever: readonly string[]
  readonly finishedTwice: readonly string[]
  /** The same bytes more than once within one finished report. */
  readonly doubledFiles: readonly { readonly reportId: string; readonly sha256: string; readonly times: number }[]
  /** Files of finished reports without details. */
  readonly undescribedFiles: number
  /** Reports left open, and those that expired, by what their caller knew. */
  readonly orphans: Readonly<Record<Knowledge, number>>
  readonly expired: Readonly<Record<Knowledge, number>>
  /** Finished reports whose receipt was handed over whole, and those where it never was. */
  readonly receipts: { readonly whole: number; readonly lost: readonly string[] }
  /** Calls, and how many met which fault. */
  readonly calls: number
  readonly faults: Readonly<Record<string, number>>
}

export const verdictOf = ({ reports, calls }: Inspection): Verdict => {
  const finished = reports.filter(({ state }) => state === 'finished')
  const times = new Map<string, number>()
  for (const { incident, id, state } of reports) {
    const name = incident ?? `report ${id}`
    times.set(name, (times.get(name) ?? 0) + (state === 'finished' ? 1 : 0))
  }
  const named = (fits: (finished: number) => boolean) =>
    [...times].filter(([, many]) => fits(many)).map(([name]) => name)
  const orphans = orphansOf(reports)
  const left = (state: Orphan['state']): Record<Knowledge, number> => {
    const many = (knowledge: Knowledge) =>
      orphans.filter((one) => one.state === state && one.knowledge === knowledge).length
    return { never_told: many('never_told'), told: many('told'), used: many('used') }
  }
  const lost = finished.filter(({ receipts }) => !receipts.some(({ whole }) => whole))
  return {
    reports: statesOf(reports),
    incidents: times.size,
    finishedOnce: named((many) => many === 1).length,
    finishedNever: named((many) => many === 0),
    finishedTwice: named((many) => many > 1),
    doubledFiles: finished.flatMap(doubledIn),
    undescribedFiles: finished.flatMap(({ files }) => files.filter(({ fileDetailsXml }) => fileDetailsXml === null))
      .length,
    orphans: left('open'),
    expired: left('expired'),
    receipts: { whole: finished.length - lost.length, lost: lost.map(({ id }) => id) },
    calls: calls.length,
    faults: counted(calls.flatMap(({ route, fault }) => (fault === null ? [] : [`${route} ${fault}`]))),
  }
}

const statesOf = (reports: readonly ReportRecord[]): Record<ReportState, number> => {
  const states = { open: 0, finished: 0, retracted: 0, expired: 0 }
  for (const { state } of reports) states[state] += 1
  return states
}

const doubledIn = ({ id, files }: ReportRecord): Verdict['doubledFiles'] =>
  Object.entries(counted(files.map(({ sha256 }) => sha256)))
    .filter(([, times]) => times > 1)
    .map(([sha256, times]) => ({ reportId: id, sha256, times }))

const counted = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
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
