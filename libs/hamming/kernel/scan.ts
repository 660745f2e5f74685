// Looking at every code: for a table, and for what a ring cannot answer.
import { begin, left, tell } from './hits'
import { CODE_BYTES, codes, queries, rows } from './memory'

/** Every row within any radius of each query, by looking at all of them. */
export function scan(count: u32, within: u32): u32 {
  begin()
  for (let q: u32 = 0; q < count; q++) {
    const query = queries + ((<usize>q) << 5)
    const a = load<u64>(query)
    const b = load<u64>(query, 8)
    const c = load<u64>(query, 16)
    const d = load<u64>(query, 24)
    let code = codes
    for (let row: u32 = 0; row < rows; row++, code += CODE_BYTES) {
      let distance = <u32>(popcnt(load<u64>(code) ^ a) + popcnt(load<u64>(code, 8) ^ b))
      if (distance > within) continue
      distance += <u32>(popcnt(load<u64>(code, 16) ^ c) + popcnt(load<u64>(code, 24) ^ d))
      if (distance <= within) tell(row, (q << 16) | distance)
    }
  }
  return left()
}
