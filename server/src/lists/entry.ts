// What a hash list is made of, and which classes its rows may bear.

/** `pdq` compares by distance; the digests compare exactly. */
export const algorithms = ['pdq', 'md5', 'sha1', 'sha256'] as const
export type Algorithm = (typeof algorithms)[number]

/** What a match means, fixed when a list is imported. `never_match` silences, `test` is nothing real. */
export const listClasses = ['csam', 'exploitative', 'generative_ai', 'never_match', 'test'] as const
export type ListClass = (typeof listClasses)[number]

export interface Entry {
  readonly listId: string
  /** Who says so: the member or hotline that made the entry. */
  readonly source: string
  readonly entryId: string
  readonly algorithm: Algorithm
  /** Lower-case hex. A secret: it goes to the matcher and to the seal, never to a log, an answer or a message. */
  readonly value: string
  readonly class: ListClass
  readonly label?: string
}

export interface HashList {
  readonly id: string
  readonly class: ListClass
  /** PDQ values within this distance match, both ends included. `never_match` compares at 0 whatever this says. */
  readonly radiusBits: number
  readonly entries: readonly Entry[]
}

/** Meta's advice. The matching index is exact up to here, and beyond it unlike pictures meet, so it is also the most. */
export const DEFAULT_RADIUS_BITS = 31

export const hexDigits: Readonly<Record<Algorithm, number>> = { pdq: 64, md5: 32, sha1: 40, sha256: 64 }

/**
 * The classes a row may bear on a list of each class: its own or a narrower one, which can only lead to less. `csam` alone
 * is ever reported by rule in production, so no row becomes `csam` on a list that is not. `never_match` is no narrower
 * class: such a row would take the force from rows of other lists, so it stands only on lists that were imported for it.
 */
export const rowClasses: Readonly<Record<ListClass, readonly ListClass[]>> = {
  csam: ['csam', 'exploitative', 'generative_ai', 'test'],
  exploitative: ['exploitative', 'generative_ai', 'test'],
  generative_ai: ['generative_ai', 'exploitative', 'test'],
  never_match: ['never_match'],
  test: ['test'],
}

/** Of two classes claimed for one value, the one that leads to more: merging duplicates never loses a duty. */
export function weightier(a: ListClass, b: ListClass): ListClass {
  return weights[a] >= weights[b] ? a : b
}

const weights: Readonly<Record<ListClass, number>> = {
  csam: 4,
  exploitative: 3,
  generative_ai: 2,
  test: 1,
  never_match: 0,
}
