// What is done once for a ring: codes into the order of bits of their ring, and rows into buckets.
import {
  CODE_BYTES,
  codes,
  offsets,
  offsetsStride,
  places,
  placesStride,
  rows,
  sketches,
  sketchesStride,
} from './memory'

/** Puts every bit of `count` codes into its place. table: for each of 64 half bytes and its 16 values, 32 bytes to be or-ed. */
export function permute(at: usize, count: u32, table: usize): void {
  for (let i: u32 = 0; i < count; i++, at += CODE_BYTES) {
    let low = i64x2.splat(0)
    let high = i64x2.splat(0)
    let entry = table
    for (let byte: usize = 0; byte < CODE_BYTES; byte++, entry += 1024) {
      const value = <usize>load<u8>(at + byte)
      const first = entry + ((value & 15) << 5)
      const second = entry + 512 + ((value >> 4) << 5)
      low = v128.or(low, v128.or(v128.load(first), v128.load(second)))
      high = v128.or(high, v128.or(v128.load(first, 16), v128.load(second, 16)))
    }
    v128.store(at, low)
    v128.store(at, high, 16)
  }
}

/** Sorts the rows of one band into its 65,536 buckets: count, add up, deal out. The buckets keep the order of the rows. */
export function buildBand(band: u32): void {
  const starts = offsets + <usize>band * offsetsStride
  const sketch = sketches + <usize>band * sketchesStride
  const place = places + <usize>band * placesStride
  const word = codes + ((<usize>band) << 1)
  const nextWord = codes + ((<usize>(band + 1) & 15) << 1)
  memory.fill(starts, 0, 65537 << 2)
  for (let row: usize = 0; row < <usize>rows; row++) {
    const at = starts + ((<usize>load<u16>(word + (row << 5))) << 2)
    store<u32>(at, load<u32>(at, 4) + 1, 4)
  }
  let sum: u32 = 0
  for (let key: usize = 0; key <= 65536; key++) {
    sum += load<u32>(starts + (key << 2))
    store<u32>(starts + (key << 2), sum)
  }
  for (let row: usize = 0; row < <usize>rows; row++) {
    const cursor = starts + ((<usize>load<u16>(word + (row << 5))) << 2)
    const to = <usize>load<u32>(cursor)
    store<u32>(cursor, <u32>to + 1)
    store<u16>(sketch + (to << 1), load<u16>(nextWord + (row << 5)))
    const at = place + to * 3
    store<u16>(at, <u16>row)
    store<u8>(at, <u8>(row >> 16), 2)
  }
  // Each cursor has come to where the next bucket starts.
  memory.copy(starts + 4, starts, 65536 << 2)
  store<u32>(starts, 0)
}
