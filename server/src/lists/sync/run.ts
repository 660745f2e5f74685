// What a running sync carries with it, and the one transaction in which anything of it becomes true.
import { type Clock, Fault, type Log } from '#base'
import type { Database, Transaction } from '#db'
import type { Vault } from '#vault'
import { applyChanges, CHANGES_A_BLOCK, sealChanges } from '../changes.ts'
import type { Change } from '../entry.ts'
import { sourceFault } from '../sources/fault.ts'
import type { Rejected, Seen, Skipped } from '../sources/source.ts'
import type { NoteRow } from './notes.ts'
import type { Position } from './position.ts'
import type { ConfiguredList } from './settings.ts'
import { addSkipped, holdLease, insertNotes, type Lease, savePosition, sealNotes } from './store.ts'
import { forgetRejected, insertRejected, rejectedKey, sealRejected } from './store-rejected.ts'

export interface SyncGround {
  readonly database: Database
  readonly vault: Pick<Vault, 'seal' | 'unseal' | 'sealJson' | 'unsealJson' | 'keyed' | 'fingerprint'>
  readonly clock: Clock
  readonly log: Log
}

/** Where a sync is now, for a progress bar. Times are epoch ms. */
export interface Progress {
  /** Changes applied and entries met since this sync began. */
  readonly applied: number
  readonly met: number
  readonly pages: number
  readonly range: { readonly fromMs: number; readonly toMs: number } | undefined
  /** Everything up to here is applied. */
  readonly currentTo: number | null
  /** How many entries the range holds, where the source hints at it, and how many of them came. */
  readonly expected: number | undefined
  readonly inRange: number
}

export interface Tally {
  puts: number
  removes: number
  met: number
  pages: number
  rejected: number
  videos: number
  otherKinds: number
}

export interface Run {
  readonly ground: SyncGround
  readonly list: ConfiguredList
  readonly lease: Lease
  readonly signal: AbortSignal
  readonly tally: Tally
  readonly told: (progress: Progress) => void
  /** Whether some row was ever rejected: else none needs to be looked for. */
  anyRejected: boolean
  /** Entries that the source had announced and did not give. */
  missing: number
}

export interface Step {
  readonly changes: readonly Change[]
  readonly rejected: readonly Rejected[]
  readonly skipped: Skipped
  /** Rejected ones beyond those, which are counted and not named. */
  readonly unnamed?: number
  /** Under its number; they outlive the step only as long as their range is read. */
  readonly notes?: { readonly number: number; readonly rows: readonly NoteRow[] } | undefined
  readonly position: Position
  /** What else belongs into the same transaction, before the rest and after it. */
  readonly before?: ((tx: Transaction) => Promise<void>) | undefined
  readonly also?: ((tx: Transaction) => Promise<void>) | undefined
}

/** All of it or nothing: a process that dies at any line goes on from the step before. */
export async function takeStep(run: Run, step: Step): Promise<void> {
  const { ground, list, lease, tally } = run
  const { database, vault, clock } = ground
  const { changes, rejected } = step
  // Sealed outside, since the transaction may run more than once.
  const blocks = batches(changes, CHANGES_A_BLOCK).map((batch) => sealChanges(vault, clock, list.id, batch))
  const notes = step.notes && sealNotes(vault, list.id, step.notes.number, step.notes.rows)
  const bad = rejected.map((one) => sealRejected(vault, list.id, one))
  const anew = run.anyRejected ? changes.map((change) => rejectedKey(vault, list.id, change)) : []
  await database.transact(async (tx) => {
    await holdLease(tx, lease)
    await step.before?.(tx)
    for (const block of blocks) await applyChanges(tx, clock, block)
    if (notes !== undefined) await insertNotes(tx, list.id, notes)
    await forgetRejected(tx, list.id, anew)
    await insertRejected(tx, clock, list.id, bad, step.unnamed)
    await addSkipped(tx, list.id, step.skipped)
    await step.also?.(tx)
    await savePosition(tx, list.id, step.position)
  })
  if (rejected.length > 0) run.anyRejected = true
  for (const change of changes) tally[change.kind === 'put' ? 'puts' : 'removes'] += 1
  tally.rejected += rejected.length + (step.unnamed ?? 0)
  tally.videos += step.skipped.videos
  tally.otherKinds += step.skipped.otherKinds
}

/** Throws why the sync is to end, if it is. */
export function heedStop({ signal }: Pick<Run, 'signal'>): void {
  if (!signal.aborted) return
  throw signal.reason instanceof Fault
    ? signal.reason
    : sourceFault('source_unreachable', 'the sync was broken off: we are stopping')
}

export function changeOf(seen: Seen, { class: named }: ConfiguredList): Change {
  const { source, entryId } = seen
  if (seen.kind === 'remove') return { kind: 'remove', source, entryId }
  const { members, values, label } = seen
  const put = { kind: 'put' as const, source, entryId, class: seen.class ?? named, members, values }
  return label === undefined ? put : { ...put, label }
}

export function batches<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size))
}

export const nothingSkipped: Skipped = { videos: 0, otherKinds: 0 }
