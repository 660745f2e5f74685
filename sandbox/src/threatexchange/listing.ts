/** The words in which a test puts indicators into a group, changes them, and is told what the group truly holds. */
import type { Descriptor, Indicator } from './indicator.ts'

/** An indicator as a caller gives it; without descriptors the first owner lists it as MALICIOUS. */
export interface SignalListing extends Pick<Indicator, 'type' | 'indicator'> {
  readonly descriptors?: readonly (Pick<Descriptor, 'ownerId'> & Partial<Omit<Descriptor, 'id'>>)[]
  readonly atMs?: number
}

export type SignalChange =
  | ({ readonly kind: 'add' } & SignalListing)
  /** With nothing named only the timestamp moves. */
  | ({ readonly kind: 'update'; readonly id: string } & Partial<SignalListing>)
  | { readonly kind: 'delete'; readonly id: string; readonly atMs?: number }

export interface LiveIndicator extends Indicator {
  readonly timestampMs: number
  /** Calls itself a hash and is none. */
  readonly malformed: boolean
}
