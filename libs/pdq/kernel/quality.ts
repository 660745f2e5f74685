// Quality, PDQ, section 1.8: neighbours' differences in whole percents. `slack` is how far a difference in percent may be
// from the reference's: the sum is taken with all of them as low and as high as that, and the caller sees if it matters.

/** small: 64x64 f32. Returns 0..100, or -1 if the slack leaves it open. With slack 0 it is the reference's. */
export function qualityOf(small: usize, slack: f32): i32 {
  if (ASC_FEATURE_SIMD) {
    const none = f32x4.splat(0)
    const minus = f32x4.splat(-slack)
    const plus = f32x4.splat(slack)
    const hundred = f32x4.splat(100)
    const white = f32x4.splat(255)
    let low = none
    let high = none
    for (let y: usize = 0; y < 64; y++) {
      for (let x: usize = 0; x < 256; x += 16) {
        const at = small + (y << 8) + x
        const here = v128.load(at)
        if (y < 63) {
          const d = f32x4.div(f32x4.mul(f32x4.abs(f32x4.sub(here, v128.load(at, 256))), hundred), white)
          low = f32x4.add(low, f32x4.floor(f32x4.max(none, f32x4.add(d, minus))))
          high = f32x4.add(high, f32x4.floor(f32x4.add(d, plus)))
        }
        let d = f32x4.div(f32x4.mul(f32x4.abs(f32x4.sub(here, v128.load(at, 4))), hundred), white)
        // The last column's right neighbour is the next row's first.
        if (x === 240) d = f32x4.replace_lane(d, 3, 0)
        low = f32x4.add(low, f32x4.floor(f32x4.max(none, f32x4.add(d, minus))))
        high = f32x4.add(high, f32x4.floor(f32x4.add(d, plus)))
      }
    }
    return settled(lanes(low), lanes(high))
  }
  let low: f32 = 0
  let high: f32 = 0
  for (let y: usize = 0; y < 64; y++) {
    for (let x: usize = 0; x < 256; x += 4) {
      const at = small + (y << 8) + x
      const here = load<f32>(at)
      if (y < 63) {
        const d = (abs(here - load<f32>(at, 256)) * 100) / 255
        low += floor<f32>(max<f32>(0, d - slack))
        high += floor<f32>(d + slack)
      }
      if (x < 252) {
        const d = (abs(here - load<f32>(at, 4)) * 100) / 255
        low += floor<f32>(max<f32>(0, d - slack))
        high += floor<f32>(d + slack)
      }
    }
  }
  return settled(low, high)
}

function settled(low: f32, high: f32): i32 {
  const quality = min(100, <i32>low / 90)
  return quality === min(100, <i32>high / 90) ? quality : -1
}

function lanes(sum: v128): f32 {
  const even = f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 2)
  return even + (f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 3))
}
