// An exact near-neighbour index over 256-bit codes: every code within a radius, while the list changes.
import { assertCode, assertId, assertRadius, CODE_BYTES } from './codes.ts'
import { HammingFault } from './fault.ts'
import { type Answer, type Answers, type Hit, type Index, inOrder } from './index.ts'
import { MAX_ROWS } from './layout.ts'
import type { OnFault } from './living.ts'
import { Living } from './living.ts'
import { MAX_THREADS, Readers } from './readers.ts'
import { readSnapshot, type Seal, type Unseal, writeSnapshot } from './snapshot.ts'

export { CODE_BYTES, MAX_ID, MAX_RADIUS } from './codes.ts'
export { type FaultCode, HammingFault, type SnapshotTrouble } from './fault.ts'
export type { Answer, Answers, Hit, Index } from './index.ts'
export { distanceBits, openScan } from './scan.ts'
export type { Seal, Unseal } from './snapshot.ts'

/** All of them have good defaults. */
export interface Options {
  /** Threads that answer `ask` beside this one. 0 (the default): none, and `ask` answers here. At most 15. */
  readonly threads?: number
  /** From so many new entries on, the newest are put into a ring: 1..65536, 2048 by default. */
  readonly tableRows?: number
  /** Entries in one ring, 16777215 at most and by default: a longer list is several rings. */
  readonly ringRows?: number
  /** Told when a merge fails. The list keeps answering, with longer looks at its newest entries, and tries again. */
  readonly onFault?: OnFault
}

/** Bytes are those of shared memory, which holds all but a map of the newest entries. */
export interface Figures {
  readonly entries: number
  /** Entries that every question looks at one by one. */
  readonly tableRows: number
  readonly rings: number
  readonly bytes: number
}

export interface HammingIndex extends Index, AsyncDisposable {
  /** As `withinAll`, by one of the threads: this one stays free. The answer is of the version at the time it comes. */
  ask(codes: readonly Uint8Array[], radius: number): Promise<Answers>
  has(id: number): boolean
  /**
   * Puts a whole list in place of the present one, in one change, made in another thread; until then the present list answers,
   * and changes made meanwhile hold afterwards too. ids: in any order, sorted is faster; codes: 32 bytes for each id. Bytes on a
   * SharedArrayBuffer are not copied and must stay as they are. RangeError if an id is there twice; HammingFault
   * `out_of_memory`; either leaves the list as it was. version: what the list's version becomes, if that is later.
   */
  fill(ids: Uint32Array, codes: Uint8Array, version?: number): Promise<void>
  /** The list of this moment, docs/formats/hamming-snapshot.md. The list may change while it is being written. */
  save(options?: { readonly seal?: Seal }): AsyncGenerator<Uint8Array>
  /** As `fill`, from what `save` gave, in pieces of any length. HammingFault with a SnapshotTrouble if it is not that. */
  load(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, options?: { readonly unseal?: Unseal }): Promise<void>
  /** Resolves when no merge is under way or due. */
  settled(): Promise<void>
  figures(): Figures
  /** Ends the threads. What still waits is refused as `closed`; questions and changes are a bug from here on. */
  close(): Promise<void>
}

/** An empty index. It needs no wait and no file; threads start when they are first needed. */
export function openIndex(options: Options = {}): HammingIndex {
  const { threads = 0, tableRows = 2048, ringRows = MAX_ROWS, onFault = () => {} } = options
  assertOption('threads', threads, 0, MAX_THREADS)
  assertOption('tableRows', tableRows, 1, 65_536)
  assertOption('ringRows', ringRows, 1, MAX_ROWS)
  return new RingIndex(new Living({ tableRows, ringRows }, onFault), new Readers(threads))
}

function assertOption(name: string, value: number, from: number, to: number): void {
  if (!Number.isInteger(value) || value < from || value > to)
    throw new RangeError(`${name} is an integer from ${from} to ${to}`)
}

class RingIndex implements HammingIndex {
  readonly #list: Living
  readonly #readers: Readers

  constructor(list: Living, readers: Readers) {
    this.#list = list
    this.#readers = readers
  }

  get version(): number {
    return this.#list.version
  }

  get size(): number {
    return this.#list.size
  }

  within(code: Uint8Array, radius: number): Answer {
    assertCode(code)
    assertRadius(radius)
    const hits: Hit[] = []
    const codes = [code]
    for (const part of this.#list.parts()) {
      part.look(codes, radius, (_, row, distance) => {
        const id = part.entry(row)
        if (id !== undefined) hits.push({ id, distance })
      })
    }
    return { version: this.version, hits: inOrder(hits) }
  }

  withinAll(codes: readonly Uint8Array[], radius: number): Answers {
    assertQuestion(codes, radius)
    const hits: Hit[][] = codes.map(() => [])
    for (const part of this.#list.parts()) {
      part.look(codes, radius, (query, row, distance) => {
        const id = part.entry(row)
        if (id !== undefined) hits[query]?.push({ id, distance })
      })
    }
    return this.#answers(hits)
  }

  async ask(codes: readonly Uint8Array[], radius: number): Promise<Answers> {
    assertQuestion(codes, radius)
    if (this.#readers.threads === 0 || codes.length === 0) return this.withinAll(codes, radius)
    const kept = codes.map((code) => code.slice())
    const rings = this.#list.rings
    const found = await this.#readers.ask(rings, kept, radius)
    // A merge came between: rows have other numbers now, so the question is put anew. Some five times in 10,000 changes.
    if (rings !== this.#list.rings) return this.withinAll(kept, radius)
    const hits: Hit[][] = kept.map(() => [])
    for (let i = 0; i < found.length; i += 4) {
      const [query, ring, row, distance] = found.subarray(i, i + 4) as unknown as [number, number, number, number]
      const id = rings[ring]?.entry(row)
      if (id !== undefined) hits[query]?.push({ id, distance })
    }
    const table = this.#list.table
    table.look(kept, radius, (query, row, distance) => {
      const id = table.entry(row)
      if (id !== undefined) hits[query]?.push({ id, distance })
    })
    return this.#answers(hits)
  }

  has(id: number): boolean {
    assertId(id)
    return this.#list.has(id)
  }

  add(id: number, code: Uint8Array): boolean {
    assertId(id)
    assertCode(code)
    return this.#list.add(id, code)
  }

  replace(id: number, code: Uint8Array): boolean {
    assertId(id)
    assertCode(code)
    return this.#list.replace(id, code)
  }

  remove(id: number): boolean {
    assertId(id)
    return this.#list.remove(id)
  }

  async fill(ids: Uint32Array, codes: Uint8Array, version = 0): Promise<void> {
    if (codes.length !== ids.length * CODE_BYTES) throw new RangeError('codes take 32 bytes for each id')
    await this.#list.fill({ ids: shared(ids), codes: shared(codes) }, version)
  }

  save({ seal }: { readonly seal?: Seal } = {}): AsyncGenerator<Uint8Array> {
    return writeSnapshot(this.#list.sources(), this.size, this.version, seal)
  }

  async load(
    source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    { unseal }: { readonly unseal?: Unseal } = {},
  ): Promise<void> {
    const { ids, codes, version } = await readSnapshot(source, unseal)
    await this.fill(ids, codes, version)
  }

  settled(): Promise<void> {
    return this.#list.settled()
  }

  figures(): Figures {
    const { rings, table } = this.#list
    const bytes = rings.reduce((sum, ring) => sum + ring.bytes, table.bytes)
    return { entries: this.size, tableRows: table.rows, rings: rings.length, bytes }
  }

  async close(): Promise<void> {
    await Promise.all([this.#list.close(), this.#readers.close()])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #answers(hits: Hit[][]): Answers {
    for (const some of hits) inOrder(some)
    return { version: this.version, hits }
  }
}

function assertQuestion(codes: readonly Uint8Array[], radius: number): void {
  for (const code of codes) assertCode(code)
  assertRadius(radius)
}

/** The same bytes where another thread reads them without a copy of its own. */
function shared<T extends Uint8Array | Uint32Array>(bytes: T): T {
  if (bytes.buffer instanceof SharedArrayBuffer && bytes.byteOffset % 8 === 0) return bytes
  try {
    const copy = new (bytes.constructor as new (buffer: SharedArrayBuffer) => T)(
      new SharedArrayBuffer(bytes.byteLength),
    )
    copy.set(bytes)
    return copy
  } catch (cause) {
    throw new HammingFault('out_of_memory', { cause })
  }
}
