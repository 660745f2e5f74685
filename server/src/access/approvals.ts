// Acts that need two people: one asks and says why, another one agrees, and the act itself uses the approval up.
import { type Actor, record } from '#audit'
import { type Clock, type Id, newId } from '#base'
import type { Connection, Transaction } from '#db'
import { refusal, requirePerson } from './people.ts'
import type { Approval } from './records.ts'
import * as store from './store.ts'

export type ApprovalFaultCode =
  | 'same_person'
  | 'expired'
  | 'already_decided'
  | 'not_approved'
  | 'approval_unknown'
  | 'reason_missing'
  | 'person_unknown'
  | 'person_disabled'

/** `by` is a person's id. Faults: `reason_missing`, `expired`, `person_unknown`, `person_disabled`. */
export async function requestApproval(
  tx: Transaction,
  clock: Clock,
  wanted: {
    readonly act: string
    readonly subject: string
    readonly reason: string
    readonly by: string
    /** Epoch milliseconds: by then it must be decided and used. */
    readonly expiresAt: number
  },
): Promise<Approval & { readonly id: Id<'approval'> }> {
  const { act, subject, expiresAt } = wanted
  const reason = requireReason(wanted.reason)
  if (expiresAt <= clock.now()) throw refusal('expired', 'this request would be expired already')
  const person = await requirePerson(tx, wanted.by)
  const approval = {
    id: newId('approval', clock),
    act,
    subject,
    reason,
    state: 'open' as const,
    requestedBy: person.id,
    requestedAt: clock.now(),
    expiresAt,
    decidedBy: null,
    decidedAt: null,
    decisionReason: null,
  }
  await store.insertApproval(tx, approval)
  await leaveLine(tx, clock, `person:${person.id}`, 'request_approval', approval)
  return approval
}

/**
 * `by` is a person's id, another one's than who asked: two keys of one person are one person. Faults: `same_person`,
 * `expired`, `already_decided`, `approval_unknown`, `reason_missing`, `person_unknown`, `person_disabled`.
 */
export async function decideApproval(
  tx: Transaction,
  clock: Clock,
  decision: { readonly id: string; readonly by: string; readonly approve: boolean; readonly reason: string },
): Promise<Approval> {
  const reason = requireReason(decision.reason)
  const approval = await store.findApproval(tx, decision.id)
  if (approval === undefined) throw refusal('approval_unknown', 'there is no such request')
  const person = await requirePerson(tx, decision.by)
  if (approval.state !== 'open') throw refusal('already_decided', 'this request was decided already')
  if (approval.expiresAt <= clock.now()) throw refusal('expired', 'this request has expired: ask again')
  if (approval.requestedBy === person.id)
    throw refusal('same_person', 'this needs another person than the one who asked')
  const decided: Approval = {
    ...approval,
    state: decision.approve ? 'approved' : 'refused',
    decidedBy: person.id,
    decidedAt: clock.now(),
    decisionReason: reason,
  }
  await store.updateApproval(tx, decided)
  await leaveLine(tx, clock, `person:${person.id}`, decision.approve ? 'give_approval' : 'refuse_approval', decided)
  return decided
}

/**
 * Uses one approval up, in the transaction of the act that it allows. Of several, the one that expires first. Answers
 * the approval, so that the act can name both people; Fault `not_approved` when there is none.
 */
export async function useApproval(
  tx: Transaction,
  clock: Clock,
  wanted: { readonly act: string; readonly subject: string; readonly by?: Actor },
): Promise<Approval> {
  const approval = await store.findUsable(tx, wanted.act, wanted.subject, clock.now())
  if (approval === undefined)
    throw refusal('not_approved', 'this needs an approval by a second person, and there is none that is still good')
  const used: Approval = { ...approval, state: 'used' }
  await store.updateApproval(tx, used)
  await leaveLine(tx, clock, wanted.by ?? `person:${approval.requestedBy}`, 'use_approval', used)
  return used
}

/** Newest first. */
export async function listApprovals(
  db: Connection,
  options: { readonly state?: Approval['state'] | undefined } = {},
): Promise<readonly Approval[]> {
  return store.readApprovals(db, options.state)
}

/** The reasons are people's words and stay in the approval; the trail says who, what and to which. */
async function leaveLine(tx: Transaction, clock: Clock, actor: Actor, act: string, approval: Approval): Promise<void> {
  const detail = { act: approval.act, subject: approval.subject }
  await record(tx, clock, { actor, act, subject: approval.id, detail })
}

function requireReason(reason: string): string {
  if (reason.trim() === '') throw refusal('reason_missing', 'a reason must be given, in words')
  return reason.trim()
}
