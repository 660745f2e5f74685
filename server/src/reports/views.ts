// Reports as they are read: state, steps and times. Never the XML, never what it says.
import { Fault } from '#base'
import type { Connection } from '#db'
import type { Vault } from '#vault'
import { type Lack, lackOf, needNames } from './score.ts'
import { type ByHand, isOver, readFiling, reportRow, unsealByHand, unsealReceipt } from './store.ts'

type Row = Awaited<ReturnType<typeof reportRow>>

export type ReportView = ReturnType<typeof viewOf>

/** Newest first. `before` is the last id of the page before. */
export async function listReports(
  db: Connection,
  {
    state,
    states,
    limit,
    before,
  }: {
    state?: Row['state'] | undefined
    states?: readonly Row['state'][] | undefined
    limit: number
    before?: string | undefined
  },
): Promise<readonly ReportView[]> {
  const rows = await db
    .selectFrom('reports')
    .selectAll()
    .$if(state !== undefined, (query) => query.where('state', '=', state ?? 'waiting'))
    .$if(states !== undefined, (query) => query.where('state', 'in', states ?? []))
    .$if(before !== undefined, (query) => query.where('id', '<', before ?? ''))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(viewOf)
}

/** A report by its own id or by its case's number, as people say them. Faults `no_such_report`, `case_unreported`. */
export async function findReport(db: Connection, ref: string): Promise<string> {
  if (!/^\d{1,9}$/.test(ref)) return (await reportRow(db, ref)).id
  const row = await db
    .selectFrom('reports')
    .innerJoin('report_cases', 'report_cases.report_id', 'reports.id')
    .innerJoin('cases', 'cases.id', 'report_cases.case_id')
    .select('reports.id')
    .where('cases.number', '=', Number(ref))
    .orderBy('reports.id', 'desc')
    .executeTakeFirst()
  if (row === undefined) throw new Fault('case_unreported', `case ${ref} has no report`, { retry: 'never' })
  return row.id
}

/** With the journal of its steps, oldest first. Fault `no_such_report`. */
export async function showReport(db: Connection, reportId: string) {
  const row = await reportRow(db, reportId)
  const steps = await db
    .selectFrom('report_steps')
    .selectAll()
    .where('report_id', '=', reportId)
    .orderBy('number')
    .execute()
  return {
    ...viewOf(row),
    steps: steps.map((step) => ({
      at: step.at,
      step: step.step,
      phase: step.phase,
      outcome: step.outcome,
      responseCode: step.response_code,
      requestId: step.request_id,
    })),
  }
}

/** Which case it is about, for who needs no more. Fault `no_such_report`. */
export async function caseOfReport(db: Connection, reportId: string): Promise<string> {
  return (await reportRow(db, reportId)).case_id
}

/** The report of a case, if there is one yet. */
export async function reportOfCase(db: Connection, caseId: string): Promise<ReportView | undefined> {
  const row = await db
    .selectFrom('reports')
    .innerJoin('report_cases', 'report_cases.report_id', 'reports.id')
    .selectAll('reports')
    .where('report_cases.case_id', '=', caseId)
    .executeTakeFirst()
  return row && viewOf(row)
}

/** The finish answer byte for byte, with its time; undefined before the finish, and when the answer was lost. */
export async function readReceipt(db: Connection, vault: Vault, reportId: string) {
  const row = await reportRow(db, reportId)
  if (row.receipt_sealed === null || row.finished_at === null) return undefined
  return { bytes: unsealReceipt(vault, reportId, row.receipt_sealed), finishedAt: row.finished_at }
}

/** Who filed it by hand, when they said so, and why; undefined for a report that was not. */
export async function readByHand(db: Connection, vault: Vault, reportId: string): Promise<ByHand | undefined> {
  const row = await reportRow(db, reportId)
  return row.by_hand_sealed === null ? undefined : unsealByHand(vault, reportId, row.by_hand_sealed)
}

/** The CyberTipline's number of a report that is open there; null once it is finished, and where none was opened. */
export async function readOpenId(db: Connection, vault: Vault, reportId: string): Promise<string | null> {
  const row = await reportRow(db, reportId)
  if (isOver(row.state)) return null
  const filing = readFiling(vault, reportId, row.filing_sealed)
  return 'report' in filing ? (filing.report?.reportId ?? null) : null
}

function viewOf(row: Row) {
  return {
    id: row.id,
    caseId: row.case_id,
    environment: row.environment,
    state: row.state,
    isTest: row.is_test === 1,
    remoteId: row.remote_id,
    trouble: row.trouble,
    hasReceipt: row.receipt_sealed !== null,
    isBatched: row.batch !== null,
    corrects: row.corrects_id,
    score: row.score,
    lacking: row.lacking === null ? null : lackingOf(row.lacking),
    createdAt: row.created_at,
    changedAt: row.changed_at,
    finishedAt: row.finished_at,
  }
}

/** With what supplies it, for whoever can. */
function lackingOf(text: string): Lack[] {
  const names = needNames.filter((name) => JSON.parse(text).includes(name))
  return names.map(lackOf)
}

/** How many reports stand where; those of test cards are no part of it. */
export async function countReports(db: Connection): Promise<Readonly<Partial<Record<Row['state'], number>>>> {
  const rows = await db
    .selectFrom('reports')
    .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
    .where('is_test', '=', 0)
    .groupBy('state')
    .execute()
  return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]))
}
