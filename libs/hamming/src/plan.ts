// When to merge what. Pure, so that the shape of the index over a long life can be tested without one.

export interface Shape {
  /** Rows of the table, and of those rings that no merge reads just now (living rows, and all rows). */
  readonly tableRows: number
  readonly rings: readonly { readonly living: number; readonly rows: number }[]
}

export interface Limits {
  /** From so many rows on the table becomes a ring. */
  readonly tableRows: number
  /** No merge makes a ring longer than this, and rings of this length are full. */
  readonly ringRows: number
  readonly sources: number
}

/** rings: places in the shape's list. */
export type Plan = { readonly table: boolean; readonly rings: readonly number[] }

/** A quick merge stays below this, so that the table never waits long for its turn (64k rows: some 10 ms). */
const QUICK_ROWS = 65_536
/** A ring joins when it is at most so many times as long as what has been gathered: each row moves a few times per factor. */
const QUICK_STEP = 4
const HEAVY_STEP = 8

/** The table and the little rings that go with it. */
export function quickMerge(shape: Shape, limits: Limits): Plan | undefined {
  if (shape.tableRows < limits.tableRows) return undefined
  const most = Math.min(QUICK_ROWS, limits.ringRows)
  return { table: true, rings: gather(shape, shape.tableRows, QUICK_STEP, most, limits.sources - 1) }
}

/** Long rings that together are worth a long one, or one of which much is gone. */
export function heavyMerge(shape: Shape, limits: Limits): Plan | undefined {
  const rings = gather(shape, 0, HEAVY_STEP, limits.ringRows, limits.sources)
  const total = rings.reduce((sum, ring) => sum + (shape.rings[ring]?.living ?? 0), 0)
  if (rings.length >= 2 && (total > Math.min(QUICK_ROWS, limits.ringRows / 2) || rings.length >= 6))
    return { table: false, rings }
  const worn = shape.rings.findIndex(({ living, rows }) => living * 4 < rows * 3)
  return worn < 0 ? undefined : { table: false, rings: [worn] }
}

/** Rings from the shortest on, as long as each is no more than `step` times what came before it. */
function gather(shape: Shape, begun: number, step: number, most: number, sources: number): number[] {
  const gathered: number[] = []
  let sum = begun
  const byLength = shape.rings.map(({ living }, place) => ({ living, place })).sort((a, b) => a.living - b.living)
  for (const { living, place } of byLength) {
    if (gathered.length === sources || sum + living > most) break
    if (sum > 0 && living > sum * step) break
    gathered.push(place)
    sum += living
  }
  return gathered
}
