// What a hash list is made of, and which classes its rows may bear.

/** `pdq` compares by distance; the digests compare exactly. */
export const algorithms = ['pdq', 'md5', 'sha1', 'sha256'] as const
export type Algorithm = (typeof algorithms)[number]

/** What a match means, fixed when a list is imported. `never_match` silences, `test` is nothing real. */
export const listClasses = ['csam', 'exploitative', 'generative_ai', 'intimate', 'never_match', 'test'] as const
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

/** What becomes of an entry. It is known by (list, source, entryId); its latest state replaces the former one. */
export type Change =
  | {
      readonly kind: 'put'
      readonly source: string
      readonly entryId: string
      readonly class: ListClass
      readonly label?: string
      /** Members that list or affirm it, its source among them. */
      readonly members: readonly string[]
      /** Lower-case hex by algorithm; one entry may have several. Secrets, as `Entry.value`. */
      readonly values: readonly Value[]
    }
  | { readonly kind: 'remove'; readonly source: string; readonly entryId: string }

export type Put = Change & { readonly kind: 'put' }

export interface Value {
  readonly algorithm: Algorithm
  readonly value: string
}

/** What an operator may choose about a list, at any time. */
export interface ListPolicy {
  /** 0..31. PDQ values within this distance match, both ends included. `never_match` compares within 2 whatever this says. */
  readonly radiusBits: number
  /** 0..100. A picture of less PDQ quality is not compared with this list. */
  readonly leastQuality: number
  /** From so many members on that list or affirm a value it counts; 1 is everything. */
  readonly leastMembers: number
  /** 0..1: the share of traffic whose matches count; matches of the rest are counted and lead to nothing. */
  readonly share: number
  readonly enabled: boolean
}

export interface HashList {
  readonly id: string
  readonly class: ListClass
  /** PDQ values within this distance match, both ends included. `never_match` compares within 2 whatever this says. */
  readonly radiusBits: number
  readonly entries: readonly Entry[]
}

/** Meta's advice. The matching index is exact up to here, and beyond it unlike pictures meet, so it is also the most. */
export const DEFAULT_RADIUS_BITS = 31

/** Under this a picture is so flat that its hash is made of chance. Meta's advice; PDQ, section 1.14. */
const DEFAULT_LEAST_QUALITY = 50

export const DEFAULT_POLICY: ListPolicy = {
  radiusBits: DEFAULT_RADIUS_BITS,
  leastQuality: DEFAULT_LEAST_QUALITY,
  leastMembers: 1,
  share: 1,
  enabled: true,
}

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
  // Never reported, and never anything else: an adult's image must not become a report because a row says so.
  intimate: ['intimate', 'test'],
  never_match: ['never_match'],
  test: ['test'],
}

/** Of two classes claimed for one value, the one that leads to more: merging duplicates never loses a duty. */
export function weightier(a: ListClass, b: ListClass): ListClass {
  return weights[a] >= weights[b] ? a : b
}

const weights: Readonly<Record<ListClass, number>> = {
  csam: 5,
  exploitative: 4,
  generative_ai: 3,
  intimate: 2,
  test: 1,
  never_match: 0,
}
