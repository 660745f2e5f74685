// WebAssembly has no prefetch: reading a line of each of a band's 17 buckets before any of them is needed fetches them together.
import { touchRows } from './memory'

/** From so many rows on a bucket is several cache lines long: 4 to 5, then 6 to 7, then up to 10. */
const LONG: u32 = 3_000_000
const LONGER: u32 = 6_000_000
const LONGEST: u32 = 12_000_000

/** Exported, so that nothing that only reads is taken for useless and left out. */
export let sink: u32 = 0

export function read(sum: u32): void {
  sink = sum
}

/**
 * Two lines each in short rings. In long ones the first line of all buckets, so that their pages are found together, and then
 * the lines after it: nearly as many as a bucket has, since one that was left out is waited for alone. At 10M a query takes
 * 81 us without this, 30 with six lines a bucket and 26 with seven; the reads alone are 12 of these.
 */
export function touch(starts: usize, sketch: usize, key: u32): void {
  let sum: u32 = 0
  if (touchRows < LONG) {
    sum = touchTwo(starts, sketch, key)
    for (let bit: u32 = 0; bit < 16; bit++) sum += touchTwo(starts, sketch, key ^ (1 << bit))
  } else {
    sum = touchFirst(starts, sketch, key)
    for (let bit: u32 = 0; bit < 16; bit++) sum += touchFirst(starts, sketch, key ^ (1 << bit))
    sum += touchMore(starts, sketch, key)
    for (let bit: u32 = 0; bit < 16; bit++) sum += touchMore(starts, sketch, key ^ (1 << bit))
  }
  read(sum)
}

function bucketAt(starts: usize, sketch: usize, key: u32): usize {
  return sketch + ((<usize>load<u32>(starts + ((<usize>key) << 2))) << 1)
}

function touchTwo(starts: usize, sketch: usize, key: u32): u32 {
  const at = bucketAt(starts, sketch, key)
  return <u32>load<u8>(at) + <u32>load<u8>(at, 64)
}

function touchFirst(starts: usize, sketch: usize, key: u32): u32 {
  return <u32>load<u8>(bucketAt(starts, sketch, key))
}

function touchMore(starts: usize, sketch: usize, key: u32): u32 {
  const at = bucketAt(starts, sketch, key)
  let sum = <u32>load<u8>(at, 64) + <u32>load<u8>(at, 128) + <u32>load<u8>(at, 192) + <u32>load<u8>(at, 256)
  if (touchRows < LONGER) return sum
  sum += <u32>load<u8>(at, 320) + <u32>load<u8>(at, 384)
  if (touchRows < LONGEST) return sum
  return sum + <u32>load<u8>(at, 448) + <u32>load<u8>(at, 512) + <u32>load<u8>(at, 576)
}
