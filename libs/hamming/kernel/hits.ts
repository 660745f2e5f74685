// What was found, on its way out.
import { hits } from './memory'

/** Told whenever `hits` is full, and never otherwise: the caller takes them away, so memory is bounded for any answer. */
declare function flush(count: u32): void

const HITS: u32 = 4096
let hit: u32 = 0

export function begin(): void {
  hit = 0
}

export function tell(row: u32, what: u32): void {
  if (hit === HITS) {
    flush(hit)
    hit = 0
  }
  const at = hits + ((<usize>hit) << 3)
  store<u32>(at, row)
  store<u32>(at, what, 4)
  hit++
}

/** Hits since the last flush. */
export function left(): u32 {
  return hit
}
