// A person's decision on a case. It is made without seeing the file, and recorded so.
import type { FileChoice, IncidentType } from '@wardline/api'
import { type Actor, record } from '#audit'
import { type Clock, Fault } from '#base'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
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
  /** Of single files, by our ids: that person's own words, never a list's. */
  readonly files?: readonly FileChoice[] | undefined
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
 * `no_such_file`, `file_twice` for a choice of no file of the case, or two of one.
 */
export async function confirm(tx: Transaction, clock: Clock, vault: Vault, decision: Confirmation): Promise<CaseState> {
  const rows = await fileRows(tx, decision.caseId)
  const files = rows.map((file) => readFile(vault, file.id, file.facts_sealed))
  reportableFiles(files, decision.incidentType)
  const chosen = (decision.files ?? []).map(({ fileId }) => fileId)
  if (chosen.some((id) => rows.every((row) => row.id !== id)))
    throw new Fault('no_such_file', 'this case has no such file', { retry: 'never' })
  if (new Set(chosen).size < chosen.length)
    throw new Fault('file_twice', 'of one file only one thing can be said', { retry: 'never' })
  return decideAs(tx, clock, vault, 'confirmed', decision)
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

async function decideAs(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  event: 'confirmed' | 'dismissed',
  { caseId, by, reason, incidentType, files, falseMatch }: Confirmation & { readonly falseMatch?: boolean | undefined },
): Promise<CaseState> {
  if (!by.startsWith('person:'))
    throw new Fault('not_a_person', 'only a person decides about a case', { retry: 'never' })
  const { state: before } = await caseRow(tx, caseId)
  const state = nextState(before, event)
  const at = clock.now()
  const said = { ...(incidentType && { incidentType }), ...(falseMatch && { falseMatch }) }
  const decided: Decided = {
    by,
    at,
    reason: reason?.trim() || null,
    viewed: false,
    ...said,
    ...(files && { files: files.map((one) => ({ ...one })) }),
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
  await record(tx, clock, {
    actor: by,
    act: event === 'confirmed' ? 'confirm_case' : 'dismiss_case',
    subject: caseId,
    detail: { before, after: state, viewed: false, ...said, ...(files?.length && { filesSaidOf: files.length }) },
  })
  return state
}
