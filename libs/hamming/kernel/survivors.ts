// Rows that passed the sieve, kept until there are many, and then looked at whole.
import { tell } from './hits'
import { BANDS, codes, places, placesStride, queries, survivors } from './memory'
import { read } from './touch'

const SURVIVORS: u32 = 4096

let radius: u32 = 0
let wide: bool = true
let survived: u32 = 0

export function begin(within: u32): void {
  radius = within
  wide = within > 15
  survived = 0
}

/** Up to 32 survivors; those beyond the bucket's end are of the next bucket and fall away. A full buffer is emptied first. */
export function keep(from: u32, to: u32, tag: u32, passed: u32): void {
  let mask = passed
  if (to - from < 32) mask &= (1 << (to - from)) - 1
  if (survived > SURVIVORS - 32) verify()
  while (mask) {
    const at = survivors + ((<usize>survived) << 3)
    store<u32>(at, from + ctz(mask))
    store<u32>(at, tag, 4)
    survived++
    mask &= mask - 1
  }
}

/** Survivors to hits. In three passes, so that the reads of rows, and then those of codes, do not wait for one another. */
export function verify(): void {
  const end = survivors + ((<usize>survived) << 3)
  for (let at = survivors; at < end; at += 8) {
    const place = places + <usize>(load<u32>(at, 4) & 15) * placesStride + <usize>load<u32>(at) * 3
    store<u32>(at, load<u32>(place) & 0xffffff)
  }
  let sum: u32 = 0
  for (let at = survivors; at < end; at += 8) sum += load<u32>(codes + ((<usize>load<u32>(at)) << 5))
  read(sum)
  for (let at = survivors; at < end; at += 8) {
    const row = load<u32>(at)
    const tag = load<u32>(at, 4)
    const code = codes + ((<usize>row) << 5)
    const query = queries + ((<usize>(tag >> 4)) << 5)
    const distance = distanceOf(code, query)
    if (distance <= radius && firstBand(code, query) === (tag & 15)) tell(row, ((tag >> 4) << 16) | distance)
  }
  survived = 0
}

function distanceOf(code: usize, query: usize): u32 {
  return <u32>(
    (popcnt(load<u64>(code) ^ load<u64>(query)) +
      popcnt(load<u64>(code, 8) ^ load<u64>(query, 8)) +
      popcnt(load<u64>(code, 16) ^ load<u64>(query, 16)) +
      popcnt(load<u64>(code, 24) ^ load<u64>(query, 24)))
  )
}

function firstBand(code: usize, query: usize): u32 {
  let here = wordDistance(code, query, 0)
  for (let band: u32 = 0; band < BANDS; band++) {
    const next = wordDistance(code, query, (band + 1) & 15)
    if (wide ? here <= 1 && here + next <= 3 : here === 0 && next <= 1) return band
    here = next
  }
  return BANDS
}

function wordDistance(code: usize, query: usize, band: u32): u32 {
  const at = (<usize>band) << 1
  return popcnt(<u32>(load<u16>(code + at) ^ load<u16>(query + at)))
}
