// Pictures with a side over 512, all pixels: rows stream by in order, each is added with its weight to the one output row
// that is open, in exact i32; then the columns are combined in f32.

/**
 * Adds `rows` rows of `bytes` bytes, weighted, to the i32 sums; `fresh` is 1 when the sums begin here. weights: i16, one a
 * row. Reads up to 7 bytes past a row.
 */
export function accumulateRows(src: usize, bytes: u32, rows: u32, weights: usize, sums: usize, fresh: u32): void {
  const n = <usize>bytes
  if (fresh) memory.fill(sums, 0, n << 2)
  let left = rows
  for (; left >= 4; left -= 4, src += n << 2, weights += 8) {
    four(src, src + n, src + 2 * n, src + 3 * n, n, load<i32>(weights), load<i32>(weights, 4), sums)
  }
  // Where rows are missing the first stands in for them, with no weight.
  if (left === 3) four(src, src + n, src + 2 * n, src, n, load<i32>(weights), <i32>load<u16>(weights, 4), sums)
  else if (left === 2) four(src, src + n, src, src, n, load<i32>(weights), 0, sums)
  else if (left === 1) four(src, src, src, src, n, <i32>load<u16>(weights), 0, sums)
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
