// What was reported of an account before: the CyberTipline's own numbers, which a later report names. CyberTipline API, section 5.5.
import type { CaseRecord } from '#cases'
import type { Connection } from '#db'

/** An account that is reported every day must not fill the form; the newest lead to the others. */
const priorReportsTold = 20

/**
 * Newest first: of finished reports, and of those that a person filed by hand. Of the same environment only, for numbers of another
 * one mean nothing there. A test card's report names none and is named by none.
 */
export async function priorReports(
  db: Connection,
  { id, environment, isTest }: Pick<CaseRecord, 'id' | 'environment' | 'isTest'>,
): Promise<readonly string[]> {
  if (isTest) return []
  const rows = await db
    .selectFrom('reports')
    .innerJoin('report_cases', 'report_cases.report_id', 'reports.id')
    .innerJoin('cases', 'cases.id', 'report_cases.case_id')
    .innerJoin('cases as this', 'this.account_hmac', 'cases.account_hmac')
    .select(['reports.remote_id', 'reports.changed_at', 'reports.id'])
    .distinct()
    .where('this.id', '=', id)
    .where('cases.id', '!=', id)
    // What was an error says nothing against anybody.
    .where('cases.state', '!=', 'repaired')
    .where('reports.environment', '=', environment)
    .where('reports.is_test', '=', 0)
    .where('reports.state', 'in', ['finished', 'filed_by_hand'])
    .where('reports.remote_id', 'is not', null)
    .orderBy('reports.changed_at', 'desc')
    .orderBy('reports.id', 'desc')
    .limit(priorReportsTold)
    .execute()
  return [...new Set(rows.flatMap(({ remote_id }) => remote_id ?? []))]
}
