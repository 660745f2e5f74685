// What every index here is, the fast one and its naive twin: contract.ts is the suite that each of them runs.

/** distance: in how many bits the two codes differ. */
export type Hit = { readonly id: number; readonly distance: number }

/** version: how many changes the list had seen when the question was answered; the answer shows all of them and no other. */
export type Answer = { readonly version: number; readonly hits: readonly Hit[] }

/** hits[i]: those of the i-th code. */
export type Answers = { readonly version: number; readonly hits: readonly (readonly Hit[])[] }

/**
 * Codes are Uint8Arrays of 32 bytes, ids integers 0..2^32-1, a radius an integer 0..64: RangeError otherwise. Hits come
 * sorted by distance, then by id, each entry once.
 */
export interface Index {
  /** Grows with each change. */
  readonly version: number
  /** Entries in the list. */
  readonly size: number
  /** Every entry within `radius` bits of the code: none is missed, none is farther. */
  within(code: Uint8Array, radius: number): Answer
  /** The same for many codes, all against one version of the list; cheaper than one by one. */
  withinAll(codes: readonly Uint8Array[], radius: number): Answers
  /** False, and nothing changes, if the id is there already. */
  add(id: number, code: Uint8Array): boolean
  /** Puts the code in place of the id's former one, if there was one, and tells so. */
  replace(id: number, code: Uint8Array): boolean
  /** False if the id is not there. */
  remove(id: number): boolean
}

/** The order of an answer. Sorts in place. */
export function inOrder(hits: Hit[]): Hit[] {
  return hits.sort((a, b) => a.distance - b.distance || a.id - b.id)
}
