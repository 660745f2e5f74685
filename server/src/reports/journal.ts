// Each step of a filing is written down before it is done and after: so it can die anywhere and go on.
import {
  after,
  begin,
  type Call,
  type FilingState,
  next,
  type Result,
  stopsQueue,
  toXml,
  tryAgain,
} from '@wardline/cybertip'
import { record } from '#audit'
import { type Clock, type Environment, Fault, newId } from '#base'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import { keepDocument } from './documents.ts'
import { fileOf } from './draft-shape.ts'
import { refuseUnsent } from './purpose.ts'
import { refusalOf } from './refusal.ts'
import { refuseMixed } from './report-id.ts'
import { type ReportState, standingOf } from './standing.ts'
import { addStep, isOver, type Over, readDraft, readFiling, reportRow, sealFiling, sealReceipt } from './store.ts'

/** A call that is written down as begun. */
export type FilingCall<E extends Environment = Environment> = {
  readonly kind: 'call'
  readonly environment: E
  readonly reportId: string
  readonly caseId: string
  /** Of test cards: it leaves no line in the logbook, as it may be removed. */
  readonly isTest: boolean
  readonly intentId: string
  /** `submit`, `upload:1`, `fileinfo:1`, `finish`, `retract`; files are counted from 1. For logs and eyes. */
  readonly name: string
  readonly call: Call
  /** The very document that is sent, kept with the intent; undefined for a call that sends none. */
  readonly xml: string | undefined
}

export type FilingStep<E extends Environment = Environment> =
  | FilingCall<E>
  /** alert: an operator has to mend something (credentials, an address) before it can go on. */
  | {
      readonly kind: 'wait'
      readonly untilMs: number
      readonly because: string
      readonly alert: boolean
    }
  | { readonly kind: 'over'; readonly state: Over }

/**
 * What to do next, written down as begun when it is a call; a wait or an end writes nothing. Then, outside any
 * transaction, `performCall`. Fault `environment_mixed` for a report of another environment.
 */
export async function journalIntent<const E extends Environment>(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { reportId, environment }: { readonly reportId: string; readonly environment: E },
): Promise<FilingStep<E>> {
  const row = await reportRow(tx, reportId)
  refuseMixed(row, environment)
  refuseUnsent(row)
  if (isOver(row.state)) return { kind: 'over', state: row.state }
  const state = withoutTheLines(readFiling(vault, reportId, row.filing_sealed))
  const now = clock.now()
  const action = next(state, new Date(now))
  if (action.do === 'wait') return { kind: 'wait', ...action }
  if (action.do === 'nothing') return { kind: 'over', state: overs[action.because] }

  const begun = begin(state, action)
  const name = nameOf(action, begun.files)
  const intentId = newId('step', clock)
  await tx
    .updateTable('reports')
    // What stopped it last stays in `trouble` until a step has succeeded; so does `cannot_report`.
    .set({
      filing_sealed: sealFiling(vault, reportId, begun),
      state: row.state === 'cannot_report' ? 'cannot_report' : 'filing',
      intent_id: intentId,
      changed_at: now,
    })
    .where('id', '=', reportId)
    .execute()
  await addStep(tx, { id: intentId, report_id: reportId, at: now, step: name, phase: 'intent' })
  const xml = documentOf(action, vault, row)
  if (xml !== undefined)
    await keepDocument(tx, clock, vault, { reportId, stepId: intentId, direction: 'sent', bytes: Buffer.from(xml) })
  return {
    kind: 'call',
    environment,
    reportId,
    caseId: row.case_id,
    isTest: row.is_test === 1,
    intentId,
    name,
    call: action,
    xml,
  }
}

const overs = { finished: 'finished', retracted: 'withdrawn', needs_person: 'needs_person' } as const

/** Waits for credentials and the like are the line's, which whoever asks has passed: it may be open again long before they end. */
function withoutTheLines(state: FilingState): FilingState {
  return state.wait !== undefined && stopsQueue(state.wait.because) ? tryAgain(state) : state
}

function documentOf(call: Call, vault: Vault, row: Row): string | undefined {
  if (call.do !== 'submit' && call.do !== 'fileinfo') return undefined
  const draft = readDraft(vault, row.id, row.draft_sealed)
  if (draft === null) throw new Error('a report without a draft is never filed')
  if (call.do === 'submit') return toXml('report', draft.report)
  const { reportId, fileId, localId } = call
  return toXml('fileDetails', { ...fileOf(draft, localId).details, reportId, fileId })
}
type Row = Awaited<ReturnType<typeof reportRow>>

export type Journaled = {
  readonly state: ReportState
  /** Why it is not filing or finished, in words; null when it is. */
  readonly trouble: string | null
  readonly remoteId: string | null
  readonly finishedAt: number | null
}

/** Writes down what became of the call, once. Fault `overtaken` when that was done, or a later step has begun since. */
export async function journalResult(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  step: FilingCall,
  result: Result,
): Promise<Journaled> {
  const { reportId } = step
  const row = await reportRow(tx, reportId)
  // Not by the journal's times: a clock may have stepped back, and a receipt must not be thrown away for it.
  if (row.intent_id !== step.intentId)
    throw new Fault('overtaken', 'another worker has taken this report over', { retry: 'later' })
  const now = clock.now()
  const outcome = result.kind === 'fault' ? result.facts() : result
  const reached = after(readFiling(vault, reportId, row.filing_sealed), step.call, outcome, new Date(now))
  // One that had come to a worker who was overtaken is waiting here.
  const state: FilingState =
    reached.kind === 'finished' && row.receipt_sealed !== null ? { ...reached, receipt: 'kept' } : reached
  const refusal = result.kind === 'fault' && isRefusal(result.code) ? refusalOf(step.name, result) : row.refusal
  const standing = standingOf(state, refusal)
  const receipt =
    standing.state === 'finished' && result.kind === 'ok'
      ? sealReceipt(vault, reportId, result.rawXml)
      : row.receipt_sealed
  await tx
    .updateTable('reports')
    .set({
      filing_sealed: sealFiling(vault, reportId, state),
      state: standing.state,
      trouble: standing.trouble,
      refusal: standing.state === 'finished' ? null : refusal,
      remote_id: standing.remoteId,
      finished_at: standing.finishedAt,
      receipt_sealed: receipt,
      intent_id: null,
      changed_at: now,
    })
    .where('id', '=', reportId)
    .execute()
  await addStep(tx, {
    id: newId('step', clock),
    report_id: reportId,
    at: now,
    step: step.name,
    phase: 'result',
    outcome: outcome.kind === 'ok' ? 'ok' : `${outcome.code} (${outcome.outcome})`,
    response_code: result.kind === 'ok' ? 0 : numberOf(result.responseCode),
    request_id: result.requestId ?? null,
  })
  const answer = result.kind === 'ok' ? result.rawXml : result.rawAnswer()
  if (answer !== undefined)
    await keepDocument(tx, clock, vault, { reportId, stepId: step.intentId, direction: 'received', bytes: answer })
  if (standing.state !== row.state && standing.state !== 'filing') await leaveLine(tx, clock, step, standing.state)
  return standing
}

/** What waiting does not change, and a person must read. */
const isRefusal = (code: string) => code === 'not_accepted' || code === 'unknown_code'

async function leaveLine(tx: Transaction, clock: Clock, step: FilingCall, state: ReportState): Promise<void> {
  const acts = {
    finished: 'finish_report',
    needs_person: 'stop_report',
    cannot_report: 'hold_report',
    withdrawn: 'withdraw_report',
  }
  if (state === 'filing') return
  await record(tx, clock, {
    actor: 'wardline',
    act: acts[state],
    subject: step.reportId,
    detail: { case: step.caseId, step: step.name },
  })
}

function nameOf(call: Call, files: readonly { readonly localId: string }[]): string {
  if (call.do !== 'upload' && call.do !== 'fileinfo') return call.do
  return `${call.do}:${files.findIndex((file) => file.localId === call.localId) + 1}`
}

function numberOf(code: number | { readonly unknown: number } | undefined): number | null {
  return typeof code === 'object' ? code.unknown : (code ?? null)
}
