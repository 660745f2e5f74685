// Exact digests of one algorithm: the rows that have a value. Rows of one value form a chain, however many they are.
import { type Algorithm, blockRow, digestBytes } from '#lists'
import { Column } from './column.ts'
import { bytesHash } from './hash.ts'
import type { Rows } from './rows.ts'
import { Table } from './table.ts'

export class Digests {
  readonly #rows: Rows
  readonly #algorithm: Algorithm
  readonly #size: number
  readonly #table = new Table()
  /** The row + 1 that has the same value and came before. */
  readonly #next = new Column()

  constructor(rows: Rows, algorithm: Algorithm) {
    this.#rows = rows
    this.#algorithm = algorithm
    this.#size = digestBytes[algorithm]
  }

  get bytes(): number {
    return this.#table.bytes + this.#next.bytes
  }

  /** The value of the row, which lies at `at` of its block's bytes. */
  add(bytes: DataView, at: number, row: number): void {
    const former = this.#table.put(bytesHash(bytes, at, this.#size), row, this.#same(bytes, at))
    if (former >= 0) this.#next.set(row, former + 1)
  }

  /** The rows that have exactly this value, gone ones too. */
  *find(digest: Uint8Array): Generator<number> {
    const bytes = new DataView(digest.buffer, digest.byteOffset, digest.byteLength)
    if (bytes.byteLength !== this.#size) return
    const first = this.#table.find(bytesHash(bytes, 0, this.#size), this.#same(bytes, 0))
    for (let row = first; row >= 0; row = this.#next.get(row) - 1) yield row
  }

  #same(bytes: DataView, at: number): (row: number) => boolean {
    return (row) => {
      const { block } = this.#rows.held(row)
      const theirs =
        blockRow.valuesAt(block.bytes, this.#rows.at(row), this.#algorithm) + this.#size * this.#rows.ordinal(row)
      for (let byte = 0; byte < this.#size; byte += 4)
        if (block.bytes.getUint32(theirs + byte, true) !== bytes.getUint32(at + byte, true)) return false
      return true
    }
  }
}
