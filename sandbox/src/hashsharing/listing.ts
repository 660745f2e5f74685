/** The words in which a test puts entries on a list, changes them, and is told what the list truly holds. */
import type { Entry, TextKind } from './entry.ts'

/** Names one entry: its id alone does not. */
export interface EntryKey {
  readonly memberId: number
  readonly entryId: string
}

/** An entry as a caller gives it; what is left out is not there. Any text will do as a fingerprint, malformed ones too. */
export interface Listing extends EntryKey, Partial<Omit<Entry, 'memberId' | 'id'>> {
  /** Its timestamp, epoch ms; default: now. */
  readonly atMs?: number
}

export type Change =
  /** A new entry, or one that was deleted. */
  | ({
      readonly kind: 'add'
      readonly entry: Omit<Listing, 'atMs' | keyof EntryKey>
      readonly atMs?: number
    } & EntryKey)
  /** What `entry` names is replaced, the rest stays; with nothing named only the timestamp moves. */
  | ({
      readonly kind: 'update'
      readonly entry?: Omit<Listing, 'atMs' | keyof EntryKey>
      readonly atMs?: number
    } & EntryKey)
  | ({ readonly kind: 'delete'; readonly atMs?: number } & EntryKey)

/** An entry that is on the list now. */
export interface LiveEntry extends EntryKey, Omit<Entry, 'memberId' | 'id'> {
  readonly timestampMs: number
  /** Of its fingerprints, those that are none: a consumer should skip these and keep the others. */
  readonly malformed: readonly TextKind[]
}
