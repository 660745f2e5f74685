// The cosine transform, B = D * A * D^t, each sum in the reference's order with a rounding after each product and sum:
// the lanes hold neighbouring outputs, never parts of one sum. PDQ, section 1.9.

/** cosines: D, 16x64. turned: D^t, 64x16. small: 64x64. half: room for 16x64. waves: 16x16, written. All f32. */
export function cosineTransform(cosines: usize, turned: usize, small: usize, half: usize, waves: usize): void {
  times64(cosines, small, half)
  times16(half, turned, waves)
}

/** left: 16x64, right: 64x64. */
function times64(left: usize, right: usize, out: usize): void {
  for (let i: usize = 0; i < 16; i += 2) {
    const a = left + (i << 8)
    const to = out + (i << 8)
    if (ASC_FEATURE_SIMD) {
      for (let j: usize = 0; j < 256; j += 64) {
        let s0 = f32x4.splat(0)
        let s1 = s0
        let s2 = s0
        let s3 = s0
        let t0 = s0
        let t1 = s0
        let t2 = s0
        let t3 = s0
        let b = right + j
        for (let k: usize = 0; k < 256; k += 4, b += 256) {
          const u = v128.load_splat<f32>(a + k)
          const v = v128.load_splat<f32>(a + k, 256)
          const b0 = v128.load(b)
          const b1 = v128.load(b, 16)
          const b2 = v128.load(b, 32)
          const b3 = v128.load(b, 48)
          s0 = f32x4.add(s0, f32x4.mul(u, b0))
          s1 = f32x4.add(s1, f32x4.mul(u, b1))
          s2 = f32x4.add(s2, f32x4.mul(u, b2))
          s3 = f32x4.add(s3, f32x4.mul(u, b3))
          t0 = f32x4.add(t0, f32x4.mul(v, b0))
          t1 = f32x4.add(t1, f32x4.mul(v, b1))
          t2 = f32x4.add(t2, f32x4.mul(v, b2))
          t3 = f32x4.add(t3, f32x4.mul(v, b3))
        }
        v128.store(to + j, s0)
        v128.store(to + j, s1, 16)
        v128.store(to + j, s2, 32)
        v128.store(to + j, s3, 48)
        v128.store(to + j, t0, 256)
        v128.store(to + j, t1, 272)
        v128.store(to + j, t2, 288)
        v128.store(to + j, t3, 304)
      }
    } else {
      plain(a, right, to, 64)
      plain(a + 256, right, to + 256, 64)
    }
  }
}

/** left: 16x64, right: 64x16. */
function times16(left: usize, right: usize, out: usize): void {
  for (let i: usize = 0; i < 16; i++) {
    const a = left + (i << 8)
    const to = out + (i << 6)
    if (ASC_FEATURE_SIMD) {
      let s0 = f32x4.splat(0)
      let s1 = s0
      let s2 = s0
      let s3 = s0
      let b = right
      for (let k: usize = 0; k < 256; k += 4, b += 64) {
        const u = v128.load_splat<f32>(a + k)
        s0 = f32x4.add(s0, f32x4.mul(u, v128.load(b)))
        s1 = f32x4.add(s1, f32x4.mul(u, v128.load(b, 16)))
        s2 = f32x4.add(s2, f32x4.mul(u, v128.load(b, 32)))
        s3 = f32x4.add(s3, f32x4.mul(u, v128.load(b, 48)))
      }
      v128.store(to, s0)
      v128.store(to, s1, 16)
      v128.store(to, s2, 32)
      v128.store(to, s3, 48)
    } else plain(a, right, to, 16)
  }
}

/** One row of the product, without lanes. left: 64, right: 64 x columns. */
function plain(left: usize, right: usize, out: usize, columns: usize): void {
  for (let j: usize = 0; j < columns; j++) {
    let sum: f32 = 0
    for (let k: usize = 0; k < 64; k++) sum += load<f32>(left + (k << 2)) * load<f32>(right + ((k * columns + j) << 2))
    store<f32>(out + (j << 2), sum)
  }
}
