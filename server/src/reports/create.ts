// A report comes to be: drafted once from its case, then frozen and waiting to be filed.
import { draft as newFiling } from '@wardline/cybertip'
import { record } from '#audit'
import { type Clock, Fault } from '#base'
import type { CaseRecord } from '#cases'
import type { Tables, Transaction } from '#db'
import type { Vault } from '#vault'
import { draft } from './draft.ts'
import { type Fileable, isFileable } from './purpose.ts'
import { newReportId } from './report-id.ts'
import type { ReportSettings } from './settings.ts'
import { sealDraft, sealFiling } from './store.ts'

export type Created = {
  readonly reportId: string
  readonly state: Tables['reports']['state']
  /** It was made by an earlier call, and may say what was true then. */
  readonly isFormer: boolean
}

/**
 * One report for a case, for ever: a second call gives the first one's id and where it stands. When the form cannot be filled in the report
 * is `needs_person` with the reason in words. Fault `environment_mixed` for a case of another environment.
 */
export async function createReport(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  wanted: { readonly record: Fileable; readonly settings: ReportSettings },
): Promise<Created> {
  return create(tx, clock, vault, wanted)
}

/** Of a test in production: the same report, that nobody will ever send. `validateReport` ends it. */
export async function createUnsentReport(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  wanted: { readonly record: CaseRecord; readonly settings: ReportSettings },
): Promise<Created> {
  if (isFileable(wanted.record)) throw new Error('a report that may be sent is made to be sent')
  return create(tx, clock, vault, wanted)
}

async function create(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { record: kase, settings }: { readonly record: CaseRecord; readonly settings: ReportSettings },
): Promise<Created> {
  if (kase.environment !== settings.environment)
    throw new Fault('environment_mixed', 'a case of another environment is not reported from here', { retry: 'never' })
  const standing = await tx
    .selectFrom('reports')
    .select(['id', 'state'])
    .where('case_id', '=', kase.id)
    .executeTakeFirst()
  if (standing) return { reportId: standing.id, state: standing.state, isFormer: true }

  const reportId = newReportId(settings.environment, clock)
  const now = clock.now()
  const drafted = draft(kase, settings, now)
  const files = drafted.kind === 'drafted' ? drafted.draft.files : []
  const state = drafted.kind === 'drafted' ? 'waiting' : 'needs_person'
  await tx
    .insertInto('reports')
    .values({
      id: reportId,
      case_id: kase.id,
      environment: kase.environment,
      is_test: kase.isTest ? 1 : 0,
      state,
      filing_sealed: sealFiling(
        vault,
        reportId,
        newFiling(files.map((file) => ({ localId: file.fileId, md5: file.md5, details: true }))),
      ),
      draft_sealed: sealDraft(vault, reportId, drafted.kind === 'drafted' ? drafted.draft : null),
      steps: 0,
      trouble: drafted.kind === 'drafted' ? null : `the report cannot be written: ${drafted.words}`,
      created_at: now,
      changed_at: now,
    })
    .execute()
  await record(tx, clock, {
    actor: 'wardline',
    act: 'create_report',
    subject: reportId,
    detail: { case: kase.id, files: files.length, state, ...(kase.isTest && { test: true }) },
  })
  return { reportId, state, isFormer: false }
}
