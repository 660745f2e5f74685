// The one shape between pixels and bits: float32 numbers in rows.

/** values: row-major, width * height of them. */
export type Grid = { readonly values: Float32Array; readonly width: number; readonly height: number }

/** values[i]; a read outside the array is a bug of ours and must be loud, where JavaScript would go on with NaN. */
export function at(values: Float32Array, i: number): number {
  const value = values[i]
  if (value === undefined) throw new Error('a read outside the grid')
  return value
}
