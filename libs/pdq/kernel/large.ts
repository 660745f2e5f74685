// Pictures with a side over 512, all pixels: rows stream by in order, each is added with its weight to the one output row
// that is open, in exact i32; then the columns are combined in f32.

/** 255 times so much fits u16. */
const LIGHT: u32 = 257

/**
 * Adds `rows` rows of `bytes` bytes, weighted, to the i32 sums; `fresh` is 1 when the sums begin here. weights: i16, one a
 * row. Reads up to 7 bytes past a row.
 */
export function accumulateRows(src: usize, bytes: u32, rows: u32, weights: usize, sums: usize, fresh: u32): void {
  const n = <usize>bytes
  if (fresh) memory.fill(sums, 0, n << 2)
  let left = rows
  if (ASC_FEATURE_SIMD) {
    // Except at the edges all weights are small: as many rows together as u16 can hold.
    while (left > 0) {
      let count: u32 = 0
      for (let weight: u32 = 0; count < left; count++) {
        weight += <u32>load<u16>(weights + ((<usize>count) << 1))
        if (weight > LIGHT) break
      }
      if (count < min<u32>(4, left)) break
      light(src, n, weights, weights + ((<usize>count) << 1), sums)
      left -= count
      src += n * <usize>count
      weights += (<usize>count) << 1
    }
  }
  for (; left >= 4; left -= 4, src += n << 2, weights += 8) {
    four(src, src + n, src + 2 * n, src + 3 * n, n, load<i32>(weights), load<i32>(weights, 4), sums)
  }
  // Where rows are missing the first stands in for them, with no weight.
  if (left === 3) four(src, src + n, src + 2 * n, src, n, load<i32>(weights), <i32>load<u16>(weights, 4), sums)
  else if (left === 2) four(src, src + n, src, src, n, load<i32>(weights), 0, sums)
  else if (left === 1) four(src, src, src, src, n, <i32>load<u16>(weights), 0, sums)
}

/** The rows of the weights up to `end`, 64 bytes of each at a time: the sums stay in registers on the way down. */
function light(src: usize, n: usize, weights: usize, end: usize, sums: usize): void {
  let x: usize = 0
  for (; x + 64 <= n; x += 64, sums += 256) {
    let a = i16x8.splat(0)
    let b = a
    let c = a
    let d = a
    let e = a
    let f = a
    let g = a
    let h = a
    let at = src + x
    for (let weight = weights; weight < end; weight += 2, at += n) {
      const by = v128.load_splat<i16>(weight)
      a = i16x8.add(a, i16x8.mul(v128.load_ext<u8>(at), by))
      b = i16x8.add(b, i16x8.mul(v128.load_ext<u8>(at, 8), by))
      c = i16x8.add(c, i16x8.mul(v128.load_ext<u8>(at, 16), by))
      d = i16x8.add(d, i16x8.mul(v128.load_ext<u8>(at, 24), by))
      e = i16x8.add(e, i16x8.mul(v128.load_ext<u8>(at, 32), by))
      f = i16x8.add(f, i16x8.mul(v128.load_ext<u8>(at, 40), by))
      g = i16x8.add(g, i16x8.mul(v128.load_ext<u8>(at, 48), by))
      h = i16x8.add(h, i16x8.mul(v128.load_ext<u8>(at, 56), by))
    }
    addEight(sums, a)
    addEight(sums + 32, b)
    addEight(sums + 64, c)
    addEight(sums + 96, d)
    addEight(sums + 128, e)
    addEight(sums + 160, f)
    addEight(sums + 192, g)
    addEight(sums + 224, h)
  }
  for (; x < n; x += 8, sums += 32) {
    let a = i16x8.splat(0)
    let at = src + x
    for (let weight = weights; weight < end; weight += 2, at += n) {
      a = i16x8.add(a, i16x8.mul(v128.load_ext<u8>(at), v128.load_splat<i16>(weight)))
    }
    addEight(sums, a)
  }
}

/** Eight u16 to eight i32. */
function addEight(to: usize, more: v128): void {
  v128.store(to, i32x4.add(v128.load(to), i32x4.extend_low_i16x8_u(more)))
  v128.store(to, i32x4.add(v128.load(to, 16), i32x4.extend_high_i16x8_u(more)), 16)
}

/** w01, w23: two i16 weights each. */
function four(a: usize, b: usize, c: usize, d: usize, n: usize, w01: i32, w23: i32, sums: usize): void {
  if (ASC_FEATURE_SIMD) {
    const wab = i32x4.splat(w01)
    const wcd = i32x4.splat(w23)
    for (let x: usize = 0; x < n; x += 8) {
      const va = v128.load_ext<u8>(a + x)
      const vb = v128.load_ext<u8>(b + x)
      const vc = v128.load_ext<u8>(c + x)
      const vd = v128.load_ext<u8>(d + x)
      const to = sums + (x << 2)
      const low = i32x4.add(
        i32x4.dot_i16x8_s(v128.shuffle<i16>(va, vb, 0, 8, 1, 9, 2, 10, 3, 11), wab),
        i32x4.dot_i16x8_s(v128.shuffle<i16>(vc, vd, 0, 8, 1, 9, 2, 10, 3, 11), wcd),
      )
      const high = i32x4.add(
        i32x4.dot_i16x8_s(v128.shuffle<i16>(va, vb, 4, 12, 5, 13, 6, 14, 7, 15), wab),
        i32x4.dot_i16x8_s(v128.shuffle<i16>(vc, vd, 4, 12, 5, 13, 6, 14, 7, 15), wcd),
      )
      v128.store(to, i32x4.add(v128.load(to), low))
      v128.store(to, i32x4.add(v128.load(to, 16), high), 16)
    }
  } else {
    const wa = <i32>(<i16>w01)
    const wb = w01 >> 16
    const wc = <i32>(<i16>w23)
    const wd = w23 >> 16
    for (let x: usize = 0; x < n; x++) {
      const sum =
        <i32>load<u8>(a + x) * wa + <i32>load<u8>(b + x) * wb + <i32>load<u8>(c + x) * wc + <i32>load<u8>(d + x) * wd
      store<i32>(sums + (x << 2), load<i32>(sums + (x << 2)) + sum)
    }
  }
}

/**
 * One output row: 64 f32 from the i32 sums. table: 64 times { u32 byte offset of the first sum, u32 vectors of four }.
 * weights: f32, four times `vectors` for each output, one after the other (brightness and the sum of weights are in them).
 */
export function combineColumns(sums: usize, table: usize, weights: usize, scale: f32, out: usize): void {
  for (let j: usize = 0; j < 256; j += 4) {
    let from = sums + <usize>load<u32>(table)
    const end = from + ((<usize>load<u32>(table, 4)) << 4)
    if (ASC_FEATURE_SIMD) {
      let sum = f32x4.splat(0)
      for (; from < end; from += 16, weights += 16) {
        sum = f32x4.add(sum, f32x4.mul(f32x4.convert_i32x4_s(v128.load(from)), v128.load(weights)))
      }
      const even = f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 2)
      const odd = f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 3)
      store<f32>(out + j, (even + odd) * scale)
    } else {
      let s0: f32 = 0
      let s1: f32 = 0
      let s2: f32 = 0
      let s3: f32 = 0
      for (; from < end; from += 16, weights += 16) {
        s0 += <f32>load<i32>(from) * load<f32>(weights)
        s1 += <f32>load<i32>(from, 4) * load<f32>(weights, 4)
        s2 += <f32>load<i32>(from, 8) * load<f32>(weights, 8)
        s3 += <f32>load<i32>(from, 12) * load<f32>(weights, 12)
      }
      store<f32>(out + j, (s0 + s2 + (s1 + s3)) * scale)
    }
    table += 8
  }
}
