// Which entries were seen, in some 25 bytes each: 96 bits of a SHA-256 of their keys, so that no two are taken for one.
import { hash } from 'node:crypto'

const PARTS = 256
const WORDS = 3
const FIRST_SLOTS = 16

export class KeySet {
  /** Three words a slot; all of them 0 is free. */
  readonly #parts: Uint32Array[] = Array.from({ length: PARTS }, () => new Uint32Array(WORDS * FIRST_SLOTS))
  readonly #taken = new Uint32Array(PARTS)

  /** False if it was there already. */
  add(key: string): boolean {
    const digest = hash('sha256', key, 'buffer')
    const words = [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8)] as const
    const number = digest[12] ?? 0
    let part = this.#parts[number] as Uint32Array
    const at = place(part, words)
    if (part[at] === words[0] && part[at + 1] === words[1] && part[at + 2] === words[2]) return false
    const taken = (this.#taken[number] as number) + 1
    this.#taken[number] = taken
    if (taken * WORDS * 3 > part.length * 2) {
      part = grown(part)
      this.#parts[number] = part
    }
    part.set(words, place(part, words))
    return true
  }
}

type Words = readonly [number, number, number]

/** Where the words stand, or the free slot where they would. */
function place(part: Uint32Array, [one, two, three]: Words): number {
  const slots = part.length / WORDS
  for (let slot = one & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
    const at = slot * WORDS
    const isFree = part[at] === 0 && part[at + 1] === 0 && part[at + 2] === 0
    if (isFree || (part[at] === one && part[at + 1] === two && part[at + 2] === three)) return at
  }
}

function grown(part: Uint32Array): Uint32Array {
  const twice = new Uint32Array(part.length * 2)
  for (let at = 0; at < part.length; at += WORDS) {
    const words = [part[at], part[at + 1], part[at + 2]] as unknown as Words
    if (words[0] !== 0 || words[1] !== 0 || words[2] !== 0) twice.set(words, place(twice, words))
  }
  return twice
}
