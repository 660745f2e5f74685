/** The seeded indicators: made from a number whenever they are looked at. */
import { falls, hexOf, stateOf, wordOf } from '../lists/seeded.ts'
import type { Descriptor, Indicator, IndicatorType } from './indicator.ts'

export interface SignalShares {
  /** Indicators that more than one owner listed; default 0.1. */
  readonly shared: number
  /** With reactions; default 0.1. */
  readonly reacted: number
  /** Deleted before the story begins; default 0.02. */
  readonly deleted: number
  /** Hashes that are none; default 0. */
  readonly malformed: number
}

const place = { type: 0, shared: 1, reacted: 2, deleted: 3, malformed: 4, owner: 5, status: 6 }
const firstIndicator = 2_000_000_000_000_000
const firstDescriptor = 3_000_000_000_000_000
const mostDescriptors = 8

export const indicatorId = (index: number): string => String(firstIndicator + index)

/** nth: 0..7. */
export const descriptorId = (index: number, nth: number): string =>
  String(firstDescriptor + index * mostDescriptors + nth)

export const indexOfIndicator = (id: string): number | undefined => numberIn(id, firstIndicator)

export const indexOfDescriptor = (id: string): number | undefined => {
  const number = numberIn(id, firstDescriptor)
  return number === undefined ? undefined : Math.floor(number / mostDescriptors)
}

const numberIn = (id: string, first: number): number | undefined => {
  const number = /^[1-9]\d{15}$/.test(id) ? Number(id) - first : -1
  return number >= 0 && number < 2 ** 32 * mostDescriptors ? number : undefined
}

export const invention =
  (seed: number, owners: readonly string[], shares: SignalShares, createdMs: number) =>
  (index: number): { deleted: boolean; body: Indicator } => {
    const state = stateOf(seed, index)
    const { type, tag } = kinds[wordOf(state, place.type) % kinds.length] ?? pdq
    const word = wordOf(state, place.malformed)
    const sound = hashOf(type, state)
    return {
      deleted: falls(wordOf(state, place.deleted), shares.deleted),
      body: {
        id: indicatorId(index),
        type,
        indicator: falls(word, shares.malformed) ? (spoiled(sound)[word % 4] ?? '') : sound,
        createdMs,
        descriptors: descriptorsOf(index, state, tag, owners, shares),
      },
    }
  }

interface Kind {
  readonly type: IndicatorType
  readonly tag: string
}

const pdq: Kind = { type: 'HASH_PDQ', tag: 'media_type_photo' }
// A video's MD5 comes under its own type, or as an MD5 with a tag: both occur.
const kinds: readonly Kind[] = [
  ...Array.from({ length: 10 }, () => pdq),
  { type: 'HASH_MD5', tag: 'media_type_photo' },
  { type: 'HASH_MD5', tag: 'media_type_video' },
  { type: 'HASH_VIDEO_MD5', tag: 'media_type_video' },
  { type: 'HASH_SHA256', tag: 'media_type_photo' },
  { type: 'HASH_SHA256', tag: 'media_type_video' },
  { type: 'URI', tag: 'media_type_url' },
]

const hashOf = (type: IndicatorType, state: number): string => {
  if (type === 'HASH_MD5' || type === 'HASH_VIDEO_MD5') return hexOf(state, 32, 4)
  const hex = hexOf(state, 36, 8)
  return type.startsWith('HASH') ? hex : `https://example.invalid/${hex.slice(0, 8)}`
}

const spoiled = (sound: string): readonly string[] => [`${sound.slice(0, -1)}g`, sound.slice(0, -1), `${sound}0`, '']

const descriptorsOf = (
  index: number,
  state: number,
  tag: string,
  owners: readonly string[],
  shares: SignalShares,
): readonly Descriptor[] => {
  const sharedWord = wordOf(state, place.shared)
  const count = falls(sharedWord, shares.shared) ? Math.min(owners.length, 2 + (sharedWord % 2)) : 1
  const first = wordOf(state, place.owner) % owners.length
  const ownerAt = (step: number): string => owners[(first + step) % owners.length] ?? ''
  const reactedWord = wordOf(state, place.reacted)
  const reacted = falls(reactedWord, shares.reacted)
    ? ([{ reaction: reactedWord % 4 === 0 ? 'DISAGREE_WITH_TAGS' : 'HELPFUL', appId: ownerAt(count) }] as const)
    : []
  return Array.from({ length: count }, (_, nth) => ({
    id: descriptorId(index, nth),
    ownerId: ownerAt(nth),
    // One in thirty-two says that it is harmless.
    status: wordOf(state, place.status + nth) % 32 === 0 ? 'NON_MALICIOUS' : 'MALICIOUS',
    tags: nth === 0 || tag === 'media_type_video' ? [tag] : [],
    reactions: nth === 0 ? reacted : [],
  }))
}
