// Exact digests of one algorithm: the rows that have a value. Rows of one value form a chain, however many they are.
import { type Algorithm, blockRow, digestBytes } from '#lists'
import { Column } from './column.ts'
import { bytesHash } from './hash.ts'
import { inParts } from './parts.ts'
import type { Rows } from './rows.ts'
import { Table } from './table.ts'

export class Digests {
  readonly #rows: Rows
  readonly #algorithm: Algorithm
  readonly #size: number
  readonly #table = new Table()
  /** The row + 1 that has the same value and came before. */
  readonly #next = new Column()
  /** The value that is sought. */
  #bytes: DataView = new DataView(new ArrayBuffer(0))
  #at = 0

  constructor(rows: Rows, algorithm: Algorithm) {
    this.#rows = rows
    this.#algorithm = algorithm
    this.#size = digestBytes[algorithm]
  }

  get bytes(): number {
    return this.#table.bytes + this.#next.bytes
  }

  /** The row's value, if it has one of this algorithm. */
  add(row: number): void {
    const hash = this.#hash(row)
    if (hash !== 0) this.#put(hash, row)
  }

  /** All rows there are, once. */
  async build(): Promise<void> {
    const hashOf = (row: number) => this.#hash(row)
    const reserve = (count: number) => this.#table.reserve(count)
    await inParts(this.#rows.count, hashOf, reserve, (hash, row) => this.#put(hash, row))
  }

  /** The rows that have exactly this value, gone ones too. */
  *find(digest: Uint8Array): Generator<number> {
    if (digest.length !== this.#size) return
    this.#bytes = new DataView(digest.buffer, digest.byteOffset, digest.byteLength)
    this.#at = 0
    const first = this.#table.find(bytesHash(this.#bytes, 0, this.#size) || 1, this.#isIt)
    for (let row = first; row >= 0; row = this.#next.get(row) - 1) yield row
  }

  /** Nothing of the row is looked at unless another has its hash. */
  #put(hash: number, row: number): void {
    this.#sought = row
    const former = this.#table.put(hash, row, this.#isAlike)
    if (former >= 0) this.#next.set(row, former + 1)
  }

  /** 0 if the row has no value of this algorithm. */
  #hash(row: number): number {
    const { bytes } = this.#rows.held(row).block
    const count = blockRow.count(bytes, this.#rows.at(row), this.#algorithm)
    if (count === 0 || (count === 1 ? !this.#rows.isFirst(row) : this.#rows.ordinal(row) >= count)) return 0
    return bytesHash(bytes, this.#valueAt(row), this.#size) || 1
  }

  #valueAt(row: number): number {
    const { bytes } = this.#rows.held(row).block
    const at = this.#rows.at(row)
    return blockRow.valuesAt(bytes, at, this.#algorithm) + this.#size * this.#rows.ordinal(row)
  }

  #sought = 0
  readonly #isAlike = (row: number): boolean => {
    this.#bytes = this.#rows.held(this.#sought).block.bytes
    this.#at = this.#valueAt(this.#sought)
    return this.#isIt(row)
  }

  readonly #isIt = (row: number): boolean => {
    const { bytes } = this.#rows.held(row).block
    const theirs = this.#valueAt(row)
    for (let byte = 0; byte < this.#size; byte += 4)
      if (bytes.getUint32(theirs + byte, true) !== this.#bytes.getUint32(this.#at + byte, true)) return false
    return true
  }
}
