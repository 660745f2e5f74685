// Where everything lies in a memory. Scratch areas come first, one for each thread; then the permutation, the codes and the bands.

/** Queries that the kernel takes at once. */
export const BATCH = 256
/** Threads that may use one memory, the one that owns the index included. */
export const SLOTS = 16
export const BANDS = 16
/** One ring names its rows with 24 bits. Longer lists are several rings. */
export const MAX_ROWS = 0xff_ffff

export const HIT_BYTES = 8
const BUFFERED = 4096
const SLOT_BYTES = BATCH * 32 + BUFFERED * 8 + BUFFERED * HIT_BYTES
/** 64 half bytes, 16 values of each, 32 bytes to be or-ed. */
export const TABLE_BYTES = 64 * 16 * 32
/** The memory's first bytes count the bands that were begun; no address is 0. */
const SCRATCH = 1024
export const TABLE: number = SCRATCH + SLOTS * SLOT_BYTES
export const CODES: number = TABLE + TABLE_BYTES

/** Addresses and steps in bytes. bytes: what the whole memory takes. */
export interface Layout {
  readonly rows: number
  readonly offsets: number
  readonly offsetsStride: number
  readonly sketches: number
  readonly sketchesStride: number
  readonly places: number
  readonly placesStride: number
  readonly ids: number
  readonly bytes: number
}

/** A ring of so many rows: 32 bytes of code, 16 x (2 of sketch + 3 of place) and 4 of id a row, and 4.2 MB of offsets. */
export function layoutOf(rows: number): Layout {
  const ids = CODES + rows * 32
  const offsets = line(ids + rows * 4)
  const offsetsStride = line(65_537 * 4)
  const sketches = offsets + BANDS * offsetsStride
  // The kernel reads four vectors, and `touch` up to ten lines, from any start.
  const sketchesStride = line(rows * 2 + 640)
  const places = sketches + BANDS * sketchesStride
  const placesStride = line(rows * 3 + 8)
  const bytes = places + BANDS * placesStride
  return { rows, ids, offsets, offsetsStride, sketches, sketchesStride, places, placesStride, bytes }
}

/** A thread's own area. */
export function scratch(slot: number): { queries: number; survivors: number; hits: number; end: number } {
  const queries = SCRATCH + slot * SLOT_BYTES
  const survivors = queries + BATCH * 32
  const hits = survivors + BUFFERED * 8
  return { queries, survivors, hits, end: hits + BUFFERED * HIT_BYTES }
}

/** Up to the next cache line. */
function line(bytes: number): number {
  return Math.ceil(bytes / 64) * 64
}
