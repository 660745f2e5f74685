// A draft with everything it needs from the tables: which cases the report is of, and what was reported of the account before.
import { type CaseRecord, readCase } from '#cases'
import type { Connection } from '#db'
import type { Vault } from '#vault'
import { type Drafted, draft } from './draft.ts'
import { type BatchFacts, batchFacts, draftBatch } from './draft-batch.ts'
import { priorReports } from './prior.ts'
import type { ReportSettings } from './settings.ts'

/** Of a case that has no report yet. Faults as `draft`. */
export async function draftOfCase(
  db: Connection,
  found: CaseRecord,
  settings: ReportSettings,
  nowMs: number,
): Promise<Drafted> {
  return draft(found, settings, nowMs, await priorReports(db, found))
}

/** Of a report that is there, from its cases as they are now. */
export async function draftOfReport(
  db: Connection,
  vault: Vault,
  row: { readonly id: string; readonly case_id: string; readonly batch: string | null },
  settings: ReportSettings,
  nowMs: number,
): Promise<Drafted> {
  if (row.batch === null) return draftOfCase(db, await readCase(db, vault, row.case_id), settings, nowMs)
  const records: CaseRecord[] = []
  for (const caseId of await casesOfReport(db, row.id)) records.push(await readCase(db, vault, caseId))
  return draftBatch(records, readBatch(row.batch), settings, nowMs)
}

const readBatch = (text: string): BatchFacts => batchFacts.parse(JSON.parse(text))

/** Ids, oldest case first. */
export async function casesOfReport(db: Connection, reportId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('report_cases')
    .innerJoin('cases', 'cases.id', 'report_cases.case_id')
    .select('cases.id')
    .where('report_cases.report_id', '=', reportId)
    .orderBy('cases.number')
    .execute()
  return rows.map(({ id }) => id)
}
