// What every index here is, the fast one and its naive twin: contract.ts is the suite that each of them runs; and what the
// fast one is beyond that.
import type { Seal, Unseal } from './snapshot.ts'

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

/** Bytes are those of shared memory, which holds all but a map of the newest entries. */
export interface Figures {
  readonly entries: number
  /** Entries that every question looks at one by one. */
  readonly tableRows: number
  readonly rings: number
  readonly bytes: number
}

export interface HammingIndex extends Index, AsyncDisposable {
  /** As `withinAll`, by one of the threads: this one stays free. The answer is of the version at the time it comes. */
  ask(codes: readonly Uint8Array[], radius: number): Promise<Answers>
  has(id: number): boolean
  /**
   * Puts a whole list in place of the present one, in one change, made in another thread; until then the present list answers,
   * and changes made meanwhile hold afterwards too. ids: in any order, sorted is faster; codes: 32 bytes for each id. Bytes on a
   * SharedArrayBuffer are not copied and must stay as they are. RangeError if an id is there twice; HammingFault
   * `out_of_memory`; either leaves the list as it was. version: what the list's version becomes, if that is later.
   */
  fill(ids: Uint32Array, codes: Uint8Array, version?: number): Promise<void>
  /** The list of this moment, docs/formats/hamming-snapshot.md. The list may change while it is being written. */
  save(options?: { readonly seal?: Seal }): AsyncGenerator<Uint8Array>
  /** As `fill`, from what `save` gave, in pieces of any length. HammingFault with a SnapshotTrouble if it is not that. */
  load(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, options?: { readonly unseal?: Unseal }): Promise<void>
  /** Resolves when no merge is under way or due. */
  settled(): Promise<void>
  figures(): Figures
  /** Ends the threads. What still waits is refused as `closed`; questions and changes are a bug from here on. */
  close(): Promise<void>
}

/** The order of an answer. Sorts in place. */
export function inOrder(hits: Hit[]): Hit[] {
  return hits.sort((a, b) => a.distance - b.distance || a.id - b.id)
}
