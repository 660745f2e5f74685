// The compiled kernel: loaded once, at once, from the base64 beside it; one instance for each memory and each thread.
import { BATCH, CODES, HIT_BYTES, type Layout, scratch } from './layout.ts'
import { WASM } from './wasm.generated.ts'
import { Instance, Memory, Module, type SharedMemory } from './webassembly.ts'

export const PAGE_BYTES = 65_536
const MAX_PAGES = 65_536

/** What the kernel exports; the sources and what each function promises are in the folder kernel, ring.ts first. */
export interface Exports {
  useCodes(rows: number, codes: number): void
  useBands(...at: readonly [number, number, number, number, number, number]): void
  useScratch(queries: number, survivors: number, hits: number): void
  touchAs(rows: number): void
  permute(at: number, count: number, table: number): void
  buildBand(band: number): void
  search(count: number, radius: number): number
  scan(count: number, radius: number): number
}

/** Told of each hit, in no order. query: its place in the batch. */
export type OnHit = (query: number, row: number, distance: number) => void

/** Memory that threads share. Growing never moves it, and it never shrinks. RangeError if the system has not so much. */
export function sharedMemory(bytes: number): SharedMemory {
  return new Memory({ initial: Math.ceil(bytes / PAGE_BYTES), maximum: MAX_PAGES, shared: true })
}

const compiled = new Module(Buffer.from(WASM, 'base64'))

export class Kernel {
  readonly calls: Exports
  readonly #queries: Uint8Array
  readonly #hits: Uint32Array
  readonly #queriesAt: number
  #onHit: OnHit = () => {}

  /** slot: which of the memory's scratch areas is this thread's own. */
  constructor(memory: SharedMemory, slot: number) {
    const at = scratch(slot)
    const { exports } = new Instance(compiled, {
      env: { memory },
      hits: { flush: (count: number) => this.#tell(count) },
    })
    this.calls = exports as Exports
    this.calls.useScratch(at.queries, at.survivors, at.hits)
    this.#queriesAt = at.queries
    this.#queries = new Uint8Array(memory.buffer, at.queries, BATCH * 32)
    this.#hits = new Uint32Array(memory.buffer, at.hits, (at.end - at.hits) / 4)
  }

  /** Reads the ring that lies in the memory. */
  useRing(layout: Layout): this {
    this.calls.useCodes(layout.rows, CODES)
    this.calls.useBands(
      layout.offsets,
      layout.offsetsStride,
      layout.sketches,
      layout.sketchesStride,
      layout.places,
      layout.placesStride,
    )
    return this
  }

  /**
   * Looks up any number of codes. table: where in the memory the permutation lies, if the codes there are permuted.
   * Each (query, row) within the radius is told once, however many there are.
   */
  look(
    how: 'search' | 'scan',
    codes: readonly Uint8Array[],
    radius: number,
    table: number | undefined,
    onHit: OnHit,
  ): void {
    for (let first = 0; first < codes.length; first += BATCH) {
      const count = Math.min(BATCH, codes.length - first)
      for (let i = 0; i < count; i++) this.#queries.set(codes[first + i] as Uint8Array, i * 32)
      if (table !== undefined) this.calls.permute(this.#queriesAt, count, table)
      this.#onHit = first === 0 ? onHit : (query, row, distance) => onHit(first + query, row, distance)
      this.#tell(this.calls[how](count, radius))
    }
  }

  #tell(count: number): void {
    for (let i = 0; i < count * (HIT_BYTES / 4); i += 2) {
      const what = this.#hits[i + 1] as number
      this.#onHit(what >>> 16, this.#hits[i] as number, what & 0xffff)
    }
  }
}
