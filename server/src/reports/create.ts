// A report comes to be: drafted once from its case, then frozen and waiting to be filed.
import { draft as newFiling } from '@wardline/cybertip'
import { record } from '#audit'
import { type Clock, Fault } from '#base'
import type { CaseRecord } from '#cases'
import type { Tables, Transaction } from '#db'
import type { Vault } from '#vault'
import type { Drafted } from './draft.ts'
import { type BatchFacts, draftBatch } from './draft-batch.ts'
import { draftOfCase } from './drafting.ts'
import { type Fileable, isFileable } from './purpose.ts'
import { newReportId } from './report-id.ts'
import { score } from './score.ts'
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

/**
 * One report of several cases, all of one picture, which a person called viral or a potential meme. Fault `not_possible` when one of
 * them is in a report already: then nothing is written.
 */
export async function createBatchedReport(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { records, batch, settings }: Batched,
): Promise<Created> {
  const [first] = records
  if (first === undefined) throw new Error('a batch without a case')
  for (const one of records) {
    refuseMixed(one, settings)
    if (await standingOf(tx, one.id))
      throw new Fault('not_possible', 'a case that is in a report already cannot be in another one', { retry: 'never' })
  }
  const drafted = draftBatch(records, batch, settings, clock.now())
  return insert(tx, clock, vault, { cases: records, batch, drafted, settings })
}

type Batched = {
  readonly records: readonly Fileable[]
  readonly batch: BatchFacts
  readonly settings: ReportSettings
}

async function create(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { record: kase, settings }: { readonly record: CaseRecord; readonly settings: ReportSettings },
): Promise<Created> {
  refuseMixed(kase, settings)
  const standing = await standingOf(tx, kase.id)
  if (standing) return { reportId: standing.id, state: standing.state, isFormer: true }
  const drafted = await draftOfCase(tx, vault, kase, settings, clock.now())
  return insert(tx, clock, vault, { cases: [kase], batch: null, drafted, settings })
}

function refuseMixed(kase: CaseRecord, settings: ReportSettings): void {
  if (kase.environment !== settings.environment)
    throw new Fault('environment_mixed', 'a case of another environment is not reported from here', { retry: 'never' })
}

function standingOf(tx: Transaction, caseId: string) {
  return tx
    .selectFrom('reports')
    .innerJoin('report_cases', 'report_cases.report_id', 'reports.id')
    .select(['reports.id', 'reports.state'])
    .where('report_cases.case_id', '=', caseId)
    .executeTakeFirst()
}

type Wanted = {
  readonly cases: readonly CaseRecord[]
  readonly batch: BatchFacts | null
  readonly drafted: Drafted
  readonly settings: ReportSettings
}

async function insert(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { cases, batch, drafted, settings }: Wanted,
): Promise<Created> {
  const [kase] = cases
  if (kase === undefined) throw new Error('a report of no case')
  const reportId = newReportId(settings.environment, clock)
  const now = clock.now()
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
      ...scored(drafted, batch),
      batch: batch && JSON.stringify(batch),
      created_at: now,
      changed_at: now,
    })
    .execute()
  await tx
    .insertInto('report_cases')
    .values(cases.map(({ id }) => ({ report_id: reportId, case_id: id })))
    .execute()
  await record(tx, clock, {
    actor: 'wardline',
    act: 'create_report',
    subject: reportId,
    detail: {
      case: kase.id,
      files: files.length,
      state,
      ...(batch && { cases: cases.length }),
      ...(kase.isTest && { test: true }),
    },
  })
  return { reportId, state, isFormer: false }
}

/** How actionable it is, kept beside it. A batched report can say almost nothing, and is not scored. */
export function scored(drafted: Drafted, batch: unknown): Pick<Tables['reports'], 'score' | 'lacking'> {
  if (drafted.kind !== 'drafted' || batch !== null) return { score: null, lacking: null }
  const { points, lacking } = score(drafted.draft)
  return { score: points, lacking: JSON.stringify(lacking) }
}
