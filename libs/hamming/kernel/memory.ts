// Where everything lies in the memory of one ring (or one table), and what the search under way is about. Lay-out: src/layout.ts.

export const BANDS: u32 = 16
export const CODE_BYTES: usize = 32

export let rows: u32 = 0
export let codes: usize = 0
export let offsets: usize = 0
export let offsetsStride: usize = 0
export let sketches: usize = 0
export let sketchesStride: usize = 0
export let places: usize = 0
export let placesStride: usize = 0
export let queries: usize = 0
export let survivors: usize = 0
export let hits: usize = 0
/** As many rows as `touch` takes the ring to have. */
export let touchRows: u32 = 0

export function useCodes(rowCount: u32, codesAt: usize): void {
  rows = rowCount
  codes = codesAt
  touchRows = rowCount
}

export function useBands(
  offsetsAt: usize,
  offsetsStep: usize,
  sketchesAt: usize,
  sketchesStep: usize,
  placesAt: usize,
  placesStep: usize,
): void {
  offsets = offsetsAt
  offsetsStride = offsetsStep
  sketches = sketchesAt
  sketchesStride = sketchesStep
  places = placesAt
  placesStride = placesStep
}

export function useScratch(queriesAt: usize, survivorsAt: usize, hitsAt: usize): void {
  queries = queriesAt
  survivors = survivorsAt
  hits = hitsAt
}

/** After `useCodes`: read memory ahead as in a ring of so many rows. For tests; an answer never depends on it. */
export function touchAs(rowCount: u32): void {
  touchRows = rowCount
}
