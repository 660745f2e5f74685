// The newest entries, in the order of their coming. Every question looks at all of them, so merges keep the table short.
import { CODE_BYTES } from './codes.ts'
import { Kernel, type OnHit, PAGE_BYTES, sharedMemory } from './kernel.ts'
import { CODES } from './layout.ts'
import type { Source } from './merge.ts'
import { IDENTITY } from './permutation.ts'
import { sorted } from './sorted.ts'

export class Table {
  readonly #memory = sharedMemory(CODES + 65_536)
  readonly #kernel = new Kernel(this.#memory, 0)
  /** Rows since the table began, those that left for a ring included: a row keeps its number. */
  #left = 0
  readonly #ids: (number | undefined)[] = []
  readonly #rowOf = new Map<number, number>()
  #codes = this.#view()

  /** Rows, those that are gone included. */
  get rows(): number {
    return this.#ids.length
  }

  get living(): number {
    return this.#rowOf.size
  }

  get bytes(): number {
    return this.#memory.buffer.byteLength
  }

  look(codes: readonly Uint8Array[], radius: number, onRow: OnHit): void {
    if (this.#ids.length === 0) return
    this.#kernel.calls.useCodes(this.#ids.length, CODES)
    this.#kernel.look('scan', codes, radius, undefined, onRow)
  }

  /** The id of a row, undefined if it is gone. */
  entry(row: number): number | undefined {
    return this.#ids[row]
  }

  has(id: number): boolean {
    return this.#rowOf.has(id)
  }

  /** Room for one row more. RangeError if there is no memory for it, and then nothing has changed. */
  reserve(): void {
    if ((this.#ids.length + 1) * CODE_BYTES <= this.#codes.length) return
    this.#memory.grow(Math.ceil(this.#codes.length / PAGE_BYTES))
    this.#codes = this.#view()
  }

  /** After `reserve`. The id must not be there. */
  add(id: number, code: Uint8Array): void {
    this.#codes.set(code, this.#ids.length * CODE_BYTES)
    this.#rowOf.set(id, this.#left + this.#ids.length)
    this.#ids.push(id)
  }

  /** False if the id is not there. */
  remove(id: number): boolean {
    const row = this.#rowOf.get(id)
    if (row === undefined) return false
    this.#rowOf.delete(id)
    this.#ids[row - this.#left] = undefined
    return true
  }

  /** A copy of the first rows as far as they live. */
  source(rows: number): Source {
    const kept = this.#ids.slice(0, rows).flatMap((id, row) => (id === undefined ? [] : [{ id, row }]))
    const codes = new Uint8Array(kept.length * CODE_BYTES)
    for (const [place, { row }] of kept.entries()) {
      codes.set(this.#codes.subarray(row * CODE_BYTES, (row + 1) * CODE_BYTES), place * CODE_BYTES)
    }
    const listed = sorted({ ids: Uint32Array.from(kept, ({ id }) => id), codes })
    return { ...listed, dead: undefined, permutation: IDENTITY }
  }

  /** Forgets the first rows: a ring has them now. */
  drop(rows: number): void {
    for (const id of this.#ids.splice(0, rows)) if (id !== undefined) this.#rowOf.delete(id)
    this.#codes.copyWithin(0, rows * CODE_BYTES, (rows + this.#ids.length) * CODE_BYTES)
    this.#left += rows
  }

  #view(): Uint8Array {
    return new Uint8Array(this.#memory.buffer, CODES)
  }
}
