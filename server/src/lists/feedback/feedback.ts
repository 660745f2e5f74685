// What cases taught about entries, to be told to their source: prepared by itself, sent only when an operator approves each.
import { type Actor, record } from '#audit'
import { type Clock, Fault, newId } from '#base'
import type { Connection, Transaction } from '#db'
import type { Vault } from '#vault'
import type { Algorithm } from '../entry.ts'
import { type EntryName, entryKey } from '../name.ts'
import {
  type Feedback,
  type FeedbackAlgorithm,
  type FeedbackOutcome,
  feedbackTypes,
  guidShape,
  memberIdOf,
} from '../sources/ncmec-feedback.ts'
import {
  type FeedbackRow,
  feedbackRow,
  feedbackRows,
  insertFeedback,
  readAbout,
  sealAbout,
  updateFeedback,
} from './store.ts'

export interface Lesson {
  readonly caseId: string
  /** affirmative: a person confirmed the case. negative: a person dismissed it and said that the match is false. */
  readonly says: 'affirmative' | 'negative'
  readonly met: readonly (EntryName & { readonly algorithm: Algorithm })[]
}

/** Prepares one for each entry and algorithm that its source takes feedback on, unless the same waits or was sent already. */
export async function prepareFeedback(
  tx: Transaction,
  clock: Clock,
  vault: Pick<Vault, 'keyed' | 'sealJson'>,
  { caseId, says, met }: Lesson,
): Promise<number> {
  let prepared = 0
  const now = clock.now()
  for (const one of met) {
    const memberId = memberIdOf(one.source)
    if (memberId === undefined || !Object.hasOwn(feedbackTypes, one.algorithm)) continue
    const id = newId('feedback', clock)
    const row = {
      id,
      list_id: one.listId,
      case_id: caseId,
      entry_hmac: entryKey(vault, one),
      algorithm: one.algorithm,
      says,
      state: 'waiting' as const,
      about_sealed: sealAbout(vault, id, { memberId, entryId: one.entryId }),
      prepared_at: now,
      changed_at: now,
      decided_by: null,
      intent_at: null,
      trouble: null,
    }
    if (!(await insertFeedback(tx, row))) continue
    prepared += 1
    await record(tx, clock, {
      actor: 'wardline',
      act: 'prepare_feedback',
      subject: id,
      detail: { case: caseId, list: one.listId, algorithm: one.algorithm, says },
    })
  }
  return prepared
}

/** A negative one needs one of the source's reasons. Also sends again what is `unknown` or `failed`. */
export async function approveFeedback(
  tx: Transaction,
  clock: Clock,
  vault: Pick<Vault, 'sealJson' | 'unsealJson'>,
  { id, by, reasonId }: { readonly id: string; readonly by: Actor; readonly reasonId?: string | undefined },
): Promise<void> {
  const row = await feedbackRow(tx, id)
  demand(row, ['waiting', 'unknown', 'failed'], 'be approved')
  const about = { ...readAbout(vault, row), ...(reasonId !== undefined && { reasonId }) }
  if (row.says === 'negative' && (about.reasonId === undefined || !guidShape.test(about.reasonId)))
    throw refusal(
      'reason_missing',
      `a negative feedback needs one of the reasons that the list service names: \`wardline lists feedback reasons ${row.list_id} --type ${row.algorithm}\` asks for them, and --reason-id takes one`,
    )
  await updateFeedback(tx, id, {
    state: 'approved',
    about_sealed: sealAbout(vault, id, about),
    decided_by: by,
    trouble: null,
    changed_at: clock.now(),
  })
  const detail = { list: row.list_id, says: row.says, before: row.state }
  await record(tx, clock, { actor: by, act: 'approve_feedback', subject: id, detail })
}

/** What the reason of a negative one is to be looked up by; undefined of an affirmative one. Fault as `approveFeedback`'s. */
export async function reasonsOf(
  db: Connection,
  id: string,
): Promise<{ readonly listId: string; readonly algorithm: FeedbackAlgorithm } | undefined> {
  const row = await feedbackRow(db, id)
  return row.says === 'affirmative' ? undefined : { listId: row.list_id, algorithm: feedbackAlgorithm(row.algorithm) }
}

/** It is never sent. */
export async function refuseFeedback(
  tx: Transaction,
  clock: Clock,
  { id, by }: { readonly id: string; readonly by: Actor },
): Promise<void> {
  const row = await feedbackRow(tx, id)
  demand(row, ['waiting', 'approved', 'unknown', 'failed'], 'be refused')
  await updateFeedback(tx, id, { state: 'refused', decided_by: by, changed_at: clock.now() })
  const detail = { list: row.list_id, says: row.says, before: row.state }
  await record(tx, clock, { actor: by, act: 'refuse_feedback', subject: id, detail })
}

export type FeedbackStep =
  | { readonly kind: 'send'; readonly listId: string; readonly feedback: Feedback }
  /** interrupted: it was begun before and nobody wrote down how that ended; it is `unknown` now and waits for a person. */
  | { readonly kind: 'over'; readonly interrupted: boolean }

/** Writes down that it is being sent, before it is. */
export async function beginFeedback(
  tx: Transaction,
  clock: Clock,
  vault: Pick<Vault, 'unsealJson'>,
  id: string,
): Promise<FeedbackStep> {
  const row = await feedbackRow(tx, id)
  if (row.state === 'sending') {
    const words = 'it was being sent when the server ended: the list service may have it or not'
    await updateFeedback(tx, id, { state: 'unknown', trouble: words, changed_at: clock.now() })
    return { kind: 'over', interrupted: true }
  }
  if (row.state !== 'approved') return { kind: 'over', interrupted: false }
  const { memberId, entryId, reasonId } = readAbout(vault, row)
  const algorithm = feedbackAlgorithm(row.algorithm)
  const negative = { kind: 'negative' as const, reasonIds: reasonId === undefined ? [] : [reasonId] }
  const says = row.says === 'affirmative' ? { kind: 'affirmative' as const } : negative
  await updateFeedback(tx, id, { state: 'sending', intent_at: clock.now(), changed_at: clock.now() })
  return { kind: 'send', listId: row.list_id, feedback: { memberId, entryId, algorithm, says } }
}

/** Writes down what became of it. */
export async function endFeedback(tx: Transaction, clock: Clock, id: string, outcome: FeedbackOutcome): Promise<void> {
  const row = await feedbackRow(tx, id)
  // A late answer still settles what another worker took for lost.
  const late = row.state === 'unknown' && outcome.kind === 'accepted'
  if (row.state !== 'sending' && !late) return
  const state = states[outcome.kind]
  const trouble = outcome.kind === 'accepted' ? null : outcome.words
  await updateFeedback(tx, id, { state, trouble, changed_at: clock.now() })
  if (state === 'approved') return
  const detail = { list: row.list_id, says: row.says, state }
  await record(tx, clock, { actor: 'wardline', act: 'send_feedback', subject: id, detail })
}

const states = { accepted: 'sent', refused: 'failed', not_sent: 'approved', unknown: 'unknown' } as const

function feedbackAlgorithm(text: string): Feedback['algorithm'] {
  switch (text) {
    case 'md5':
    case 'sha1':
    case 'pdq':
      return text
    default:
      throw new Error('feedback was prepared for an algorithm that no source takes')
  }
}

export interface FeedbackView {
  readonly id: string
  readonly listId: string
  readonly caseId: string
  readonly algorithm: string
  readonly says: FeedbackRow['says']
  readonly state: FeedbackRow['state']
  readonly trouble: string | null
  readonly preparedAt: number
  readonly changedAt: number
  /** The other thing was said, or waits to be said, about the same entry: two cases ended differently. */
  readonly disputed: boolean
}

/** Newest first. Which entry it is about stays sealed. */
export async function listFeedback(db: Connection): Promise<readonly FeedbackView[]> {
  const rows = await feedbackRows(db)
  const voices = new Map<string, Set<string>>()
  for (const row of rows)
    if (row.state !== 'refused') voices.set(row.entry_hmac, new Set([...(voices.get(row.entry_hmac) ?? []), row.says]))
  return rows.map((row) => ({
    id: row.id,
    listId: row.list_id,
    caseId: row.case_id,
    algorithm: row.algorithm,
    says: row.says,
    state: row.state,
    trouble: row.trouble,
    preparedAt: row.prepared_at,
    changedAt: row.changed_at,
    disputed: (voices.get(row.entry_hmac)?.size ?? 0) > 1,
  }))
}

export async function countFeedback(db: Connection): Promise<Readonly<Partial<Record<FeedbackRow['state'], number>>>> {
  const counts: Partial<Record<FeedbackRow['state'], number>> = {}
  for (const { state } of await feedbackRows(db)) counts[state] = (counts[state] ?? 0) + 1
  return counts
}

function demand({ state }: FeedbackRow, states: readonly FeedbackRow['state'][], what: string): void {
  if (!states.includes(state)) throw refusal('not_possible', `feedback that is "${state}" cannot ${what}`)
}

const refusal = (code: string, words: string) => new Fault(code, words, { retry: 'never' })
