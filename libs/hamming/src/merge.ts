// Makes rings of sources: rings, a table's rows, a list from outside. Pure but for the memory it takes; runs in a worker thread.
import { CODE_BYTES } from './codes.ts'
import { Kernel, sharedMemory } from './kernel.ts'
import { BANDS, CODES, type Layout, layoutOf, SLOTS, scratch, TABLE } from './layout.ts'
import { balanced, IDENTITY, instead, isIdentity, type Permutation, permuted, tableOf } from './permutation.ts'
import type { SharedMemory } from './webassembly.ts'

/** Codes sorted by id. dead: a bit for each row that is gone. permutation: how the codes' bits lie. */
export interface Source {
  readonly ids: Uint32Array
  readonly codes: Uint8Array
  readonly dead: Uint8Array | undefined
  readonly permutation: Permutation
}

/** A ring, to be read by any thread once it is finished. */
export interface Built {
  readonly memory: SharedMemory
  readonly rows: number
  readonly permutation: Permutation
}

/** Rows that follow one another, in one source and in the result. */
export type Stretch = { readonly source: number; readonly from: number; readonly count: number }

/** At most so many sources at once: each has its table in a scratch area while the ring is made. */
export const MAX_SOURCES: number = SLOTS
const SAMPLES = 8192

/** Unfinished rings (see `finish`), as few as the limit of rows allows, of like size. The sources' ids must differ. */
export function merge(sources: readonly Source[], maxRows: number): Built[] {
  const total = sources.reduce((sum, source) => sum + living(source), 0)
  if (total === 0) return []
  const parts = Math.ceil(total / maxRows)
  const permutation = balanced(sample(sources, total))
  const built: Built[] = []
  let left = total
  let site: Site | undefined
  for (const stretch of stretches(sources)) {
    for (let done = 0; done < stretch.count; ) {
      site ??= openSite(sources, Math.ceil(left / (parts - built.length)), permutation)
      const count = Math.min(stretch.count - done, site.layout.rows - site.filled)
      bring(site, sources, { ...stretch, from: stretch.from + done, count })
      done += count
      left -= count
      if (site.filled < site.layout.rows) continue
      built.push(close(site))
      site = undefined
    }
  }
  return built
}

/** Living rows of all sources in the order of their ids. */
export function* stretches(sources: readonly Source[]): Generator<Stretch> {
  const heads = sources.map((source) => nextLiving(source, 0))
  for (;;) {
    let source = -1
    let lowest = Number.POSITIVE_INFINITY
    let second = Number.POSITIVE_INFINITY
    for (let s = 0; s < sources.length; s++) {
      const id = (sources[s] as Source).ids[heads[s] as number] ?? Number.POSITIVE_INFINITY
      if (id < lowest) {
        second = lowest
        lowest = id
        source = s
      } else if (id < second) second = id
    }
    if (source < 0) return
    const from = heads[source] as number
    const to = endOfStretch(sources[source] as Source, from, second)
    yield { source, from, count: to - from }
    heads[source] = nextLiving(sources[source] as Source, to)
  }
}

function nextLiving({ ids, dead }: Source, from: number): number {
  let row = from
  if (dead !== undefined) while (row < ids.length && isDead(dead, row)) row++
  return row
}

function endOfStretch({ ids, dead }: Source, from: number, before: number): number {
  if (dead === undefined && before === Number.POSITIVE_INFINITY) return ids.length
  let row = from + 1
  while (row < ids.length && (ids[row] as number) < before && !(dead !== undefined && isDead(dead, row))) row++
  return row
}

export function isDead(dead: Uint8Array, row: number): boolean {
  return (((dead[row >> 3] as number) >> (row & 7)) & 1) === 1
}

function living({ ids, dead }: Source): number {
  let gone = 0
  if (dead !== undefined) for (let row = 0; row < ids.length; row++) if (isDead(dead, row)) gone++
  return ids.length - gone
}

/** Codes from all over the sources, in their own order of bits. */
function sample(sources: readonly Source[], total: number): Uint8Array {
  const step = Math.max(1, Math.floor(total / SAMPLES))
  const codes: number[] = []
  for (const { ids, codes: all, permutation } of sources) {
    const back = instead(permutation, IDENTITY)
    for (let row = 0; row < ids.length; row += step) {
      codes.push(...permuted(all.subarray(row * CODE_BYTES, (row + 1) * CODE_BYTES), back))
    }
  }
  return Uint8Array.from(codes)
}

interface Site {
  readonly memory: SharedMemory
  readonly layout: Layout
  readonly kernel: Kernel
  readonly permutation: Permutation
  readonly ids: Uint32Array
  readonly codes: BigUint64Array
  /** Where each source's table lies, if its bits must move. */
  readonly tables: readonly (number | undefined)[]
  filled: number
}

function openSite(sources: readonly Source[], rows: number, permutation: Permutation): Site {
  const layout = layoutOf(rows)
  const memory = sharedMemory(layout.bytes)
  const tables = sources.map((source, s) => {
    const change = instead(source.permutation, permutation)
    if (isIdentity(change)) return undefined
    const at = scratch(s).survivors
    new Uint8Array(memory.buffer).set(tableOf(change), at)
    return at
  })
  return {
    memory,
    layout,
    kernel: new Kernel(memory, 0).useRing(layout),
    permutation,
    ids: new Uint32Array(memory.buffer, layout.ids, rows),
    codes: new BigUint64Array(memory.buffer, CODES, rows * 4),
    tables,
    filled: 0,
  }
}

function bring(site: Site, sources: readonly Source[], { source, from, count }: Stretch): void {
  const { ids, codes } = sources[source] as Source
  site.ids.set(ids.subarray(from, from + count), site.filled)
  const words = new BigUint64Array(codes.buffer, codes.byteOffset + from * CODE_BYTES, count * 4)
  site.codes.set(words, site.filled * 4)
  const table = site.tables[source]
  if (table !== undefined) site.kernel.calls.permute(CODES + site.filled * CODE_BYTES, count, table)
  site.filled += count
}

function close({ memory, layout, permutation }: Site): Built {
  new Uint8Array(memory.buffer).set(tableOf(permutation), TABLE)
  return { memory, rows: layout.rows, permutation }
}

/** Makes the bands of a ring. Several threads may do it at once: each takes the next band that no one has taken. */
export function finish({ memory, rows }: Built): void {
  const taken = new Int32Array(memory.buffer, 0, 1)
  const { calls } = new Kernel(memory, 0).useRing(layoutOf(rows))
  for (;;) {
    const band = Atomics.add(taken, 0, 1)
    if (band >= BANDS) return
    calls.buildBand(band)
  }
}
