// The rows of all lists: where each lies in its opened block. An entry with several values of one algorithm has several rows.
import { type Block, blockRow, type Put, putAt } from '#lists'
import { Column } from './column.ts'

const DEAD = 0x8000_0000

/** A block, and the number of the list that it belongs to. */
export interface Held {
  readonly block: Block
  readonly list: number
}

export class Rows {
  readonly #held: Held[] = []
  readonly #block = new Column()
  readonly #at = new Column()
  #count = 0
  #dead = 0

  /** Rows with their number below this are looked at; the others belong to a change that is not complete yet. */
  visible = 0

  get count(): number {
    return this.#count
  }

  get dead(): number {
    return this.#dead
  }

  get bytes(): number {
    const blocks = this.#held.reduce((sum, { block }) => sum + block.bytes.byteLength, 0)
    return blocks + this.#block.bytes + this.#at.bytes
  }

  /** The number under which rows of the block are added. */
  hold(held: Held): number {
    return this.#held.push(held) - 1
  }

  /** The first of as many rows as the entry at `at` needs. */
  add(held: number, at: number, rows: number): number {
    const first = this.#count
    for (let row = first; row < first + rows; row += 1) {
      this.#block.set(row, held)
      this.#at.set(row, at)
    }
    this.#count += rows
    return first
  }

  /** Whether a question may find it. */
  lives(row: number): boolean {
    return row < this.visible && this.#block.get(row) < DEAD
  }

  /** Takes all rows of an entry away, given its first. */
  bury(first: number): void {
    for (const row of this.ofEntry(first)) {
      const block = this.#block.get(row)
      if (block < DEAD) this.#dead += 1
      this.#block.set(row, (block | DEAD) >>> 0)
    }
  }

  isDead(row: number): boolean {
    return this.#block.get(row) >= DEAD
  }

  held(row: number): Held {
    return this.#held[this.#block.get(row) & ~DEAD] as Held
  }

  at(row: number): number {
    return this.#at.get(row)
  }

  /** Whether it is the first of its entry's rows. */
  isFirst(row: number): boolean {
    return (
      row === 0 ||
      this.at(row - 1) !== this.at(row) ||
      (this.#block.get(row - 1) & ~DEAD) !== (this.#block.get(row) & ~DEAD)
    )
  }

  /** All rows of the entry, given the first of them. */
  *ofEntry(first: number): Generator<number> {
    const { block } = this.held(first)
    const end = first + rowsNeeded(block.bytes, this.at(first))
    for (let row = first; row < end; row += 1) yield row
  }

  /** Which of its entry's rows it is, from 0. */
  ordinal(row: number): number {
    let first = row
    while (!this.isFirst(first)) first -= 1
    return row - first
  }

  put(row: number): Put {
    return putAt(this.held(row).block, this.at(row))
  }

  members(row: number): readonly string[] {
    const { block } = this.held(row)
    return block.members(blockRow.members(block.bytes, this.at(row))).map((number) => block.text(number))
  }
}

/** As many as it has values of the algorithm of which it has most; one at least. */
export function rowsNeeded(bytes: DataView, at: number): number {
  return Math.max(
    1,
    blockRow.count(bytes, at, 'pdq'),
    blockRow.count(bytes, at, 'md5'),
    blockRow.count(bytes, at, 'sha1'),
    blockRow.count(bytes, at, 'sha256'),
  )
}
