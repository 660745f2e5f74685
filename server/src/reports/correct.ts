// A report that takes an earlier one back comes to be: by a person's choice alone, once for each, of no case.
import { draft as newFiling } from '@wardline/cybertip'
import { type Actor, record } from '#audit'
import { type Clock, Fault } from '#base'
import { caseState, readCase } from '#cases'
import type { Connection, Transaction } from '#db'
import type { Vault } from '#vault'
import { draftCorrection } from './draft-correction.ts'
import { casesOfReport } from './drafting.ts'
import { incidentTypeOf } from './incident.ts'
import { unfiled } from './late.ts'
import { isUnsent } from './purpose.ts'
import { newReportId } from './report-id.ts'
import type { ReportSettings } from './settings.ts'
import { readDraft, reportRow, sealDraft, sealFiling } from './store.ts'
import { iso } from './telling.ts'

type Correcting = {
  /** The earlier report, finished, ours. */
  readonly reportId: string
  readonly repairId: string
  readonly because: string
  readonly by: Actor
  readonly settings: ReportSettings
}

/**
 * Undefined: there is one of it already, by whichever repair. Only of a report all of whose cases were an error: else Fault `partly_right`. Faults
 * `not_possible` when nothing of it stands at the CyberTipline or the form cannot be filled in, `environment_mixed`.
 */
export async function createCorrection(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { reportId, repairId, because, by, settings }: Correcting,
): Promise<string | undefined> {
  const earlier = await reportRow(tx, reportId)
  const { environment, remote_id: remoteId } = earlier
  if (environment !== settings.environment)
    throw new Fault('environment_mixed', 'a report of another environment is not corrected from here', {
      retry: 'never',
    })
  if (isUnsent(earlier) || remoteId === null || (earlier.state !== 'finished' && earlier.state !== 'filed_by_hand'))
    throw new Fault('not_possible', 'nothing of this report stands at the CyberTipline', { retry: 'never' })
  for (const caseId of await casesOfReport(tx, reportId)) {
    if ((await caseState(tx, caseId)) !== 'repaired')
      throw new Fault(
        'partly_right',
        'this report is right about another account: the letter says which it was wrong about',
        {
          retry: 'never',
        },
      )
  }
  if (await isCorrected(tx, reportId)) return undefined
  const now = clock.now()
  const incident = readDraft(vault, reportId, earlier.draft_sealed)?.report.incidentSummary ?? {
    incidentType: incidentTypeOf((await readCase(tx, vault, earlier.case_id)).decision?.incidentType),
    incidentDateTime: iso(earlier.created_at),
  }
  const drafted = draftCorrection({ reportId, remoteId, incident }, { because, repairId }, settings, now)
  if (drafted.kind === 'not_possible')
    throw new Fault('not_possible', `the new report cannot be written: ${drafted.words}`, { retry: 'never' })
  const id = newReportId(environment, clock)
  await tx
    .insertInto('reports')
    .values({
      id,
      case_id: earlier.case_id,
      environment,
      is_test: earlier.is_test,
      state: 'waiting',
      filing_sealed: sealFiling(vault, id, newFiling([])),
      draft_sealed: sealDraft(vault, id, drafted.draft),
      steps: 0,
      created_at: now,
      changed_at: now,
      corrects_id: reportId,
      corrects_once: reportId,
      repair_id: repairId,
    })
    .execute()
  const detail = { corrects: reportId, repair: repairId }
  await record(tx, clock, { actor: by, act: 'create_correction', subject: id, detail })
  return id
}

/** A report of several accounts may be an error by several repairs: it is taken back whole, and once. */
async function isCorrected(db: Connection, reportId: string): Promise<boolean> {
  const row = await db.selectFrom('reports').select('id').where('corrects_id', '=', reportId).executeTakeFirst()
  return row !== undefined
}

/** The ids of all that are not filed yet, in their order; those of test cards are no part of it. */
export async function unfiledCorrections(db: Connection): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('reports')
    .select('id')
    .where('corrects_id', 'is not', null)
    .where('state', 'in', unfiled)
    .where('is_test', '=', 0)
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** What a report takes back, ours; null where it takes nothing back. remoteId: the CyberTipline's. */
export async function takenBackBy(
  db: Connection,
  reportId: string,
): Promise<{ readonly id: string; readonly remoteId: string | null } | null> {
  const { corrects_id: id } = await reportRow(db, reportId)
  return id === null ? null : { id, remoteId: (await reportRow(db, id)).remote_id }
}

export type Correction = {
  readonly id: string
  /** Ours, of the earlier report. */
  readonly corrects: string
  readonly state: string
  readonly remoteId: string | null
  readonly finishedAt: number | null
}

/** Of the reports that a repair found to be errors, whichever repair each was chosen of; oldest first. */
export async function correctionsOf(db: Connection, repairId: string): Promise<readonly Correction[]> {
  const rows = await db
    .selectFrom('reports')
    .select(['id', 'corrects_id', 'state', 'remote_id', 'finished_at'])
    .where('corrects_id', 'in', (finished) =>
      finished
        .selectFrom('repair_cases')
        .select('report_id')
        .where('repair_id', '=', repairId)
        .where('does', '=', 'repair')
        .where('report_id', 'is not', null),
    )
    .orderBy('id')
    .execute()
  return rows.map(({ id, corrects_id, state, remote_id, finished_at }) => ({
    id,
    corrects: corrects_id ?? '',
    state,
    remoteId: remote_id,
    finishedAt: finished_at,
  }))
}
