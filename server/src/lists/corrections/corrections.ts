// False alarms that people declare: made from a case's file, so that nobody handles a hash; in force when a second person agrees.
import { decideApproval, requestApproval, useApproval } from '#access'
import { record } from '#audit'
import { type Clock, Fault, type Id, newId } from '#base'
import type { Connection, Transaction } from '#db'
import type { Vault } from '#vault'
import { raiseGuardsVersion } from '../guards.ts'
import type { Correction, Silenceable } from './silence.ts'
import {
  type CorrectionRow,
  correctionRow,
  correctionRows,
  deleteCorrections,
  insertCorrection,
  readFacts,
  updateCorrection,
} from './store.ts'

export { CORRECTION_WITHIN_BITS, type Correction, openSilencer, type Silencer } from './silence.ts'

const dayMs = 24 * 3_600_000
/** A proposal that nobody answered by then is asked again or is none. */
const answerWithinMs = 30 * dayMs
/** A review date further off than this is none. */
const longestMs = 366 * dayMs

export interface Proposal {
  readonly caseId: string
  /** A file of the case as its sealed facts hold it: hashes in lower-case hex. */
  readonly file: {
    readonly id: string
    readonly sha256: string
    readonly pictures: readonly { readonly index: number; readonly hashes: readonly string[] }[]
    readonly grounds: readonly Silenceable[]
  }
  /** Only entries of this list; else all that the file met. */
  readonly listId?: string | undefined
  /** A person's id. */
  readonly by: string
  readonly reason: string
  /** By then somebody looks at it again, epoch ms. Passing it changes nothing but what the operator is told. */
  readonly reviewAt: number
}

/**
 * Asks for a second person's approval. Faults `nothing_to_correct` (no entry of that list, or only exact SHA-1 or SHA-256 matches of
 * class csam, which nothing silences), `review_date_odd`, and those of `requestApproval`.
 */
export async function proposeCorrection(
  tx: Transaction,
  clock: Clock,
  vault: Pick<Vault, 'sealJson'>,
  { caseId, file, listId, by, reason, reviewAt }: Proposal,
): Promise<Id<'correction'>> {
  const now = clock.now()
  if (!(reviewAt > now && reviewAt <= now + longestMs))
    throw refusal('review_date_odd', 'the review date is a day to come, within a year')
  const named = file.grounds.filter((ground) => listId === undefined || ground.listId === listId).filter(isDoubtful)
  if (named.length === 0)
    throw refusal(
      'nothing_to_correct',
      'this file met nothing that can be corrected: an exact SHA-1 or SHA-256 match of class csam is never silenced',
    )
  const id = newId('correction', clock)
  const approval = await requestApproval(tx, clock, {
    act: 'correct_entry',
    subject: id,
    reason,
    by,
    expiresAt: now + answerWithinMs,
  })
  const entries = entriesOf(named, file.pictures)
  const row = {
    id,
    state: 'proposed' as const,
    case_id: caseId,
    entries: entries.length,
    approval_id: approval.id,
    proposed_by: by,
    proposed_at: now,
    approved_by: null,
    changed_at: now,
    review_at: reviewAt,
  }
  const held = { fileId: file.id, sha256: file.sha256, entries, reason: reason.trim() }
  await insertCorrection(tx, vault, row, held)
  const detail = { case: caseId, file: file.id, entries: entries.length, reviewAt }
  await record(tx, clock, { actor: `person:${by}`, act: 'propose_correction', subject: id, detail })
  return id
}

/**
 * In force at once: two people have agreed to what it is a part of, whose approval is named. Nothing is written where the file met nothing
 * that can be corrected.
 */
export async function declareCorrection(
  tx: Transaction,
  clock: Clock,
  vault: Pick<Vault, 'sealJson'>,
  declared: Omit<Proposal, 'reviewAt' | 'listId'> & { readonly approvedBy: string; readonly approvalId: string },
): Promise<void> {
  const { caseId, file, by, approvedBy, approvalId, reason } = declared
  const named = file.grounds.filter(isDoubtful)
  if (named.length === 0) return
  const id = newId('correction', clock)
  const now = clock.now()
  const entries = entriesOf(named, file.pictures)
  const reviewAt = now + longestMs - dayMs
  const row = {
    id,
    state: 'in_force' as const,
    case_id: caseId,
    entries: entries.length,
    approval_id: approvalId,
    proposed_by: by,
    proposed_at: now,
    approved_by: approvedBy,
    changed_at: now,
    review_at: reviewAt,
  }
  await insertCorrection(tx, vault, row, { fileId: file.id, sha256: file.sha256, entries, reason: reason.trim() })
  await raiseGuardsVersion(tx)
  const detail = { proposedBy: by, case: caseId, file: file.id, entries: entries.length, reviewAt }
  await record(tx, clock, { actor: `person:${approvedBy}`, act: 'approve_correction', subject: id, detail })
}

const isDoubtful = ({ class: named, algorithm }: Silenceable) =>
  named !== 'csam' || (algorithm !== 'sha1' && algorithm !== 'sha256')

const nameOf = ({ listId, source, entryId }: Silenceable) => ({ listId, source, entryId })

/** Each entry with the hashes of the pictures that met it, and of no other: it said nothing of those. */
function entriesOf(named: readonly Silenceable[], pictures: Proposal['file']['pictures']): Correction['entries'] {
  const entries = new Map<string, { name: ReturnType<typeof nameOf>; met: Set<number | null> }>()
  for (const ground of named) {
    const name = nameOf(ground)
    const key = JSON.stringify(name)
    const met = entries.get(key)?.met ?? new Set()
    entries.set(key, { name, met: met.add(ground.pictureIndex) })
  }
  return [...entries.values()].map(({ name, met }) => {
    const hashes = pictures.filter(({ index }) => met.has(index)).flatMap((picture) => picture.hashes)
    return { ...name, hashes: [...new Set(hashes)] }
  })
}

export interface CorrectionAnswer {
  readonly id: string
  /** A person's id, another one's than who proposed it. */
  readonly by: string
  readonly reason: string
}

/** It is in force within a second. Faults of the approvals: `same_person`, `expired`, `reason_missing` and the others. */
export async function approveCorrection(tx: Transaction, clock: Clock, { id, by, reason }: CorrectionAnswer) {
  const row = await proposed(tx, id)
  await decideApproval(tx, clock, { id: row.approval_id, by, approve: true, reason })
  await useApproval(tx, clock, { act: 'correct_entry', subject: id })
  await updateCorrection(tx, id, { state: 'in_force', approved_by: by, changed_at: clock.now() })
  await raiseGuardsVersion(tx)
  const detail = { proposedBy: row.proposed_by, entries: row.entries, reviewAt: row.review_at }
  await record(tx, clock, { actor: `person:${by}`, act: 'approve_correction', subject: id, detail })
}

export async function refuseCorrection(tx: Transaction, clock: Clock, { id, by, reason }: CorrectionAnswer) {
  const row = await proposed(tx, id)
  await decideApproval(tx, clock, { id: row.approval_id, by, approve: false, reason })
  await updateCorrection(tx, id, { state: 'refused', changed_at: clock.now() })
  await record(tx, clock, { actor: `person:${by}`, act: 'refuse_correction', subject: id })
}

/** One person is enough to end it: then the entries count again, which loses nothing. */
export async function withdrawCorrection(tx: Transaction, clock: Clock, { id, by, reason }: CorrectionAnswer) {
  if (reason.trim() === '') throw refusal('reason_missing', 'a reason must be given, in words')
  const row = await correctionRow(tx, id)
  if (row.state !== 'in_force' && row.state !== 'proposed')
    throw refusal('not_possible', `a correction that is "${row.state}" cannot be withdrawn`)
  await updateCorrection(tx, id, { state: 'withdrawn', changed_at: clock.now() })
  await raiseGuardsVersion(tx)
  const detail = { before: row.state }
  await record(tx, clock, { actor: `person:${by}`, act: 'withdraw_correction', subject: id, detail })
}

/** Of a case that is removed: they go with it, in force or not. How many there were. */
export async function removeCorrections(tx: Transaction, caseId: string): Promise<number> {
  const removed = await deleteCorrections(tx, caseId)
  if (removed > 0) await raiseGuardsVersion(tx)
  return removed
}

async function proposed(tx: Transaction, id: string): Promise<CorrectionRow> {
  const row = await correctionRow(tx, id)
  if (row.state !== 'proposed')
    throw refusal('not_possible', `a correction that is "${row.state}" waits for nobody's approval`)
  return row
}

/** Those in force, unsealed, for the scanning server alone. */
export async function loadCorrections(
  db: Connection,
  vault: Pick<Vault, 'unsealJson'>,
): Promise<readonly Correction[]> {
  return (await correctionRows(db, 'in_force')).map((row) => {
    const { sha256, hashes: ofAll = [], entries } = readFacts(vault, row)
    return { id: row.id, sha256, entries: entries.map((entry) => ({ ...entry, hashes: entry.hashes ?? ofAll })) }
  })
}

export interface CorrectionView {
  readonly id: string
  readonly state: CorrectionRow['state']
  readonly caseId: string
  /** Which lists its entries stand on, and how many they are; which ones and their values stay sealed. */
  readonly listIds: readonly string[]
  readonly entries: number
  readonly reason: string
  /** People's ids. */
  readonly proposedBy: string
  readonly approvedBy: string | null
  readonly proposedAt: number
  readonly reviewAt: number
  /** In force, and its review date has passed: it stays in force until somebody withdraws it. */
  readonly overdue: boolean
}

/** Newest first. */
export async function listCorrections(
  db: Connection,
  vault: Pick<Vault, 'unsealJson'>,
  clock: Clock,
): Promise<readonly CorrectionView[]> {
  return (await correctionRows(db)).map((row) => {
    const { entries, reason } = readFacts(vault, row)
    return {
      id: row.id,
      state: row.state,
      caseId: row.case_id,
      listIds: [...new Set(entries.map(({ listId }) => listId))],
      entries: row.entries,
      reason,
      proposedBy: row.proposed_by,
      approvedBy: row.approved_by,
      proposedAt: row.proposed_at,
      reviewAt: row.review_at,
      overdue: isOverdue(row, clock),
    }
  })
}

/** Counted without opening one. */
export async function countCorrections(db: Connection, clock: Clock) {
  const rows = await correctionRows(db)
  const of = (state: CorrectionRow['state']) => rows.filter((row) => row.state === state).length
  return {
    proposed: of('proposed'),
    inForce: of('in_force'),
    overdue: rows.filter((row) => isOverdue(row, clock)).length,
  }
}

const isOverdue = ({ state, review_at }: CorrectionRow, clock: Clock) =>
  state === 'in_force' && review_at <= clock.now()

const refusal = (code: string, words: string) => new Fault(code, words, { retry: 'never' })
