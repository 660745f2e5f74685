// A ring as its readers see it: codes that never change, and the rows that are gone since.
import { CODE_BYTES, RING_RADIUS } from './codes.ts'
import { Kernel, type OnHit } from './kernel.ts'
import { CODES, type Layout, layoutOf, TABLE } from './layout.ts'
import { type Built, isDead, type Source } from './merge.ts'
import { setBit } from './permutation.ts'

export class Ring {
  readonly built: Built
  readonly #layout: Layout
  readonly #kernel: Kernel
  readonly #ids: Uint32Array
  readonly #dead: Uint8Array
  #deadRows = 0

  /** slot: the scratch area of the thread that reads. */
  constructor(built: Built, slot: number) {
    this.built = built
    this.#layout = layoutOf(built.rows)
    this.#kernel = new Kernel(built.memory, slot).useRing(this.#layout)
    this.#ids = new Uint32Array(built.memory.buffer, this.#layout.ids, built.rows)
    this.#dead = new Uint8Array(Math.ceil(built.rows / 8))
  }

  get living(): number {
    return this.built.rows - this.#deadRows
  }

  get bytes(): number {
    return this.built.memory.buffer.byteLength + this.#dead.length
  }

  /** Each row within the radius once, those that are gone too: `entry` tells. */
  look(codes: readonly Uint8Array[], radius: number, onRow: OnHit): void {
    this.#kernel.look(radius <= RING_RADIUS ? 'search' : 'scan', codes, radius, TABLE, onRow)
  }

  /** The id of a row, undefined if it is gone. */
  entry(row: number): number | undefined {
    return isDead(this.#dead, row) ? undefined : this.#ids[row]
  }

  has(id: number): boolean {
    return this.#rowOf(id) !== undefined
  }

  /** False if the id is not there. */
  remove(id: number): boolean {
    const row = this.#rowOf(id)
    if (row === undefined) return false
    setBit(this.#dead, row)
    this.#deadRows++
    return true
  }

  /** What a merge reads: the rows that live now. */
  source(): Source {
    return {
      ids: this.#ids,
      codes: new Uint8Array(this.built.memory.buffer, CODES, this.built.rows * CODE_BYTES),
      dead: this.#deadRows === 0 ? undefined : this.#dead.slice(),
      permutation: this.built.permutation,
    }
  }

  #rowOf(id: number): number | undefined {
    let low = 0
    let high = this.#ids.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#ids[middle] as number) < id) low = middle + 1
      else high = middle
    }
    return this.#ids[low] === id && !isDead(this.#dead, low) ? low : undefined
  }
}
