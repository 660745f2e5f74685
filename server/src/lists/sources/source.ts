// What a source of hashes is to the sync: it is asked for a range of time, or read whole, and says what it saw.
import type { Algorithm, ListClass } from '../entry.ts'

export interface Fingerprint {
  readonly algorithm: Algorithm
  /** Lower-case hex. A secret. */
  readonly value: string
}

/** An entry's state as the source tells it. `source` and `entryId` together are its key, for ever. */
export type Seen =
  | {
      readonly kind: 'put'
      readonly source: string
      readonly entryId: string
      /** Epoch ms of this state: an older one never replaces a newer one. 0 where the source keeps no times. */
      readonly atMs: number
      readonly members: readonly string[]
      readonly values: readonly Fingerprint[]
      /** Where a row may name one of its own; else the list's. */
      readonly class?: ListClass
      readonly label?: string
    }
  /** Deleted, or nothing of it can be used (any more). */
  | { readonly kind: 'remove'; readonly source: string; readonly entryId: string; readonly atMs: number }

/** A fingerprint, or a row, that is none. Named by its entry, never by its value. */
export interface Rejected {
  readonly source: string
  readonly entryId: string
  /** An algorithm, or `row`. */
  readonly what: string
  readonly why: string
}

/** What was passed over on purpose: it may be right, and nothing here compares it yet. */
export interface Skipped {
  readonly videos: number
  /** Fingerprints of kinds that need a plug-in (PhotoDNA, NetClean ...) or come by reference. */
  readonly otherKinds: number
}

export interface Page {
  readonly seen: readonly Seen[]
  readonly rejected: readonly Rejected[]
  readonly skipped: Skipped
  /** Entries of the answer, used or not. */
  readonly entries: number
  /** Where the range goes on; checked already, free of secrets, to be given to `follow` as it is. */
  readonly next: string | undefined
  /** How many entries the whole range seems to hold, where the source hints at it. */
  readonly expected: number | undefined
  /** The source's own clock when it answered, epoch ms, where it says so. */
  readonly sourceNowMs: number | undefined
}

/** Whole seconds, epoch ms; asked with both ends, whether or not the source includes them. */
export interface TimeRange {
  readonly fromMs: number
  readonly toMs: number
}

/** Entries by the time of their last change, in no order. All methods throw Faults (SourceFaultCode) and nothing else. */
export interface RangedSource {
  readonly kind: 'ranged'
  /** Changes when entries of another service or group would come: then the list is fetched anew. */
  readonly identity: string
  /** How long deletions are told: who was away for longer must fetch all and remove what is gone. */
  readonly tombstonesLastMs: number | undefined
  first(range: TimeRange, signal: AbortSignal): Promise<Page>
  follow(next: string, signal: AbortSignal): Promise<Page>
}

/** Everything there is, at once. */
export interface WholeSource {
  readonly kind: 'whole'
  readonly identity: string
  /**
   * undefined: nothing changed since the reading that had this mark. Faults `source_not_ready`, `source_missing`, `file_odd` (also
   * of a source without a usable row), and `list_shrinks` unless it is read without a former mark.
   */
  read(former: string | undefined, signal: AbortSignal): Promise<Whole | undefined>
}

export interface Whole {
  /** Says what was read, without telling anything of it. */
  readonly mark: string
  readonly seen: readonly Seen[]
  readonly rejected: readonly Rejected[]
  /** Rejected ones beyond those, which are counted and not named. */
  readonly unnamed: number
}

export type Source = RangedSource | WholeSource
