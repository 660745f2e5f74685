// The index as its owner's thread holds it: questions are put together from rings and table, changes go to the list.
import { assertCode, assertId, assertRadius, CODE_BYTES } from './codes.ts'
import { HammingFault } from './fault.ts'
import { type Answer, type Answers, type Figures, type HammingIndex, type Hit, inOrder } from './index.ts'
import type { Living } from './living.ts'
import type { Readers } from './readers.ts'
import { readSnapshot, type Seal, type Unseal, writeSnapshot } from './snapshot.ts'

export class Owner implements HammingIndex {
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
