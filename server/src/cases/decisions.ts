// A person's decision on a case. It is made without seeing the file, and recorded so.
import type { FileChoice, IncidentType, ReportAnnotation } from '@wardline/api'
import { type Actor, record } from '#audit'
import { type Clock, Fault } from '#base'
import type { Transaction } from '#db'
import { isReportable } from '#lists'
import type { Vault } from '#vault'
import { recordDecider } from './deciders.ts'
import { type Decided, readFile, sealDecision } from './facts.ts'
import { reportableFiles } from './reportable.ts'
import { setScans } from './scans.ts'
import { caseRow, evidenceOf, fileRows } from './store.ts'
import { type CaseState, nextState } from './transitions.ts'

export type Confirmation = {
  readonly caseId: string
  readonly by: Actor
  readonly reason?: string | undefined
  /** Without one the report says what known material is; classes that are no sign by themselves need it. */
  readonly incidentType?: IncidentType | undefined
  /** Its report cannot be written: an earlier word, or none, lacked what is asked for. */
  readonly anew?: boolean | undefined
  /** Of single files, by our ids: that person's own words, never a list's. */
  readonly files?: readonly FileChoice[] | undefined
  /** Of the whole incident: that person's own words too. */
  readonly annotations?: readonly ReportAnnotation[] | undefined
  /** Why a child is at immediate risk; the report is then of high priority. */
  readonly escalate?: string | undefined
}

export type Dismissal = {
  readonly caseId: string
  readonly by: Actor
  readonly reason: string
  /** How long the evidence stays before its key is erased, ms. */
  readonly windowMs: number
  /** The entries are wrong about these pictures, not merely none of this platform's business. */
  readonly falseMatch?: boolean | undefined
}

/**
 * A case that waits for a person goes to a report. Faults `never_reported`, `incident_type_missing`: see `reportableFiles`;
 * `file_not_of_case`, `file_is_copy`, `file_twice` for a choice of no file of the case, of a copy, or two of one.
 */
export async function confirm(tx: Transaction, clock: Clock, vault: Vault, decision: Confirmation): Promise<CaseState> {
  const rows = await fileRows(tx, decision.caseId)
  const files = rows.map((file) => readFile(vault, file.id, file.facts_sealed))
  reportableFiles(files, decision.incidentType)
  const chosen = (decision.files ?? []).map(({ fileId }) => fileId)
  if (chosen.some((id) => rows.every((row) => row.id !== id)))
    throw new Fault('file_not_of_case', 'this case has no such file', { retry: 'never' })
  const copy = rows.find(({ id, copy_of }) => copy_of !== null && chosen.includes(id))
  if (copy)
    throw new Fault(
      'file_is_copy',
      `${copy.id} is a copy of ${copy.copy_of}, and only that file is uploaded: say it of ${copy.copy_of}`,
      { retry: 'never' },
    )
  if (new Set(chosen).size < chosen.length)
    throw new Fault('file_twice', 'of one file only one thing can be said', { retry: 'never' })
  return decideAs(tx, clock, vault, decision.anew ? 'confirmed_anew' : 'confirmed', decision)
}

/** No report is made, the platform may release the file, and the evidence goes after a short window. */
export async function dismiss(tx: Transaction, clock: Clock, vault: Vault, dismissal: Dismissal): Promise<CaseState> {
  if (dismissal.reason.trim() === '')
    throw new Fault('reason_missing', 'a dismissal needs a reason', { retry: 'never' })
  const state = await decideAs(tx, clock, vault, 'dismissed', dismissal)
  await setScans(tx, dismissal.caseId, 'released')
  for (const id of await evidenceOf(tx, dismissal.caseId))
    await vault.destroyAfter(tx, id, clock.now() + dismissal.windowMs)
  return state
}

/**
 * A person has dealt with it elsewhere. Only of a case that holds nothing that may be reported: Fault `still_reportable`. The platform
 * hears `removed`: nobody said that the match is wrong.
 */
export async function closeUnreported(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  closing: Omit<Dismissal, 'falseMatch'>,
): Promise<CaseState> {
  const { caseId, reason, windowMs } = closing
  if (reason.trim() === '')
    throw new Fault('reason_missing', 'closing a case needs a reason: how it was dealt with', { retry: 'never' })
  const rows = await fileRows(tx, caseId)
  const files = rows.map((row) => readFile(vault, row.id, row.facts_sealed))
  if (files.some(({ grounds }) => grounds.some((ground) => isReportable(ground.class))))
    throw new Fault(
      'still_reportable',
      'a file of this case matched a class that is reported: confirm the case or dismiss it',
      { retry: 'never' },
    )
  const state = await decideAs(tx, clock, vault, 'closed', closing)
  await setScans(tx, caseId, 'removed')
  for (const id of await evidenceOf(tx, caseId)) await vault.destroyAfter(tx, id, clock.now() + windowMs)
  return state
}

const acts = {
  confirmed: 'confirm_case',
  confirmed_anew: 'confirm_case',
  dismissed: 'dismiss_case',
  closed: 'close_case',
} as const

async function decideAs(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  event: keyof typeof acts,
  decision: Confirmation & { readonly falseMatch?: boolean | undefined },
): Promise<CaseState> {
  const { caseId, by, reason, incidentType, files, falseMatch, annotations, escalate } = decision
  if (!by.startsWith('person:'))
    throw new Fault('not_a_person', 'only a person decides about a case', { retry: 'never' })
  const { state: before } = await caseRow(tx, caseId)
  const state = nextState(before, event)
  const at = clock.now()
  const said = {
    ...(incidentType && { incidentType }),
    ...(falseMatch && { falseMatch }),
  }
  const why = escalate?.trim()
  const decided: Decided = {
    by,
    at,
    reason: reason?.trim() || null,
    viewed: false,
    ...said,
    ...(files && { files: files.map((one) => ({ ...one })) }),
    ...(annotations?.length && { annotations: [...new Set(annotations)] }),
    ...(why && { escalate: why }),
  }
  await tx
    .updateTable('cases')
    .set({
      state,
      changed_at: at,
      decided_by: by,
      decided_at: at,
      decision_sealed: sealDecision(vault, caseId, decided),
    })
    .where('id', '=', caseId)
    .execute()
  await recordDecider(tx, caseId, by)
  await record(tx, clock, {
    actor: by,
    act: acts[event],
    subject: caseId,
    detail: {
      before,
      after: state,
      viewed: false,
      ...said,
      ...(files?.length && { filesSaidOf: files.length }),
      ...(why && { escalated: true }),
    },
  })
  return state
}
