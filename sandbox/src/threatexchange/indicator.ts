/** What a privacy group holds: indicators, each with the descriptors of those who listed it, and what others think of them. */

/** Types of indicators (hash list sources, ThreatExchange). */
export const indicatorTypes = [
  'HASH_PDQ',
  'HASH_MD5',
  'HASH_VIDEO_MD5',
  'HASH_SHA256',
  'HASH_VIDEO_SHA256',
  'URI',
  'RAW_URI',
  'TEXT_STRING',
] as const
export type IndicatorType = (typeof indicatorTypes)[number]

/** Ways to react; the last is seen on descriptors, and accepted too. */
export const reactions = ['SAW_THIS_TOO', 'HELPFUL', 'NOT_HELPFUL', 'DISAGREE_WITH_TAGS'] as const
export type Reaction = (typeof reactions)[number]

export interface Descriptor {
  readonly id: string
  /** App id of who listed it. */
  readonly ownerId: string
  readonly status: 'MALICIOUS' | 'NON_MALICIOUS' | 'SUSPICIOUS' | 'UNKNOWN'
  readonly tags: readonly string[]
  /** Who reacted, by app id, and how. */
  readonly reactions: readonly { readonly reaction: Reaction; readonly appId: string }[]
}

export interface Indicator {
  readonly id: string
  readonly type: IndicatorType
  readonly indicator: string
  readonly createdMs: number
  readonly descriptors: readonly Descriptor[]
}

const shapes: Readonly<Partial<Record<IndicatorType, RegExp>>> = {
  HASH_PDQ: /^[0-9a-f]{64}$/i,
  HASH_MD5: /^[0-9a-f]{32}$/i,
  HASH_VIDEO_MD5: /^[0-9a-f]{32}$/i,
  HASH_SHA256: /^[0-9a-f]{64}$/i,
  HASH_VIDEO_SHA256: /^[0-9a-f]{64}$/i,
}

/** Whether it calls itself a hash and is none. */
export const isMalformed = ({ type, indicator }: Pick<Indicator, 'type' | 'indicator'>): boolean =>
  shapes[type]?.test(indicator) === false
