// One-dimensional boxes in the reference's order of operations, PDQ, section 1.6: running f32 sums whose drift is part of the
// hash. Rows go four at a time, side by side in the lanes ("a quad": for each x the four rows' values).

/** rows: four rows, `stride` bytes apart (a multiple of 16). quad: written, 4 * stride bytes. */
export function quadOf(rows: usize, stride: usize, quad: usize): void {
  for (let x: usize = 0; x < stride; x += 16, rows += 16, quad += 64) swap4(rows, stride, quad, 16)
}

/** The way back. */
export function rowsOf(quad: usize, stride: usize, rows: usize): void {
  for (let x: usize = 0; x < stride; x += 16, rows += 16, quad += 64) swap4(quad, 16, rows, stride)
}

/** Transposes a block of 4x4. */
function swap4(from: usize, step: usize, to: usize, toStep: usize): void {
  if (ASC_FEATURE_SIMD) {
    const a = v128.load(from)
    const b = v128.load(from + step)
    const c = v128.load(from + 2 * step)
    const d = v128.load(from + 3 * step)
    const abLow = v128.shuffle<i32>(a, b, 0, 4, 1, 5)
    const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7)
    const cdLow = v128.shuffle<i32>(c, d, 0, 4, 1, 5)
    const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7)
    v128.store(to, v128.shuffle<i32>(abLow, cdLow, 0, 1, 4, 5))
    v128.store(to + toStep, v128.shuffle<i32>(abLow, cdLow, 2, 3, 6, 7))
    v128.store(to + 2 * toStep, v128.shuffle<i32>(abHigh, cdHigh, 0, 1, 4, 5))
    v128.store(to + 3 * toStep, v128.shuffle<i32>(abHigh, cdHigh, 2, 3, 6, 7))
  } else {
    for (let i: usize = 0; i < 4; i++) {
      for (let j: usize = 0; j < 4; j++) store<f32>(to + j * toStep + (i << 2), load<f32>(from + i * step + (j << 2)))
    }
  }
}

/** The box along four rows at once: the window enters, grows, slides and leaves. out: a quad, written. */
export function boxRows(quad: usize, length: u32, window: u32, out: usize): void {
  if (!ASC_FEATURE_SIMD) {
    for (let lane: usize = 0; lane < 16; lane += 4) boxRow(quad + lane, length, window, out + lane)
    return
  }
  const half = (window + 2) >> 1
  let next = quad
  let oldest = quad
  let sum = f32x4.splat(0)
  let count: f32 = 0
  for (let n: u32 = 1; n < half; n++, next += 16, count++) sum = f32x4.add(sum, v128.load(next))
  for (let n: u32 = half; n <= window; n++, next += 16, out += 16) {
    sum = f32x4.add(sum, v128.load(next))
    count++
    v128.store(out, f32x4.div(sum, f32x4.splat(count)))
  }
  const full = f32x4.splat(count)
  for (let n: u32 = window; n < length; n++, next += 16, oldest += 16, out += 16) {
    sum = f32x4.sub(f32x4.add(sum, v128.load(next)), v128.load(oldest))
    v128.store(out, f32x4.div(sum, full))
  }
  for (let n: u32 = 1; n < half; n++, oldest += 16, out += 16) {
    sum = f32x4.sub(sum, v128.load(oldest))
    count--
    v128.store(out, f32x4.div(sum, f32x4.splat(count)))
  }
}

function boxRow(quad: usize, length: u32, window: u32, out: usize): void {
  const half = (window + 2) >> 1
  let next = quad
  let oldest = quad
  let sum: f32 = 0
  let count: f32 = 0
  for (let n: u32 = 1; n < half; n++, next += 16, count++) sum += load<f32>(next)
  for (let n: u32 = half; n <= window; n++, next += 16, out += 16) {
    sum += load<f32>(next)
    count++
    store<f32>(out, sum / count)
  }
  for (let n: u32 = window; n < length; n++, next += 16, oldest += 16, out += 16) {
    sum += load<f32>(next)
    sum -= load<f32>(oldest)
    store<f32>(out, sum / count)
  }
  for (let n: u32 = 1; n < half; n++, oldest += 16, out += 16) {
    sum -= load<f32>(oldest)
    count--
    store<f32>(out, sum / count)
  }
}

/**
 * The box along all columns, one row further: `row` joins the running sums; if the window is full, the row that lies in
 * `slot` leaves them. `row` then takes the slot.
 */
export function enterColumns(row: usize, stride: usize, slot: usize, full: bool, sums: usize): void {
  if (ASC_FEATURE_SIMD) {
    for (let x: usize = 0; x < stride; x += 16) {
      const next = v128.load(row + x)
      let sum = f32x4.add(v128.load(sums + x), next)
      if (full) sum = f32x4.sub(sum, v128.load(slot + x))
      v128.store(slot + x, next)
      v128.store(sums + x, sum)
    }
  } else {
    for (let x: usize = 0; x < stride; x += 4) {
      const next = load<f32>(row + x)
      let sum = load<f32>(sums + x) + next
      if (full) sum -= load<f32>(slot + x)
      store<f32>(slot + x, next)
      store<f32>(sums + x, sum)
    }
  }
}

/** After the last row: the row in `slot` leaves the sums. */
export function leaveColumns(stride: usize, slot: usize, sums: usize): void {
  for (let x: usize = 0; x < stride; x += 4) store<f32>(sums + x, load<f32>(sums + x) - load<f32>(slot + x))
}

export function means(sums: usize, stride: usize, count: f32, out: usize): void {
  if (ASC_FEATURE_SIMD) {
    const counts = f32x4.splat(count)
    for (let x: usize = 0; x < stride; x += 16) v128.store(out + x, f32x4.div(v128.load(sums + x), counts))
  } else {
    for (let x: usize = 0; x < stride; x += 4) store<f32>(out + x, load<f32>(sums + x) / count)
  }
}
