// Pictures up to 512 x 512. Blur and thinning to 64x64 are one short weight vector an axis (at most 7 pixels), so both
// axes are summed exactly in integers: bytes to i16 down the columns, i16 to i32 along the rows, one rounding at the end.

/** One record of the vertical table: the first row at 0, eight i16 weights at 16. */
const VERTICAL: usize = 32
/** One record of the horizontal table: the first value's byte offset at 0, `vectors` times eight i16 weights at 16. */
const HORIZONTAL: usize = 80
const SIDE: u32 = 64

/**
 * src: rows of `bytes` bytes, `taps` is 1, 3 or 7. rows: room for one line of i16. small: 64x64 f32, written.
 * scaleX, scaleY: 64 f32 each, one over the sums of the weights (with the brightness weights in scaleX).
 */
export function composeSmall(
  src: usize,
  bytes: u32,
  taps: u32,
  vertical: usize,
  vectors: u32,
  horizontal: usize,
  line: usize,
  scaleX: usize,
  scaleY: usize,
  small: usize,
): void {
  for (let o: u32 = 0; o < SIDE; o++) {
    const from = src + <usize>load<u32>(vertical) * bytes
    if (taps === 7) down7(from, bytes, vertical + 16, line)
    else if (taps === 3) down3(from, bytes, vertical + 16, line)
    else down1(from, bytes, line)
    const scale = load<f32>(scaleY + ((<usize>o) << 2))
    const out = small + ((<usize>o) << 8)
    if (vectors === 1) across1(line, horizontal, scaleX, scale, out)
    else across(line, vectors, horizontal, scaleX, scale, out)
    vertical += VERTICAL
  }
}

function down7(a: usize, bytes: u32, weights: usize, out: usize): void {
  const n = <usize>bytes
  const b = a + n
  const c = b + n
  const d = c + n
  const e = d + n
  const f = e + n
  const g = f + n
  if (ASC_FEATURE_SIMD) {
    const wa = v128.load_splat<i16>(weights, 0)
    const wb = v128.load_splat<i16>(weights, 2)
    const wc = v128.load_splat<i16>(weights, 4)
    const wd = v128.load_splat<i16>(weights, 6)
    const we = v128.load_splat<i16>(weights, 8)
    const wf = v128.load_splat<i16>(weights, 10)
    const wg = v128.load_splat<i16>(weights, 12)
    for (let x: usize = 0; x < n; x += 8) {
      const ab = i16x8.add(i16x8.mul(v128.load_ext<u8>(a + x), wa), i16x8.mul(v128.load_ext<u8>(b + x), wb))
      const cd = i16x8.add(i16x8.mul(v128.load_ext<u8>(c + x), wc), i16x8.mul(v128.load_ext<u8>(d + x), wd))
      const ef = i16x8.add(i16x8.mul(v128.load_ext<u8>(e + x), we), i16x8.mul(v128.load_ext<u8>(f + x), wf))
      const abcd = i16x8.add(ab, cd)
      v128.store(out + (x << 1), i16x8.add(abcd, i16x8.add(ef, i16x8.mul(v128.load_ext<u8>(g + x), wg))))
    }
  } else {
    const wa = <i32>load<i16>(weights, 0)
    const wb = <i32>load<i16>(weights, 2)
    const wc = <i32>load<i16>(weights, 4)
    const wd = <i32>load<i16>(weights, 6)
    const we = <i32>load<i16>(weights, 8)
    const wf = <i32>load<i16>(weights, 10)
    const wg = <i32>load<i16>(weights, 12)
    for (let x: usize = 0; x < n; x++) {
      const abcd =
        <i32>load<u8>(a + x) * wa + <i32>load<u8>(b + x) * wb + <i32>load<u8>(c + x) * wc + <i32>load<u8>(d + x) * wd
      const efg = <i32>load<u8>(e + x) * we + <i32>load<u8>(f + x) * wf + <i32>load<u8>(g + x) * wg
      store<i16>(out + (x << 1), <i16>(abcd + efg))
    }
  }
}

function down3(a: usize, bytes: u32, weights: usize, out: usize): void {
  const n = <usize>bytes
  const b = a + n
  const c = b + n
  if (ASC_FEATURE_SIMD) {
    const wa = v128.load_splat<i16>(weights, 0)
    const wb = v128.load_splat<i16>(weights, 2)
    const wc = v128.load_splat<i16>(weights, 4)
    for (let x: usize = 0; x < n; x += 8) {
      const ab = i16x8.add(i16x8.mul(v128.load_ext<u8>(a + x), wa), i16x8.mul(v128.load_ext<u8>(b + x), wb))
      v128.store(out + (x << 1), i16x8.add(ab, i16x8.mul(v128.load_ext<u8>(c + x), wc)))
    }
  } else {
    const wa = <i32>load<i16>(weights, 0)
    const wb = <i32>load<i16>(weights, 2)
    const wc = <i32>load<i16>(weights, 4)
    for (let x: usize = 0; x < n; x++) {
      const sum = <i32>load<u8>(a + x) * wa + <i32>load<u8>(b + x) * wb + <i32>load<u8>(c + x) * wc
      store<i16>(out + (x << 1), <i16>sum)
    }
  }
}

function down1(a: usize, bytes: u32, out: usize): void {
  const n = <usize>bytes
  if (ASC_FEATURE_SIMD) {
    for (let x: usize = 0; x < n; x += 8) v128.store(out + (x << 1), v128.load_ext<u8>(a + x))
  } else {
    for (let x: usize = 0; x < n; x++) store<i16>(out + (x << 1), <i16>load<u8>(a + x))
  }
}

/** Grey: the up to 7 values of one output are one vector. */
function across1(line: usize, record: usize, scaleX: usize, scale: f32, out: usize): void {
  if (ASC_FEATURE_SIMD) {
    const factor = f32x4.splat(scale)
    for (let j: usize = 0; j < 256; j += 16) {
      const a = dot1(line, record)
      const b = dot1(line, record + HORIZONTAL)
      const c = dot1(line, record + 2 * HORIZONTAL)
      const d = dot1(line, record + 3 * HORIZONTAL)
      const sums = f32x4.convert_i32x4_s(sumsOf(a, b, c, d))
      v128.store(out + j, f32x4.mul(sums, f32x4.mul(factor, v128.load(scaleX + j))))
      record += 4 * HORIZONTAL
    }
  } else across(line, 1, record, scaleX, scale, out)
}

function across(line: usize, vectors: u32, record: usize, scaleX: usize, scale: f32, out: usize): void {
  if (ASC_FEATURE_SIMD) {
    const factor = f32x4.splat(scale)
    for (let j: usize = 0; j < 256; j += 16) {
      const a = dot(line, vectors, record)
      const b = dot(line, vectors, record + HORIZONTAL)
      const c = dot(line, vectors, record + 2 * HORIZONTAL)
      const d = dot(line, vectors, record + 3 * HORIZONTAL)
      const sums = f32x4.convert_i32x4_s(sumsOf(a, b, c, d))
      v128.store(out + j, f32x4.mul(sums, f32x4.mul(factor, v128.load(scaleX + j))))
      record += 4 * HORIZONTAL
    }
  } else {
    for (let j: usize = 0; j < 256; j += 4) {
      const from = line + <usize>load<u32>(record)
      let sum: i32 = 0
      for (let k: usize = 0; k < (<usize>vectors) << 4; k += 2)
        sum += <i32>load<i16>(from + k) * <i32>load<i16>(record + k, 16)
      store<f32>(out + j, <f32>sum * (scale * load<f32>(scaleX + j)))
      record += HORIZONTAL
    }
  }
}

function dot1(line: usize, record: usize): v128 {
  return i32x4.dot_i16x8_s(v128.load(line + <usize>load<u32>(record)), v128.load(record, 16))
}

function dot(line: usize, vectors: u32, record: usize): v128 {
  const from = line + <usize>load<u32>(record)
  let sum = i32x4.dot_i16x8_s(v128.load(from), v128.load(record, 16))
  sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load(from, 16), v128.load(record, 32)))
  sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load(from, 32), v128.load(record, 48)))
  if (vectors === 4) sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load(from, 48), v128.load(record, 64)))
  return sum
}

/** The sums over each of four vectors, as one vector. */
function sumsOf(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7))
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7))
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7))
}
