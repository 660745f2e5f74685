/** What one member listed: an image or a video by its fingerprints, and what others said of it. */

/** Fingerprints that stand in a page as text, by element name. */
export const textKinds = ['md5', 'sha1', 'pdna', 'pdq', 'netclean'] as const
export type TextKind = (typeof textKinds)[number]

/** The nine names in paths (hash list sources, section 10). The last four are large: they come by reference only. */
export const pathKinds = [
  'MD5',
  'SHA1',
  'PDNA',
  'PDQ',
  'NETCLEAN',
  'VIDENTIFIER',
  'TMK_PDQF',
  'SSVH_PDNA',
  'SSVH_SAFER_HASH',
] as const
export type PathKind = (typeof pathKinds)[number]
export type LargeKind = Exclude<PathKind, Uppercase<TextKind>>

export interface Member {
  readonly id: number
  readonly name: string
}

export interface FeedbackGiven {
  readonly memberId: number
  readonly type: PathKind
  readonly atMs: number
  /** Reason guids of negative feedback; null is affirmative. */
  readonly reasons: readonly string[] | null
}

export interface Entry {
  readonly memberId: number
  /** Unique for its member only. */
  readonly id: string
  readonly kind: 'image' | 'video'
  readonly classification: string | null
  readonly fingerprints: Readonly<Partial<Record<TextKind, string>>>
  readonly large: readonly LargeKind[]
  readonly feedback: readonly FeedbackGiven[]
}

const shapes: Readonly<Partial<Record<TextKind, RegExp>>> = {
  md5: /^[0-9a-f]{32}$/i,
  sha1: /^[0-9a-f]{40}$/i,
  pdq: /^[0-9a-f]{64}$/i,
}

/** Those of its MD5, SHA-1 and PDQ values that are none. What PDNA and NETCLEAN look like is not documented. */
export const malformedIn = (fingerprints: Entry['fingerprints']): TextKind[] =>
  textKinds.filter((kind) => {
    const value = fingerprints[kind]
    return value !== undefined && shapes[kind]?.test(value) === false
  })

/** The third spelling of a kind, as in `type="Md5"`. The two longest are our guess. */
export const spokenKind = (kind: PathKind): string =>
  kind
    .split('_')
    .map((word) => `${word.slice(0, 1)}${word.slice(1).toLowerCase()}`)
    .join('')
