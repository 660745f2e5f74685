/**
 * Values made from a seed and a place, without state: a list of a million entries need not be kept to be served twice alike.
 * They are random words, so they are the hash of no picture.
 */

/** A word per (seed, index): for one seed no two indexes share it, so no two entries get the same values by accident. */
export const stateOf = (seed: number, index: number): number => stirred(Math.imul(seed, 0x9e3779b1) + index + 1)

/** The word number `place` of an entry, 0..2^32-1. */
export const wordOf = (state: number, place: number): number => stirred(state + Math.imul(place + 1, 0x9e3779b9)) >>> 0

/** Whether something that `share` (0..1) of all entries have is so for this one. */
export const falls = (word: number, share: number): boolean => word < share * 4_294_967_296

/** `words` 32-bit words from `place` on, as lower-case hexadecimal, eight digits each. */
export const hexOf = (state: number, place: number, words: number): string => {
  let text = ''
  for (let at = place; at < place + words; at++) {
    const word = wordOf(state, at)
    text += `${quads[word >>> 16]}${quads[word & 0xffff]}`
  }
  return text
}

/** As hexOf, as bytes. */
export const bytesOf = (state: number, place: number, words: number): Buffer =>
  Buffer.from(hexOf(state, place, words), 'hex')

// Every step is a bijection of the 32-bit words (murmur3's last mile).
const stirred = (value: number): number => {
  let word = value | 0
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
  return word ^ (word >>> 16)
}

const quads: readonly string[] = Array.from({ length: 65_536 }, (_, value) => value.toString(16).padStart(4, '0'))
