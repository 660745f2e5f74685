// A draft with everything it needs from the tables: which cases the report is of, and what was reported of the account before.
import { type CaseRecord, readCase } from '#cases'
import type { Connection, Tables } from '#db'
import type { Vault } from '#vault'
import { type Drafted, draft } from './draft.ts'
import { type BatchFacts, batchFacts, draftBatch } from './draft-batch.ts'
import { renewCorrection } from './draft-correction.ts'
import { withWithdrawn } from './draft-withdrawn.ts'
import { priorReports } from './prior.ts'
import type { ReportSettings } from './settings.ts'
import { readDraft } from './store.ts'

/** Of a case that has no report yet. Faults as `draft`. */
export async function draftOfCase(
  db: Connection,
  vault: Vault,
  found: CaseRecord,
  settings: ReportSettings,
  nowMs: number,
): Promise<Drafted> {
  return draft(await withWithdrawn(db, vault, found), settings, nowMs, await priorReports(db, found))
}

/** Of a report that is there, from its cases as they are now. */
export async function draftOfReport(
  db: Connection,
  vault: Vault,
  row: Drafting,
  settings: ReportSettings,
  nowMs: number,
): Promise<Drafted> {
  if (row.corrects_id !== null) {
    const former = readDraft(vault, row.id, row.draft_sealed)
    if (former === null) throw new Error('a correction was never without its draft')
    return renewCorrection(former, settings, nowMs)
  }
  if (row.batch === null) return draftOfCase(db, vault, await readCase(db, vault, row.case_id), settings, nowMs)
  const records: CaseRecord[] = []
  for (const caseId of await casesOfReport(db, row.id)) records.push(await readCase(db, vault, caseId))
  return draftBatch(records, readBatch(row.batch), settings, nowMs)
}

type Drafting = Pick<Tables['reports'], 'id' | 'case_id' | 'batch' | 'corrects_id' | 'draft_sealed'>

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
