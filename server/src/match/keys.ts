// Which row an entry has: found by (list, source, entry id), as they stand in the opened blocks.
import { type Block, blockRow } from '#lists'
import { bytesHash, mixed, textHash } from './hash.ts'
import type { Rows } from './rows.ts'
import { Table } from './table.ts'

export class Keys {
  readonly #rows: Rows
  readonly #table = new Table()
  #block: Block | undefined
  /** Of the present block's texts, as far as they were asked for. */
  #sources: (number | undefined)[] = []

  constructor(rows: Rows) {
    this.#rows = rows
  }

  get bytes(): number {
    return this.#table.bytes
  }

  /** Gives the entry at `at` this first row; answers its former first row, or -1. */
  put(list: number, block: Block, at: number, row: number): number {
    return this.#table.put(this.#hash(list, block, at), row, this.#same(list, block, at))
  }

  /** Answers the first row that the entry had, or -1. */
  remove(list: number, block: Block, at: number): number {
    return this.#table.remove(this.#hash(list, block, at), this.#same(list, block, at))
  }

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
    return mixed(id ^ mixed(source + list))
  }

  #same(list: number, block: Block, at: number): (row: number) => boolean {
    return (row) => {
      const held = this.#rows.held(row)
      return held.list === list && sameEntry(held.block, this.#rows.at(row), block, at)
    }
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
