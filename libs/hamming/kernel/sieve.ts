// The test of the next word: of a bucket's sketches, those few bits off. 32 rows at a time, or 16 where buckets are few.
import { keep } from './survivors'

/** A lane is zero after k rounds of x & (x - 1) if and only if x had at most k bits. */
function round(x: v128): v128 {
  return v128.and(x, i16x8.add(x, i16x8.splat(-1)))
}
function off1(at: usize, next: v128): v128 {
  return round(v128.xor(v128.load(at), next))
}
function off2(at: usize, next: v128): v128 {
  return round(off1(at, next))
}
function off3(at: usize, next: v128): v128 {
  return round(off2(at, next))
}

/** A bit for each lane that is zero. */
function zeros(low: v128, high: v128): u32 {
  const zero = i16x8.splat(0)
  return i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.eq(low, zero), i16x8.eq(high, zero)))
}

export function near1(starts: usize, sketch: usize, key: u32, next: v128, tag: u32): void {
  const at = starts + ((<usize>key) << 2)
  const to = load<u32>(at, 4)
  for (let from = load<u32>(at); from < to; from += 16) {
    const p = sketch + ((<usize>from) << 1)
    const mask = zeros(off1(p, next), off1(p + 16, next))
    if (mask) keep(from, to, tag, mask)
  }
}

/** 16 of 17 buckets come here. */
export function near2(starts: usize, sketch: usize, key: u32, next: v128, tag: u32): void {
  const at = starts + ((<usize>key) << 2)
  const to = load<u32>(at, 4)
  for (let from = load<u32>(at); from < to; from += 32) {
    const p = sketch + ((<usize>from) << 1)
    const a = off2(p, next)
    const b = off2(p + 16, next)
    const c = off2(p + 32, next)
    const d = off2(p + 48, next)
    // One test for all 32: in 11 of 12 cases none passes.
    if (i16x8.all_true(i16x8.min_u(i16x8.min_u(a, b), i16x8.min_u(c, d)))) continue
    keep(from, to, tag, zeros(a, b) | (zeros(c, d) << 16))
  }
}

export function near3(starts: usize, sketch: usize, key: u32, next: v128, tag: u32): void {
  const at = starts + ((<usize>key) << 2)
  const to = load<u32>(at, 4)
  for (let from = load<u32>(at); from < to; from += 16) {
    const p = sketch + ((<usize>from) << 1)
    const mask = zeros(off3(p, next), off3(p + 16, next))
    if (mask) keep(from, to, tag, mask)
  }
}
