// All lists in memory: opened blocks, tables that lead into them, and one index over all PDQ values. It changes while it is
// asked: a change is laid beside what is there, in slices, and becomes visible as a whole.
import { setImmediate } from 'node:timers/promises'
import { CODE_BYTES, HammingFault, type HammingIndex, openIndex } from '@wardline/hamming'
import { Fault, type Log } from '#base'
import { type Block, blockRow, type ListClass, type ListPolicy, openBlock } from '#lists'
import { Digests } from './digests.ts'
import { Keys } from './keys.ts'
import { Rows, rowsNeeded } from './rows.ts'

/** What is said of a list beside its entries. */
export interface ListHead {
  readonly id: string
  readonly class: ListClass
  readonly policy: ListPolicy
  /** Tells a list from one that had its name before. */
  readonly createdAt?: number
}

/** Laid in one go: some milliseconds, so that answers are given between two slices. */
const ROWS_A_SLICE = 512
/** The same, where a row takes some ten nanoseconds. */
const ROWS_A_TURN = 32_768

export const exactAlgorithms = ['md5', 'sha1', 'sha256'] as const

export class Catalogue implements AsyncDisposable {
  readonly rows = new Rows()
  readonly digests = {
    md5: new Digests(this.rows, 'md5'),
    sha1: new Digests(this.rows, 'sha1'),
    sha256: new Digests(this.rows, 'sha256'),
  }
  readonly index: HammingIndex
  readonly #keys = new Keys(this.rows)
  readonly #numbers = new Map<string, number>()
  #heads: readonly ListHead[] = []
  readonly #entries: number[] = []
  /** First rows of entries that are replaced or removed by the change under way. */
  #dying: number[] = []
  #counts: number[] = []
  #filled = false
  #broken = false
  /** Rows that the log itself had replaced already: they would be there again. */
  #deadAtFirst: number | undefined
  version = 0

  constructor(log: Log) {
    this.index = openIndex({
      onFault: (fault) =>
        log.warn({ code: fault.code }, 'the index of the hash lists could not be tidied; it goes on as it is'),
    })
  }

  /** Of the list with this number. */
  head(list: number): ListHead {
    return this.#heads[list] as ListHead
  }

  get heads(): readonly ListHead[] {
    return this.#heads
  }

  entriesOf(list: number): number {
    return this.#entries[list] ?? 0
  }

  /** Entries of all lists. */
  get size(): number {
    return this.#entries.reduce((sum, entries) => sum + entries, 0)
  }

  /** Shared memory of the index, opened blocks and tables. */
  get bytes(): number {
    const { md5, sha1, sha256 } = this.digests
    const tables = this.#keys.bytes + md5.bytes + sha1.bytes + sha256.bytes
    return this.rows.bytes + tables + this.index.figures().bytes
  }

  /** Of all rows, the share that was replaced or removed since the beginning: what another catalogue would be rid of. */
  get wasted(): number {
    return this.rows.count === 0 ? 0 : (this.rows.dead - (this.#deadAtFirst ?? 0)) / this.rows.count
  }

  /** The lists there are. */
  get lists(): readonly { readonly id: string; readonly entries: number }[] {
    return [...this.#numbers].map(([id, list]) => ({ id, entries: this.entriesOf(list) }))
  }

  policyOf(listId: string): ListPolicy | undefined {
    return this.#heads[this.#numbers.get(listId) ?? -1]?.policy
  }

  /**
   * The lists there are from now on. A list keeps its number. One that is not named any more is asked no longer, and if it comes
   * back it is another.
   */
  setHeads(heads: readonly ListHead[]): void {
    const all = [...this.#heads].map((head) => ({ ...head, policy: { ...head.policy, enabled: false } }))
    const named = new Map(heads.map(({ id, createdAt }) => [id, createdAt]))
    for (const [id, list] of this.#numbers) {
      if (named.has(id) && named.get(id) === this.#heads[list]?.createdAt) continue
      this.#numbers.delete(id)
      this.#entries[list] = 0
    }
    for (const head of heads) {
      const number = this.#numbers.get(head.id) ?? all.length
      this.#numbers.set(head.id, number)
      all[number] = head
    }
    this.#heads = all
  }

  /**
   * Lays a block of a list beside what is there. Nothing of it is seen before `publish`. When it throws, the catalogue answers as
   * before, and takes no more changes: another is to be opened in its place. Faults: `lists_too_large`, `block_unreadable`.
   */
  async lay(listId: string, bytes: Uint8Array): Promise<void> {
    const list = this.#numbers.get(listId)
    if (list === undefined) throw new Error('a block came of a list that nothing was said of')
    const block = openBlock(bytes)
    try {
      const held = this.rows.hold({ block, list })
      let at = block.begin
      for (let laid = 0; at < block.end; laid += 1) {
        if (laid % ROWS_A_SLICE === ROWS_A_SLICE - 1) await setImmediate()
        this.#layRow(list, block, held, at)
        at = blockRow.next(block.bytes, at)
      }
    } catch (cause) {
      this.#broken = true
      throw orTooLarge(cause)
    }
  }

  /** A change could not be laid: it answers as before, and takes no more. */
  get broken(): boolean {
    return this.#broken
  }

  /** Makes everything visible that was laid, at once; then forgets what it replaced. */
  async publish(version: number): Promise<void> {
    const dying = this.#dying
    this.#dying = []
    for (const first of dying) this.rows.bury(first)
    // Of a list that is gone meanwhile nothing counts any more.
    for (const list of this.#numbers.values()) this.#entries[list] = this.entriesOf(list) + (this.#counts[list] ?? 0)
    this.#counts = []
    this.#deadAtFirst ??= this.rows.dead
    this.rows.visible = this.rows.count
    this.version = version
    if (!this.#filled) return
    let removed = 0
    for (const first of dying)
      for (const row of this.rows.ofEntry(first)) {
        if (removed++ % ROWS_A_SLICE === ROWS_A_SLICE - 1) await setImmediate()
        this.index.remove(row)
      }
  }

  /**
   * Once, before the first question: makes the tables, and in another thread the index, of all that was laid. Faults:
   * `lists_too_large`.
   */
  async fill(): Promise<void> {
    try {
      const printed = await this.#printed()
      const codes = new Uint32Array(new SharedArrayBuffer(printed.length * CODE_BYTES))
      for (const [place, row] of printed.entries()) {
        if (place % ROWS_A_TURN === 0) await setImmediate()
        const { bytes } = this.rows.held(row).block
        const from = codeAt(this.rows, row)
        for (let word = 0; word < 8; word += 1) codes[place * 8 + word] = bytes.getUint32(from + 4 * word, true)
      }
      const filling = this.index.fill(printed, new Uint8Array(codes.buffer))
      // Awaited below; what goes wrong earlier must not leave it alone.
      filling.catch(() => {})
      const gone: number[] = []
      await this.#keys.build((first) => {
        gone.push(first)
        this.#count(this.rows.held(first).list, -1)
      })
      for (const algorithm of exactAlgorithms) await this.digests[algorithm].build()
      await filling
      this.#filled = true
      this.#dying.push(...gone)
    } catch (cause) {
      throw orTooLarge(cause)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.index.close()
  }

  /** The rows that have a PDQ value, in their order. */
  async #printed(): Promise<Uint32Array> {
    const printed = new Uint32Array(this.rows.count)
    let count = 0
    for (let row = 0; row < this.rows.count; row += 1) {
      if (row % ROWS_A_TURN === 0) await setImmediate()
      if (hasCode(this.rows, row)) printed[count++] = row
    }
    return printed.subarray(0, count)
  }

  #layRow(list: number, block: Block, held: number, at: number): void {
    const { bytes } = block
    if (blockRow.isRemoval(bytes, at)) {
      // Before the tables are there, a removal is a row as well: they are made of rows, in their order.
      if (!this.#filled) this.rows.bury(this.rows.add(held, at, 1))
      else this.#die(list, this.#keys.remove(list, block, at))
      return
    }
    const count = rowsNeeded(bytes, at)
    const first = this.rows.add(held, at, count)
    this.#count(list, 1)
    if (!this.#filled) return
    this.#die(list, this.#keys.put(list, block, at, first))
    for (let row = first; row < first + count; row += 1) {
      for (const algorithm of exactAlgorithms) this.digests[algorithm].add(row)
      if (hasCode(this.rows, row)) this.index.add(row, codeOf(this.rows, row))
    }
  }

  #die(list: number, first: number): void {
    if (first < 0) return
    this.#dying.push(first)
    this.#count(list, -1)
  }

  #count(list: number, more: number): void {
    this.#counts[list] = (this.#counts[list] ?? 0) + more
  }
}

/** Where the row's PDQ value lies in its block. */
function codeAt(rows: Rows, row: number): number {
  const { block } = rows.held(row)
  const at = rows.at(row)
  const from = blockRow.valuesAt(block.bytes, at, 'pdq')
  return blockRow.count(block.bytes, at, 'pdq') === 1 ? from : from + CODE_BYTES * rows.ordinal(row)
}

/** The row's PDQ value, in place. */
export function codeOf(rows: Rows, row: number): Uint8Array {
  const { bytes } = rows.held(row).block
  return new Uint8Array(bytes.buffer, bytes.byteOffset + codeAt(rows, row), CODE_BYTES)
}

function hasCode(rows: Rows, row: number): boolean {
  const prints = blockRow.count(rows.held(row).block.bytes, rows.at(row), 'pdq')
  return prints > 0 && (prints === 1 ? rows.isFirst(row) : rows.ordinal(row) < prints)
}

/** Fault `lists_too_large` for a lack of memory; anything else as it was. */
export function orTooLarge(cause: unknown): unknown {
  const lacked = (cause instanceof HammingFault && cause.code === 'out_of_memory') || cause instanceof RangeError
  if (!lacked) return cause
  const words = 'the hash lists do not fit into this machine’s memory: give it more, or take a list away'
  return new Fault('lists_too_large', words, { retry: 'ask_a_person', cause })
}
