/** The seeded entries: made from a number whenever they are looked at, with the awkward cases of a real list in fixed shares. */
import { bytesOf, falls, hexOf, stateOf, wordOf } from '../lists/seeded.ts'
import type { Entry, FeedbackGiven, LargeKind, Member, TextKind } from './entry.ts'

export interface Shares {
  /** Videos among the entries; default 0.1. */
  readonly videos: number
  /** Entries with the fingerprints that another member listed already; default 0.1. */
  readonly shared: number
  /** Entries that other members affirmed; default 0.1. */
  readonly affirmed: number
  /** Entries whose MD5 another member rejected, with a reason; default 0.02. */
  readonly rejected: number
  /** Entries deleted before the story begins; default 0.02. */
  readonly deleted: number
  /** Entries with one fingerprint that is none; default 0. */
  readonly malformed: number
}

export interface Invention {
  readonly seed: number
  readonly members: readonly [Member, ...Member[]]
  readonly shares: Shares
  /** When others said what they said; epoch ms. */
  readonly heardMs: number
  /** Guid of the reason for which an MD5 is rejected. */
  readonly reason: string
}

// Places in an entry's stream of words: below 32 the decisions, from 32 on the fingerprints.
const place = {
  member: 0,
  kind: 1,
  shared: 2,
  copied: 3,
  deleted: 4,
  malformed: 5,
  affirmed: 6,
  grade: 7,
  id: 8,
  pdna: 9,
  rejected: 10,
}
const values = { md5: 32, sha1: 36, pdq: 41, netclean: 49, pdna: 54 }

export const invention = ({ seed, members, shares, heardMs, reason }: Invention) => {
  const memberAt = (index: number): Member =>
    members[((index % members.length) + members.length) % members.length] ?? members[0]

  /** Whose fingerprints entry `index` carries (its own, or an earlier entry's) and which member lists it. */
  const origin = (index: number): { subject: number; member: number } => {
    const state = stateOf(seed, index)
    const member = wordOf(state, place.member) % members.length
    if (index === 0 || members.length < 2 || !falls(wordOf(state, place.shared), shares.shared))
      return { subject: index, member }
    const copied = origin(index - 1 - (wordOf(state, place.copied) % Math.min(index, 1000)))
    return { subject: copied.subject, member: (copied.member + 1 + (member % (members.length - 1))) % members.length }
  }

  /** Two members may use the same id for different things: sixteen in a hundred odd entries take their neighbour's. */
  const idOf = (index: number, member: number): string => {
    const borrows = index % 2 === 1 && falls(wordOf(stateOf(seed, index), place.id), 0.16)
    return `e${borrows && origin(index - 1).member !== member ? index - 1 : index}`
  }

  const first = (index: number): { deleted: boolean; body: Entry } => {
    const own = stateOf(seed, index)
    const { subject, member } = origin(index)
    const state = subject === index ? own : stateOf(seed, subject)
    const kind = falls(wordOf(state, place.kind), shares.videos) ? 'video' : 'image'
    const word = wordOf(own, place.malformed)
    const sound = fingerprintsOf(state, kind)
    const body: Entry = {
      memberId: memberAt(member).id,
      id: idOf(index, member),
      kind,
      classification: grades[wordOf(own, place.grade) % grades.length] ?? null,
      fingerprints: falls(word, shares.malformed) ? spoiled(sound, word) : sound,
      large: kind === 'video' ? (largeKinds[wordOf(state, place.pdna) % largeKinds.length] ?? []) : [],
      feedback: feedbackOf(own, member, kind),
    }
    return { deleted: falls(wordOf(own, place.deleted), shares.deleted), body }
  }

  const feedbackOf = (state: number, member: number, kind: Entry['kind']): readonly FeedbackGiven[] => {
    const word = wordOf(state, place.affirmed)
    const rejected = falls(wordOf(state, place.rejected), shares.rejected)
    const affirmed = falls(word, shares.affirmed)
    if (members.length < 2 || !(affirmed || rejected)) return none
    const types = kind === 'image' ? imageKinds : videoKinds
    const type = types[word % types.length] ?? 'MD5'
    const others = affirmed ? 1 + ((word >>> 8) % Math.min(3, members.length - 1)) : 0
    const given: FeedbackGiven[] = Array.from({ length: others }, (_, step) => {
      return { memberId: memberAt(member + 1 + step).id, type, atMs: heardMs, reasons: null }
    })
    // Members may disagree: what one rejects, another has affirmed by another fingerprint or by the same.
    const critic = memberAt(member + 1 + others)
    if (rejected && critic.id !== memberAt(member).id) {
      given.push({ memberId: critic.id, type: 'MD5', atMs: heardMs, reasons: [reason] })
    }
    return given
  }

  /** Which entry that is, if it is one of the first `count`. */
  const indexOf = (memberId: number, id: string, count: number): number | undefined => {
    const number = /^e(0|[1-9]\d{0,8})$/.exec(id)?.[1]
    if (number === undefined) return undefined
    return [Number(number), Number(number) + 1].find((index) => {
      if (index >= count) return false
      const { member } = origin(index)
      return memberAt(member).id === memberId && idOf(index, member) === id
    })
  }

  return { first, indexOf }
}

const none: readonly FeedbackGiven[] = []
const imageKinds = ['MD5', 'PDQ', 'SHA1'] as const
const videoKinds = ['MD5', 'SHA1'] as const
const grades: readonly (string | null)[] = ['A1', 'A2', 'B1', 'B2', null]
const largeKinds: readonly (readonly LargeKind[])[] = [[], [], ['VIDENTIFIER'], ['TMK_PDQF', 'VIDENTIFIER']]

// One image in sixteen carries a PDNA value and one in sixty-four a NETCLEAN value: a consumer of neither must step over both.
const fingerprintsOf = (state: number, kind: Entry['kind']): Entry['fingerprints'] => {
  const md5 = hexOf(state, values.md5, 4)
  const sha1 = hexOf(state, values.sha1, 5)
  if (kind === 'video') return { md5, sha1 }
  const pdq = hexOf(state, values.pdq, 8)
  const word = wordOf(state, place.pdna)
  if (word % 16 !== 0) return { md5, sha1, pdq }
  const pdna = bytesOf(state, values.pdna, 36).toString('base64')
  return word % 64 === 0
    ? { md5, sha1, pdna, pdq, netclean: hexOf(state, values.netclean, 5) }
    : { md5, sha1, pdna, pdq }
}

/** One value made unfit: not hexadecimal, too short, too long, empty, or another algorithm's. */
const spoiled = (sound: Entry['fingerprints'], word: number): Entry['fingerprints'] => {
  const kinds: readonly TextKind[] = sound.pdq === undefined ? ['md5', 'sha1'] : ['md5', 'sha1', 'pdq']
  const kind = kinds[word % kinds.length] ?? 'md5'
  const value = sound[kind] ?? ''
  const ways = [
    `${value.slice(0, -1)}g`,
    value.slice(0, -1),
    `${value}0`,
    '',
    kind === 'sha1' ? (sound.md5 ?? '') : (sound.sha1 ?? ''),
  ]
  return { ...sound, [kind]: ways[(word >>> 8) % ways.length] ?? '' }
}
