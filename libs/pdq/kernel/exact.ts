// The whole blur in the reference's order (rows, columns, rows, columns), as a stream of rows: only as many rows are kept as
// the column window is high, so a picture of any height passes through bounded memory. Bit for bit the twin's values.
import { boxRows, enterColumns, leaveColumns, means, quadOf, rowsOf } from './box'
import { brightness } from './luma'

/** One column pass: `fed` rows went in, `told` came out. */
let fed1: u32 = 0
let told1: u32 = 0
let fed2: u32 = 0
let told2: u32 = 0
let sampled: u32 = 0

let width: u32 = 0
let height: u32 = 0
let channels: u32 = 0
let rowWindow: u32 = 0
let columnWindow: u32 = 0
let stride: usize = 0
let columnTable: usize = 0
let rowTable: usize = 0
let small: usize = 0

let bright4: usize = 0
let quad: usize = 0
let boxed: usize = 0
let rows1: usize = 0
let between4: usize = 0
let rows2: usize = 0
let sums1: usize = 0
let sums2: usize = 0
let last: usize = 0
let ring1: usize = 0
let ring2: usize = 0

/** columns, rows: 64 u32 each, where the 64x64 samples lie. out: 64x64 f32, complete after the last row was fed. */
export function exactOpen(
  wide: u32,
  high: u32,
  depth: u32,
  columns: usize,
  rows: usize,
  room: usize,
  out: usize,
): void {
  width = wide
  height = high
  channels = depth
  rowWindow = (wide + 127) / 128
  columnWindow = (high + 127) / 128
  stride = ((<usize>wide + 3) & ~3) << 2
  columnTable = columns
  rowTable = rows
  small = out
  fed1 = told1 = fed2 = told2 = sampled = 0
  bright4 = room
  quad = bright4 + 4 * stride
  boxed = quad + 4 * stride
  rows1 = boxed + 4 * stride
  between4 = rows1 + 4 * stride
  rows2 = between4 + 4 * stride
  sums1 = rows2 + 4 * stride
  sums2 = sums1 + stride
  last = sums2 + stride
  ring1 = last + stride
  ring2 = ring1 + stride * <usize>columnWindow
  memory.fill(sums1, 0, 2 * stride)
}

/** The next `count` rows of bytes. */
export function exactFeed(src: usize, count: u32): void {
  const bytes = <usize>width * <usize>channels
  for (; count > 0; count--, src += bytes) {
    brightness(src, width, channels, bright4 + <usize>(fed1 & 3) * stride)
    fed1++
    if (fed1 & 3 && fed1 < height) continue
    boxFour(bright4, rows1)
    const from = (fed1 - 1) & ~3
    for (let y = from; y < fed1; y++) firstColumns(y)
  }
}

function boxFour(from: usize, to: usize): void {
  quadOf(from, stride, quad)
  boxRows(quad, width, rowWindow, boxed)
  rowsOf(boxed, stride, to)
}

function firstColumns(y: u32): void {
  const slot = ring1 + <usize>(y % columnWindow) * stride
  enterColumns(rows1 + <usize>(y & 3) * stride, stride, slot, y >= columnWindow, sums1)
  const half = (columnWindow + 2) >> 1
  if (y + 1 >= half) secondRows(min(y + 1, columnWindow))
  if (y + 1 < height) return
  for (let n: u32 = 1; n < half; n++) {
    leaveColumns(stride, ring1 + <usize>((height - columnWindow + n - 1) % columnWindow) * stride, sums1)
    secondRows(columnWindow - n)
  }
}

function secondRows(count: u32): void {
  means(sums1, stride, <f32>count, between4 + <usize>(told1 & 3) * stride)
  told1++
  if (told1 & 3 && told1 < height) return
  boxFour(between4, rows2)
  for (let y = (told1 - 1) & ~3; y < told1; y++) secondColumns(y)
}

function secondColumns(y: u32): void {
  const slot = ring2 + <usize>(y % columnWindow) * stride
  enterColumns(rows2 + <usize>(y & 3) * stride, stride, slot, y >= columnWindow, sums2)
  const half = (columnWindow + 2) >> 1
  if (y + 1 >= half) sample(min(y + 1, columnWindow))
  if (y + 1 < height) return
  for (let n: u32 = 1; n < half; n++) {
    leaveColumns(stride, ring2 + <usize>((height - columnWindow + n - 1) % columnWindow) * stride, sums2)
    sample(columnWindow - n)
  }
}

/** Thins the finished row to 64 values, as often as it is asked for (more than once under 64 rows). PDQ, section 1.7. */
function sample(count: u32): void {
  means(sums2, stride, <f32>count, last)
  for (; sampled < 64 && load<u32>(rowTable + ((<usize>sampled) << 2)) === told2; sampled++) {
    const out = small + ((<usize>sampled) << 8)
    for (let j: usize = 0; j < 256; j += 4)
      store<f32>(out + j, load<f32>(last + ((<usize>load<u32>(columnTable + j)) << 2)))
  }
  told2++
}
