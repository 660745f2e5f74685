// What is done to a report from outside its filing: held while there are no credentials, tried again, closed by hand.
import { type FilingState, draft as newFiling, tryAgain } from '@wardline/cybertip'
import { type Actor, record } from '#audit'
import { type Clock, Fault } from '#base'
import { recordDecider } from '#cases'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import { takenBackBy } from './correct.ts'
import { scored } from './create.ts'
import type { Draft } from './draft-shape.ts'
import { casesOfReport, draftOfReport } from './drafting.ts'
import type { ReportSettings } from './settings.ts'
import { isOver, readDraft, readFiling, reportRow, sealByHand, sealDraft, sealFiling } from './store.ts'

type Row = Awaited<ReturnType<typeof reportRow>>

/**
 * The credentials are gone: the report is `cannot_report` and says what is missing. True when that is news. A step that
 * was begun stays begun.
 */
export async function holdReport(
  tx: Transaction,
  clock: Clock,
  { reportId, missing }: { readonly reportId: string; readonly missing: readonly string[] },
): Promise<boolean> {
  const row = await reportRow(tx, reportId)
  if (row.state !== 'waiting' && row.state !== 'filing') return false
  const trouble = `missing: ${missing.join(', ')}`
  await tx
    .updateTable('reports')
    .set({ state: 'cannot_report', trouble, changed_at: clock.now() })
    .where('id', '=', reportId)
    .execute()
  await record(tx, clock, {
    actor: 'wardline',
    act: 'hold_report',
    subject: reportId,
    detail: { case: row.case_id, missing: missing.join(' ') },
  })
  return true
}

/**
 * Something it rests on is in doubt: true when it is not known to be submitted, and then it waits and says so. A submit whose answer
 * never came has opened an empty report at most, which expires. Only by whoever holds the lease of its filing.
 */
export async function holdUnsubmitted(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  reportId: string,
  trouble = asideWords,
): Promise<boolean> {
  const row = await reportRow(tx, reportId)
  if (isOver(row.state) || !isUnsubmitted(readFiling(vault, reportId, row.filing_sealed))) return false
  const changed = { trouble, intent_id: null, changed_at: clock.now() }
  await tx.updateTable('reports').set(changed).where('id', '=', reportId).execute()
  return true
}

const asideWords =
  'waits: an entry it rests on was hit by too many accounts, or found to be wrong, and a person has to look first'

const isUnsubmitted = ({ kind }: FilingState) => kind === 'draft' || kind === 'submitting'

/** A person dismissed the case while its report waited, unsubmitted: it is never sent. Nothing, where there is no report. */
export async function withdrawReport(
  tx: Transaction,
  clock: Clock,
  { caseId, by }: { readonly caseId: string; readonly by: Actor },
): Promise<void> {
  const row = await tx
    .selectFrom('reports')
    .innerJoin('report_cases', 'report_cases.report_id', 'reports.id')
    .select(['reports.id', 'reports.state'])
    .where('report_cases.case_id', '=', caseId)
    .executeTakeFirst()
  if (row === undefined || isOver(row.state)) return
  await tx
    .updateTable('reports')
    .set({ state: 'withdrawn', trouble: null, changed_at: clock.now() })
    .where('id', '=', row.id)
    .execute()
  const detail = { case: caseId, before: row.state }
  await record(tx, clock, { actor: by, act: 'withdraw_report', subject: row.id, detail })
}

/**
 * Something was mended: the filing goes on, or begins anew. While nothing stands at NCMEC the report is drafted anew from
 * its case, so that a configuration that was put right is used. Fault `not_possible`, in words, when it cannot go on.
 */
export async function retryReport(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { reportId, by, settings }: { readonly reportId: string; readonly by: Actor; readonly settings: ReportSettings },
): Promise<void> {
  const row = await reportRow(tx, reportId)
  const filing = tryAgain(readFiling(vault, reportId, row.filing_sealed))
  const over = isOver(row.state) && row.state !== 'needs_person'
  if (over || filing.kind === 'finished' || filing.kind === 'needs_person' || filing.kind === 'retracted')
    throw notPossible(row, 'cannot be tried again')
  const anew =
    isUnsubmitted(filing) && row.intent_id === null
      ? await draftAnew(tx, clock, vault, { row, filing, settings })
      : undefined
  if (anew === undefined && readDraft(vault, reportId, row.draft_sealed) === null)
    throw new Error('a report without a draft has begun')
  await tx
    .updateTable('reports')
    .set({
      filing_sealed: sealFiling(vault, reportId, anew?.filing ?? filing),
      ...(anew && { draft_sealed: sealDraft(vault, reportId, anew.draft), ...anew.scored }),
      state: row.state === 'cannot_report' ? 'cannot_report' : 'filing',
      refusal: null,
      changed_at: clock.now(),
    })
    .where('id', '=', reportId)
    .execute()
  await record(tx, clock, {
    actor: by,
    act: 'retry_report',
    subject: reportId,
    detail: { before: row.state, anew: anew !== undefined },
  })
}

async function draftAnew(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { row, filing, settings }: { readonly row: Row; readonly filing: FilingState; readonly settings: ReportSettings },
): Promise<{ readonly filing: FilingState; readonly draft: Draft; readonly scored: ReturnType<typeof scored> }> {
  if (row.environment !== settings.environment)
    throw new Fault('environment_mixed', 'a report of another environment is not filed from here', { retry: 'never' })
  const drafted = await draftOfReport(tx, vault, row, settings, clock.now())
  if (drafted.kind === 'not_possible') throw notPossible(row, `cannot be written: ${drafted.words}`)
  const { files } = newFiling(drafted.draft.files.map(({ fileId, md5 }) => ({ localId: fileId, md5, details: true })))
  return { filing: { ...filing, files }, draft: drafted.draft, scored: scored(drafted, row.batch ?? row.corrects_id) }
}

export type Closing = {
  readonly reportId: string
  readonly by: Actor
  /** Kept, sealed. */
  readonly reason: string
  /** The id that NCMEC gave the report that a person filed. */
  readonly remoteId: string
  /** During a pause also one that is not stuck: it went out before this database can know of it. */
  readonly fromPause?: true
}

/**
 * A person has filed it at NCMEC's own form and says so. It is their word: there is no receipt of ours and no finish.
 * Only for a report that is stuck, or during a pause. Faults `not_a_person`, `reason_missing`, `remote_id_odd`, `not_possible`.
 */
export async function closeByHand(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { reportId, by, reason, remoteId, fromPause }: Closing,
): Promise<{ readonly caseIds: readonly string[] }> {
  if (!by.startsWith('person:')) throw refusal('not_a_person', 'only a person can say that they filed a report')
  if (reason.trim() === '') throw refusal('reason_missing', 'closing a report needs a reason')
  if (!/^[1-9]\d{0,18}$/.test(remoteId))
    throw refusal('remote_id_odd', 'the id of the report that was filed by hand is a number')
  if (remoteId === (await takenBackBy(tx, reportId))?.remoteId)
    throw refusal('remote_id_odd', 'this is the id of the earlier report that it takes back, not its own')
  const row = await reportRow(tx, reportId)
  const isStuck = row.state === 'needs_person' || row.state === 'cannot_report'
  const isWaiting = row.state === 'waiting' || row.state === 'filing'
  if (!isStuck && !(fromPause && isWaiting)) throw notPossible(row, 'cannot be closed by hand')
  if (row.is_test === 1) throw refusal('not_possible', 'a report that a test card made is filed nowhere by hand')
  const at = clock.now()
  await tx
    .updateTable('reports')
    .set({
      state: 'filed_by_hand',
      remote_id: remoteId,
      by_hand_sealed: sealByHand(vault, reportId, { by, at, reason: reason.trim() }),
      // A step that was begun and never heard of again counts for nothing now.
      intent_id: null,
      changed_at: at,
    })
    .where('id', '=', reportId)
    .execute()
  await record(tx, clock, {
    actor: by,
    act: 'close_report',
    subject: reportId,
    detail: { before: row.state, case: row.case_id, filedAs: remoteId },
  })
  const caseIds = await casesOfReport(tx, reportId)
  for (const caseId of caseIds) await recordDecider(tx, caseId, by)
  return { caseIds }
}

const notPossible = (row: Row, words: string) => refusal('not_possible', `a report that is "${row.state}" ${words}`)

const refusal = (code: string, words: string) => new Fault(code, words, { retry: 'never' })
