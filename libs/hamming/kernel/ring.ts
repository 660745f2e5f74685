// The kernel of the ring index, in AssemblyScript (WebAssembly SIMD). One instance serves one ring (or one table) for one
// thread; the memory is shared, so it keeps nothing there but in its own scratch. Nothing allocates. Lay-out: src/layout.ts.

/** Told whenever `hits` is full, and never otherwise: the caller takes them away, so memory is bounded for any answer. */
declare function flush(count: u32): void

const BANDS: u32 = 16
const CODE_BYTES: usize = 32
const SURVIVORS: u32 = 4096
const HITS: u32 = 4096
/** From so many rows on a bucket is several cache lines long. */
const LONG: u32 = 3_000_000

let rows: u32 = 0
let codes: usize = 0
let offsets: usize = 0
let offsetsStride: usize = 0
let sketches: usize = 0
let sketchesStride: usize = 0
let places: usize = 0
let placesStride: usize = 0
let queries: usize = 0
let survivors: usize = 0
let hits: usize = 0

let radius: u32 = 0
let wide: bool = true
let survived: u32 = 0
let hit: u32 = 0
/** Exported, so that nothing that only reads is taken for useless and left out. */
export let sink: u32 = 0

export function useCodes(rowCount: u32, codesAt: usize): void {
  rows = rowCount
  codes = codesAt
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

/**
 * Every row within `within` (at most 31) of each of `count` codes at `queries`, each once. Returns how many hits are left in
 * `hits` after the last flush: pairs of u32, the row and (query << 16 | distance).
 *
 * Why none is missed. Cut a code into 16 words on a ring; let d_i be the bits in which word i differs, sum(d_i) <= 31.
 * Pigeonhole: sum(d_i - 2) <= 31 - 32 < 0, so some d_i <= 1; but more is true.
 * Cycle lemma: if the numbers d_i - 2 around a ring have a negative sum, then from some i on every forward partial sum
 * is negative. (Else, from any place a stretch with sum >= 0 begins; lay such stretches end to end until one ends where an
 * earlier one began: they then cover the ring a whole number of times, and their sum is >= 0 and a multiple of a negative one.)
 * Its first two partial sums: d_i <= 1, and d_i + d_(i+1) <= 3. So this i is found by looking up the 17 words
 * within one bit of the query's word i, and survives the test of the next word (the "sketch"): at most 3 bits off if
 * d_i = 0, at most 2 if d_i = 1. Up to 15 bits the same with d_i - 1 in place of d_i - 2 asks for d_i = 0 and d_(i+1) <= 1.
 * A row may pass at several i: only the first such i counts, which `firstBand` tells from the code alone.
 */
export function search(count: u32, within: u32): u32 {
  radius = within
  wide = within > 15
  survived = 0
  hit = 0
  for (let band: u32 = 0; band < BANDS; band++) {
    const starts = offsets + <usize>band * offsetsStride
    const sketch = sketches + <usize>band * sketchesStride
    for (let q: u32 = 0; q < count; q++) {
      const query = queries + ((<usize>q) << 5)
      const key = <u32>load<u16>(query + ((<usize>band) << 1))
      const next = i16x8.splat(<i16>load<u16>(query + ((<usize>(band + 1) & 15) << 1)))
      const tag = (q << 4) | band
      if (wide) {
        touch(starts, sketch, key)
        near3(starts, sketch, key, next, tag)
        for (let bit: u32 = 0; bit < 16; bit++) near2(starts, sketch, key ^ (1 << bit), next, tag)
      } else near1(starts, sketch, key, next, tag)
    }
  }
  verify()
  return hit
}

/**
 * WebAssembly has no prefetch: reading a line of each of the 17 buckets before any of them is needed fetches them together.
 * Two lines each up to some 3M rows; beyond, the first line of all of them (so that the pages are found together), and then
 * five lines more. At 10M that takes a third off: 32 us against 48 with a loop over each bucket's lines, and 37 without the
 * first round.
 */
function touch(starts: usize, sketch: usize, key: u32): void {
  let sum: u32 = 0
  if (rows < LONG) {
    sum = touchTwo(starts, sketch, key)
    for (let bit: u32 = 0; bit < 16; bit++) sum += touchTwo(starts, sketch, key ^ (1 << bit))
  } else {
    sum = touchFirst(starts, sketch, key)
    for (let bit: u32 = 0; bit < 16; bit++) sum += touchFirst(starts, sketch, key ^ (1 << bit))
    sum += touchMore(starts, sketch, key)
    for (let bit: u32 = 0; bit < 16; bit++) sum += touchMore(starts, sketch, key ^ (1 << bit))
  }
  sink = sum
}

function bucketAt(starts: usize, sketch: usize, key: u32): usize {
  return sketch + ((<usize>load<u32>(starts + ((<usize>key) << 2))) << 1)
}

function touchTwo(starts: usize, sketch: usize, key: u32): u32 {
  const at = bucketAt(starts, sketch, key)
  return <u32>load<u16>(at) + <u32>load<u16>(at, 64)
}

function touchFirst(starts: usize, sketch: usize, key: u32): u32 {
  return <u32>load<u16>(bucketAt(starts, sketch, key))
}

function touchMore(starts: usize, sketch: usize, key: u32): u32 {
  const at = bucketAt(starts, sketch, key)
  const near = <u32>load<u16>(at, 64) + <u32>load<u16>(at, 128) + <u32>load<u16>(at, 192)
  return near + <u32>load<u16>(at, 256) + <u32>load<u16>(at, 320)
}

// A lane is zero after k rounds of x & (x - 1) if and only if x had at most k bits.
function round(x: v128): v128 {
  return v128.and(x, i16x8.add(x, i16x8.splat(-1)))
}
function zeros1(at: usize, next: v128): v128 {
  return i16x8.eq(round(v128.xor(v128.load(at), next)), i16x8.splat(0))
}
function zeros2(at: usize, next: v128): v128 {
  return i16x8.eq(round(round(v128.xor(v128.load(at), next))), i16x8.splat(0))
}
function zeros3(at: usize, next: v128): v128 {
  return i16x8.eq(round(round(round(v128.xor(v128.load(at), next)))), i16x8.splat(0))
}

function near1(starts: usize, sketch: usize, key: u32, next: v128, tag: u32): void {
  const at = starts + ((<usize>key) << 2)
  const to = load<u32>(at, 4)
  for (let from = load<u32>(at); from < to; from += 16) {
    const p = sketch + ((<usize>from) << 1)
    const mask = i8x16.bitmask(i8x16.narrow_i16x8_s(zeros1(p, next), zeros1(p + 16, next)))
    if (mask) keep(from, to, tag, mask)
  }
}

function near2(starts: usize, sketch: usize, key: u32, next: v128, tag: u32): void {
  const at = starts + ((<usize>key) << 2)
  const to = load<u32>(at, 4)
  for (let from = load<u32>(at); from < to; from += 16) {
    const p = sketch + ((<usize>from) << 1)
    const mask = i8x16.bitmask(i8x16.narrow_i16x8_s(zeros2(p, next), zeros2(p + 16, next)))
    if (mask) keep(from, to, tag, mask)
  }
}

function near3(starts: usize, sketch: usize, key: u32, next: v128, tag: u32): void {
  const at = starts + ((<usize>key) << 2)
  const to = load<u32>(at, 4)
  for (let from = load<u32>(at); from < to; from += 16) {
    const p = sketch + ((<usize>from) << 1)
    const mask = i8x16.bitmask(i8x16.narrow_i16x8_s(zeros3(p, next), zeros3(p + 16, next)))
    if (mask) keep(from, to, tag, mask)
  }
}

/** Up to 16 survivors; those beyond the bucket's end are of the next bucket and fall away. A full buffer is emptied first. */
function keep(from: u32, to: u32, tag: u32, mask: u32): void {
  if (to - from < 16) mask &= (1 << (to - from)) - 1
  if (survived > SURVIVORS - 16) verify()
  while (mask) {
    const at = survivors + ((<usize>survived) << 3)
    store<u32>(at, from + ctz(mask))
    store<u32>(at, tag, 4)
    survived++
    mask &= mask - 1
  }
}

/** Survivors to hits. In three passes, so that the reads of rows, and then those of codes, do not wait for one another. */
function verify(): void {
  const end = survivors + ((<usize>survived) << 3)
  for (let at = survivors; at < end; at += 8) {
    const place = places + <usize>(load<u32>(at, 4) & 15) * placesStride + <usize>load<u32>(at) * 3
    store<u32>(at, load<u32>(place) & 0xffffff)
  }
  let sum: u32 = 0
  for (let at = survivors; at < end; at += 8) sum += load<u32>(codes + ((<usize>load<u32>(at)) << 5))
  sink = sum
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

/** Every row within any radius of each query, by looking at all of them. */
export function scan(count: u32, within: u32): u32 {
  hit = 0
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
  return hit
}

function tell(row: u32, what: u32): void {
  if (hit === HITS) {
    flush(hit)
    hit = 0
  }
  const at = hits + ((<usize>hit) << 3)
  store<u32>(at, row)
  store<u32>(at, what, 4)
  hit++
}
