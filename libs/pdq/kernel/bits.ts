// From 256 waves to one hash or eight. A turn or a flip moves cells and changes signs; a picture and its transpose have the
// same cells, hence one median: four medians serve eight hashes. PDQ, sections 1.10 to 1.13.

const CELLS: usize = 1024

/**
 * waves: 16x16 f32. room: 4 KB. out: 32 bytes a hash, in the order original, rotate90, rotate180, rotate270, flipX, flipY,
 * flipPlus1, flipMinus1 (only the first if `eight` is 0). doubts: 16x16 f32, how far each wave may be off, or 0. Returns how
 * many bits such errors might change: if none, the hashes are beyond doubt.
 */
export function hashesOf(waves: usize, eight: u32, doubts: usize, room: usize, out: usize): u32 {
  const across = room
  if (!eight) return pair(waves, 0, 0, 0, room, doubts, out, 0)
  for (let i: usize = 0; i < 16; i++) {
    for (let j: usize = 0; j < 16; j++) store<u32>(across + (j << 6) + (i << 2), load<u32>(waves + (i << 6) + (j << 2)))
  }
  // Which turn is which sign pattern: 1 keeps odd columns, 2 odd rows, 3 even i + j. Transposed, rows are columns.
  let near = pair(waves, across, 0, 0, room, doubts, out, out + 192)
  near += pair(waves, across, 1, 2, room, doubts, out + 160, out + 32)
  near += pair(waves, across, 2, 1, room, doubts, out + 128, out + 96)
  near += pair(waves, across, 3, 3, room, doubts, out + 64, out + 224)
  return near
}

/** The hash of the waves under a pattern of signs and, if `across` is not 0, that of the transposed ones. */
function pair(
  waves: usize,
  across: usize,
  pattern: u32,
  turnedPattern: u32,
  room: usize,
  doubts: usize,
  straight: usize,
  turned: usize,
): u32 {
  const signed = room + CELLS
  sign(waves, pattern, signed)
  const median = lowerMedian(signed, room + 2 * CELLS)
  above(signed, median, straight)
  const near = closeTo(signed, median, doubts)
  if (across) {
    sign(across, turnedPattern, signed)
    above(signed, median, turned)
  }
  return near
}

function sign(from: usize, pattern: u32, to: usize): void {
  for (let i: usize = 0; i < 16; i++) {
    let even: u32 = 0
    let odd: u32 = 0
    if (pattern === 1 || (pattern === 3 && i & 1)) even = 0x80000000
    if (pattern === 3 && !(i & 1)) odd = 0x80000000
    if (pattern === 2 && !(i & 1)) even = odd = 0x80000000
    const both = ((<u64>odd) << 32) | <u64>even
    for (let k = i << 6; k < (i + 1) << 6; k += 8) store<u64>(to + k, load<u64>(from + k) ^ both)
  }
}

/** The 128th smallest of 256, found bit by bit from the top (a radix select of radix two). */
function lowerMedian(cells: usize, keys: usize): f32 {
  // Signed integers that are ordered as the floats are.
  for (let k: usize = 0; k < CELLS; k += 4) {
    const bits = load<i32>(cells + k)
    store<i32>(keys + k, bits ^ ((bits >> 31) & 0x7fffffff))
  }
  let found: i32 = i32.MIN_VALUE
  for (let bit: u32 = 31; bit !== u32.MAX_VALUE; bit--) {
    const tried = found ^ (1 << bit)
    if (countBelow(keys, tried) < 128) found = tried
  }
  return reinterpret<f32>(found ^ ((found >> 31) & 0x7fffffff))
}

function countBelow(keys: usize, limit: i32): i32 {
  if (ASC_FEATURE_SIMD) {
    const limits = i32x4.splat(limit)
    let even = i32x4.splat(0)
    let odd = even
    for (let k: usize = 0; k < CELLS; k += 32) {
      even = i32x4.add(even, i32x4.lt_s(v128.load(keys + k), limits))
      odd = i32x4.add(odd, i32x4.lt_s(v128.load(keys + k, 16), limits))
    }
    const all = i32x4.add(even, odd)
    return -(
      i32x4.extract_lane(all, 0) +
      i32x4.extract_lane(all, 1) +
      i32x4.extract_lane(all, 2) +
      i32x4.extract_lane(all, 3)
    )
  }
  let count = 0
  for (let k: usize = 0; k < CELLS; k += 4) count += i32(load<i32>(keys + k) < limit)
  return count
}

/** Bit k is 1 where cell k is above the median; byte 31 holds bits 7..0. */
function above(cells: usize, median: f32, out: usize): void {
  if (ASC_FEATURE_SIMD) {
    const medians = f32x4.splat(median)
    for (let b: usize = 0; b < 32; b++) {
      const low = i32x4.bitmask(f32x4.gt(v128.load(cells + (b << 5)), medians))
      const high = i32x4.bitmask(f32x4.gt(v128.load(cells + (b << 5), 16), medians))
      store<u8>(out + 31 - b, <u8>(low | (high << 4)))
    }
    return
  }
  for (let b: usize = 0; b < 32; b++) {
    let byte: u32 = 0
    for (let k: usize = 0; k < 8; k++) byte |= u32(load<f32>(cells + (b << 5) + (k << 2)) > median) << (<u32>k)
    store<u8>(out + 31 - b, <u8>byte)
  }
}

/**
 * How many cells might change sides with the median, were each off by as much as `doubts` says; none if it is 0. The doubts
 * are the same under every turn.
 */
function closeTo(cells: usize, median: f32, doubts: usize): u32 {
  if (!doubts) return 0
  let at: usize = 0
  while (load<f32>(cells + at) !== median) at += 4
  const own = load<f32>(doubts + at)
  // The median is near to itself.
  let count: i32 = -1
  if (ASC_FEATURE_SIMD) {
    const medians = f32x4.splat(median)
    const owns = f32x4.splat(own)
    let near = i32x4.splat(0)
    for (let k: usize = 0; k < CELLS; k += 16) {
      const apart = f32x4.abs(f32x4.sub(v128.load(cells + k), medians))
      near = i32x4.sub(near, f32x4.le(apart, f32x4.add(owns, v128.load(doubts + k))))
    }
    return <u32>(
      (count +
        i32x4.extract_lane(near, 0) +
        i32x4.extract_lane(near, 1) +
        i32x4.extract_lane(near, 2) +
        i32x4.extract_lane(near, 3))
    )
  }
  for (let k: usize = 0; k < CELLS; k += 4)
    count += i32(abs(load<f32>(cells + k) - median) <= own + load<f32>(doubts + k))
  return <u32>count
}
