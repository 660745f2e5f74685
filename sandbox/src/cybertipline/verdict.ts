/** Exactly once? One look at everything that came: incidents never or twice filed, files doubled, reports left open, receipts lost. */
import type { Inspection, Knowledge, Orphan } from './incidents.ts'
import { orphansOf, statesOf } from './incidents.ts'
import type { ReportRecord, ReportState } from './reports.ts'

export interface Verdict {
  readonly reports: Readonly<Record<ReportState, number>>
  readonly incidents: number
  /** Incidents by the number of their finished reports. Those that name none count one by one as finishedOnce or never. */
  readonly finishedOnce: number
  readonly finishedNever: readonly string[]
  readonly finishedTwice: readonly string[]
  /** The same bytes more than once within one finished report. */
  readonly doubledFiles: readonly { readonly reportId: string; readonly sha256: string; readonly times: number }[]
  /** Only if files were expected: incidents whose finished reports together hold others than those, each once. */
  readonly otherFiles: readonly { readonly incident: string; readonly missing: number; readonly unexpected: number }[]
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

/** What should have been filed: incident -> SHA-256 of its files in hex, or null if they do not matter. */
export type Expected = Readonly<Record<string, readonly string[] | null>>

/** expected: with it, an incident that never came is `finishedNever` too. */
export const verdictOf = ({ reports, calls }: Inspection, expected: Expected = {}): Verdict => {
  const finished = reports.filter(({ state }) => state === 'finished')
  const times = new Map(Object.keys(expected).map((name) => [name, 0]))
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
    otherFiles: Object.entries(expected).flatMap(([incident, files]) => {
      const filed = finished.filter((report) => report.incident === incident)
      return files === null || filed.length === 0 ? [] : otherThan(incident, files, filed)
    }),
    undescribedFiles: finished.flatMap(({ files }) => files.filter(({ fileDetailsXml }) => fileDetailsXml === null))
      .length,
    orphans: left('open'),
    expired: left('expired'),
    receipts: { whole: finished.length - lost.length, lost: lost.map(({ id }) => id) },
    calls: calls.length,
    faults: counted(calls.flatMap(({ route, fault }) => (fault === null ? [] : [`${route} ${fault}`]))),
  }
}

const doubledIn = ({ id, files }: ReportRecord): Verdict['doubledFiles'] =>
  Object.entries(counted(files.map(({ sha256 }) => sha256)))
    .filter(([, times]) => times > 1)
    .map(([sha256, times]) => ({ reportId: id, sha256, times }))

const otherThan = (
  incident: string,
  files: readonly string[],
  filed: readonly ReportRecord[],
): Verdict['otherFiles'] => {
  const left = counted(files)
  let unexpected = 0
  for (const { sha256 } of filed.flatMap((report) => report.files)) {
    if ((left[sha256] ?? 0) > 0) left[sha256] = (left[sha256] ?? 0) - 1
    else unexpected += 1
  }
  const missing = Object.values(left).reduce((sum, many) => sum + many, 0)
  return missing + unexpected === 0 ? [] : [{ incident, missing, unexpected }]
}

const counted = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
