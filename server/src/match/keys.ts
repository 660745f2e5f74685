// Which row an entry has: found by (list, source, entry id), as they stand in the opened blocks.
import { type Block, blockRow } from '#lists'
import { bytesHash, mixed, textHash } from './hash.ts'
import { inParts } from './parts.ts'
import type { Rows } from './rows.ts'
import { Table } from './table.ts'

export class Keys {
  readonly #rows: Rows
  readonly #table = new Table()
  #block: Block | undefined
  /** Hashes of the present block's texts, as far as they were asked for. */
  #sources: (number | undefined)[] = []
  /** The entry that is sought. */
  #list = 0
  #sought: Block | undefined
  #at = 0

  constructor(rows: Rows) {
    this.#rows = rows
  }

  get bytes(): number {
    return this.#table.bytes
  }

  /** Gives the entry at `at` this first row; answers its former first row, or -1. */
  put(list: number, block: Block, at: number, row: number): number {
    this.#seek(list, block, at)
    return this.#table.put(this.#hash(list, block, at), row, this.#isIt)
  }

  /** Answers the first row that the entry had, or -1. */
  remove(list: number, block: Block, at: number): number {
    this.#seek(list, block, at)
    return this.#table.remove(this.#hash(list, block, at), this.#isIt)
  }

  /** All rows there are, once; those that are dead are removals. replaced: the first row of an entry that a later one, or a removal, takes the place of. */
  async build(replaced: (first: number) => void): Promise<void> {
    const rows = this.#rows
    const hashOf = (row: number) => {
      if (!rows.isFirst(row)) return 0
      const { list, block } = rows.held(row)
      return this.#hash(list, block, rows.at(row))
    }
    // Nothing of the row is looked at unless another has its hash: rows lie far apart here.
    let sought = 0
    const isIt = (row: number) => {
      const { list, block } = rows.held(sought)
      this.#seek(list, block, rows.at(sought))
      return this.#isIt(row)
    }
    const hasRemovals = rows.dead > 0
    const visit = (hash: number, row: number) => {
      sought = row
      const isRemoval = hasRemovals && rows.isDead(row)
      const former = isRemoval ? this.#table.remove(hash, isIt) : this.#table.put(hash, row, isIt)
      if (former >= 0) replaced(former)
    }
    await inParts(rows.count, hashOf, (count) => this.#table.reserve(count), visit)
  }

  /** Never 0. */
  #hash(list: number, block: Block, at: number): number {
    if (this.#block !== block) {
      this.#block = block
      this.#sources = []
    }
    const number = blockRow.source(block.bytes, at)
    let source = this.#sources[number]
    if (source === undefined) {
      source = textHash(block.text(number))
      this.#sources[number] = source
    }
    const id = bytesHash(block.bytes, blockRow.idAt(block.bytes, at), blockRow.idBytes(block.bytes, at))
    return mixed(id ^ mixed(source + list)) || 1
  }

  #seek(list: number, block: Block, at: number): void {
    this.#list = list
    this.#sought = block
    this.#at = at
  }

  readonly #isIt = (row: number): boolean => {
    const held = this.#rows.held(row)
    return held.list === this.#list && sameEntry(held.block, this.#rows.at(row), this.#sought as Block, this.#at)
  }
}

function sameEntry(one: Block, oneAt: number, other: Block, otherAt: number): boolean {
  const length = blockRow.idBytes(one.bytes, oneAt)
  if (length !== blockRow.idBytes(other.bytes, otherAt)) return false
  const from = blockRow.idAt(one.bytes, oneAt)
  const to = blockRow.idAt(other.bytes, otherAt)
  for (let byte = 0; byte < length; byte += 1)
    if (one.bytes.getUint8(from + byte) !== other.bytes.getUint8(to + byte)) return false
  return one.text(blockRow.source(one.bytes, oneAt)) === other.text(blockRow.source(other.bytes, otherAt))
}
