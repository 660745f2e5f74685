// Rows found by a 32-bit hash: open addressing in 256 parts, so that growing never holds the event loop for long.

const PARTS = 256
const FIRST_SLOTS = 16
const GONE = 0xffff_ffff

/** Tells whether the row is the one that is sought; asked only where the hashes agree. */
export type IsIt = (row: number) => boolean

/** Which part a hash belongs to, 0..255. */
export const partOf = (hash: number): number => hash & (PARTS - 1)

export class Table {
  /** Two words a slot: the hash, and the row + 1. 0 is free, GONE was once taken. */
  readonly #parts: Uint32Array[] = Array.from({ length: PARTS }, () => new Uint32Array(2 * FIRST_SLOTS))
  readonly #taken = new Uint32Array(PARTS)

  get bytes(): number {
    return this.#parts.reduce((sum, part) => sum + part.byteLength, 0)
  }

  /** Makes room for so many rows at once, in an empty table. */
  reserve(rows: number): void {
    let slots = FIRST_SLOTS
    // A part may have some more than its share.
    while (slots * 2 < (rows / PARTS) * 3.2) slots *= 2
    for (let part = 0; part < PARTS; part += 1) this.#parts[part] = new Uint32Array(2 * slots)
  }

  /** -1 if there is none. */
  find(hash: number, isIt: IsIt): number {
    const part = this.#partOf(hash)
    const at = place(part, hash, isIt)
    return at < 0 ? -1 : (part[at + 1] as number) - 1
  }

  /** Puts the row in the place of the one that it is the same as, whose number it answers; -1 if there was none. */
  put(hash: number, row: number, isIt: IsIt): number {
    const part = this.#partOf(hash)
    const at = place(part, hash, isIt)
    if (at >= 0) {
      const former = (part[at + 1] as number) - 1
      part[at + 1] = row + 1
      return former
    }
    const number = hash & (PARTS - 1)
    const taken = (this.#taken[number] as number) + 1
    this.#taken[number] = taken
    // Beyond two thirds the searches get long.
    if (taken * 3 > part.length) this.#grow(number)
    insert(this.#partOf(hash), hash, row + 1)
    return -1
  }

  /** Answers the row that was there, -1 if none. */
  remove(hash: number, isIt: IsIt): number {
    const part = this.#partOf(hash)
    const at = place(part, hash, isIt)
    if (at < 0) return -1
    const former = (part[at + 1] as number) - 1
    part[at + 1] = GONE
    return former
  }

  #partOf(hash: number): Uint32Array {
    return this.#parts[hash & (PARTS - 1)] as Uint32Array
  }

  #grow(number: number): void {
    const former = this.#parts[number] as Uint32Array
    let living = 0
    for (let at = 1; at < former.length; at += 2) if (former[at] !== 0 && former[at] !== GONE) living += 1
    let slots = FIRST_SLOTS
    while (slots < 2 * (living + 1)) slots *= 2
    const grown = new Uint32Array(2 * slots)
    for (let at = 0; at < former.length; at += 2) {
      const row = former[at + 1] as number
      if (row !== 0 && row !== GONE) insert(grown, former[at] as number, row)
    }
    this.#parts[number] = grown
    this.#taken[number] = living + 1
  }
}

/** Where the sought row's slot begins, -1 if it is not there. */
function place(part: Uint32Array, hash: number, isIt: IsIt): number {
  const mask = part.length - 1
  for (let at = firstSlot(part, hash); ; at = (at + 2) & mask) {
    const row = part[at + 1] as number
    if (row === 0) return -1
    if (part[at] === hash && row !== GONE && isIt(row - 1)) return at
  }
}

function insert(part: Uint32Array, hash: number, row: number): void {
  const mask = part.length - 1
  let at = firstSlot(part, hash)
  while (part[at + 1] !== 0) at = (at + 2) & mask
  part[at] = hash
  part[at + 1] = row
}

/** The low bits have chosen the part already. */
function firstSlot(part: Uint32Array, hash: number): number {
  return ((hash >>> 8) * 2) & (part.length - 1)
}
