// Brightness as the reference rounds it: (r*R + g*G) + b*B in f32, after every step. PDQ, section 1.3.

/** One row of bytes to f32. */
export function brightness(row: usize, width: u32, channels: u32, out: usize): void {
  const n = <usize>width
  let x: usize = 0
  if (channels === 1) {
    if (ASC_FEATURE_SIMD) {
      for (; x + 8 <= n; x += 8) {
        const eight = v128.load_ext<u8>(row + x)
        v128.store(out + (x << 2), f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(eight)))
        v128.store(out + (x << 2), f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(eight)), 16)
      }
    }
    for (; x < n; x++) store<f32>(out + (x << 2), <f32>load<u8>(row + x))
    return
  }
  for (; x < n; x++, row += channels) {
    const redGreen = <f32>0.299 * <f32>load<u8>(row) + <f32>0.587 * <f32>load<u8>(row, 1)
    store<f32>(out + (x << 2), redGreen + <f32>0.114 * <f32>load<u8>(row, 2))
  }
}
