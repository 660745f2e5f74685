// Each step of a filing is written down before it is done and after: so it can die anywhere and go on.
import { after, begin, type Call, next, type Result } from '@wardline/cybertip'
import { record } from '#audit'
import { type Clock, type Environment, Fault, newId } from '#base'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import { refuseUnsent } from './purpose.ts'
import { type ReportState, standingOf } from './standing.ts'
import { addStep, isOver, type Over, readFiling, reportRow, sealFiling, sealReceipt } from './store.ts'

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
}

export type FilingStep<E extends Environment = Environment> =
  | FilingCall<E>
  /** alert: an operator has to mend something (credentials, an address) before it can go on. */
  | { readonly kind: 'wait'; readonly untilMs: number; readonly because: string; readonly alert: boolean }
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
  if (row.environment !== environment)
    throw new Fault('environment_mixed', 'a report of another environment is not filed from here', { retry: 'never' })
  refuseUnsent(row)
  if (isOver(row.state)) return { kind: 'over', state: row.state }
  const state = readFiling(vault, reportId, row.filing_sealed)
  const now = clock.now()
  const action = next(state, new Date(now))
  if (action.do === 'wait') return { kind: 'wait', ...action }
  if (action.do === 'nothing')
    return { kind: 'over', state: action.because === 'finished' ? 'finished' : 'needs_person' }

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
  return {
    kind: 'call',
    environment,
    reportId,
    caseId: row.case_id,
    isTest: row.is_test === 1,
    intentId,
    name,
    call: action,
  }
}

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
  const state = after(readFiling(vault, reportId, row.filing_sealed), step.call, outcome, new Date(now))
  const standing = standingOf(state)
  const receipt =
    standing.state === 'finished' && result.kind === 'ok' ? sealReceipt(vault, reportId, result.rawXml) : null
  await tx
    .updateTable('reports')
    .set({
      filing_sealed: sealFiling(vault, reportId, state),
      state: standing.state,
      trouble: standing.trouble,
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
  if (standing.state !== row.state && standing.state !== 'filing') await leaveLine(tx, clock, step, standing.state)
  return standing
}

async function leaveLine(tx: Transaction, clock: Clock, step: FilingCall, state: ReportState): Promise<void> {
  const acts = { finished: 'finish_report', needs_person: 'stop_report', cannot_report: 'hold_report' }
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
