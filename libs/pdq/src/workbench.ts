// The kernel and its memory: brings pixels in, once and in bands, and leaves the 64x64 samples behind.
import { SMALL } from './decimate.ts'
import { FAINT, SLACK } from './doubt.ts'
import { AT, FREE, writeConstants } from './layout.ts'
import type { Pixels } from './pixels.ts'
import { newTaps, weigh } from './taps.ts'
import { type Build, instantiate, type Kernel } from './wasm.ts'
import { layAcrossLarge, layAcrossSmall, layDownSmall, type Views, views, type Weigh } from './weights.ts'

const SIDE = 512
/** A picture up to this size is copied whole; of a larger one as many rows at a time as fit BAND (at least one). */
const WHOLE = 2 ** 20
const BAND = 2 ** 18
/** Vector reads go this far beyond what counts. */
const BEYOND = 64
/** `small`: what composeSmall made. `large`: what walkLarge made. `nothing`: what was made in the exact order. */
export type Doubting = 'nothing' | 'small' | 'large'

/** Where the doubts lie, and the slack of the quality. */
const DOUBTING = { nothing: [0, 0], small: [AT.doubts, SLACK], large: [AT.largeDoubts, SLACK] } as const

export type Axes = { readonly across: Weigh; readonly down: Weigh }

/** All pixels for what they are. */
const WHOLE_AXES: Axes = { across: weigh, down: weigh }

/** One picture in the making: the pixels, how many of its rows were seen. */
export class Workbench {
  readonly #kernel: Kernel
  readonly #taps = newTaps()
  #memory: Views
  /** Which picture the tables for small ones fit: width, height, channels. */
  #tablesFor = [0, 0, 0]
  #tapsDown = 1

  constructor(build: Build) {
    this.#kernel = instantiate(build)
    this.#memory = views(this.#kernel.memory)
    this.#reserve(WHOLE)
    writeConstants(this.#kernel.memory)
  }

  /** Both sides at most 512: the picture itself. */
  composeSmall({ data, width, height, channels }: Pixels): void {
    this.#reserve(data.length + BEYOND)
    this.#memory.u8.set(data, FREE)
    this.#compose(FREE, width, height, channels)
  }

  /**
   * A side over 512: gathers 512x512 for the command line, and if `full` is asked for, composes all pixels on the same walk.
   * Returns the address of the gathered picture, for composeGathered. The samples of all pixels lie in AT.small.
   */
  walkLarge({ data, width, height, channels }: Pixels, gather: boolean, full: boolean, of: Axes = WHOLE_AXES): number {
    const bytes = width * channels
    const bandRows = Math.max(1, Math.floor(BAND / bytes))
    const gathered = FREE
    const weightsDown = gathered + (gather ? SIDE * SIDE * channels + BEYOND : 0)
    const sums = weightsDown + align(2 * bandRows + 16)
    const weightsAcross = sums + (full ? align(4 * bytes + BEYOND) : 0)
    const band = weightsAcross + (full ? align(4 * (2 * bytes + 64 * 8)) : 0)
    this.#reserve(band - FREE + bandRows * bytes + BEYOND)
    if (gather) this.#offsets(width, channels)
    if (full) layAcrossLarge(this.#memory, this.#taps, { width, channels }, weightsAcross, of.across)

    const taps = this.#taps
    let gatheredRows = 0
    let o = 0
    if (full) of.down(height, 0, taps)
    for (let y = 0; y < height; y += bandRows) {
      const end = Math.min(height, y + bandRows)
      // The command line alone needs 512 rows, however many there are.
      if (!full && end <= Math.floor((gatheredRows * height) / SIDE)) continue
      this.#memory.u8.set(data.subarray(y * bytes, end * bytes), band)
      for (; gather && gatheredRows < SIDE; gatheredRows++) {
        const row = Math.floor((gatheredRows * height) / SIDE)
        if (row >= end) break
        this.#kernel.gatherRow(
          band + (row - y) * bytes,
          AT.offsets,
          channels,
          gathered + gatheredRows * SIDE * channels,
        )
      }
      while (full && o < SMALL && taps.first < end) {
        this.#accumulate(band, y, end, bytes, weightsDown, sums)
        if (taps.first + taps.count > end) break
        this.#kernel.combineColumns(sums, AT.columns, weightsAcross, 1 / taps.sum, AT.small + 4 * SMALL * o)
        o++
        if (o < SMALL) of.down(height, o, taps)
      }
    }
    return gathered
  }

  composeGathered(gathered: number, channels: Pixels['channels']): void {
    this.#compose(gathered, SIDE, SIDE, channels)
  }

  /** Exactly 64x64, unblurred. */
  keep({ data, width, height, channels }: Pixels): void {
    this.#reserve(data.length + BEYOND)
    this.#memory.u8.set(data, FREE)
    this.#kernel.brightness(FREE, width * height, channels, AT.small)
  }

  /** All pixels in the reference's order of operations. */
  exact({ data, width, height, channels }: Pixels): void {
    const bytes = width * channels
    const bandRows = Math.min(height, Math.max(1, Math.floor(BAND / bytes)))
    const room = FREE + align(bandRows * bytes + BEYOND)
    this.#reserve(room - FREE + exactRoom(width, height))
    this.#openExact(width, height, channels, room)
    for (let y = 0; y < height; y += bandRows) {
      const end = Math.min(height, y + bandRows)
      this.#memory.u8.set(bandRows === height ? data : data.subarray(y * bytes, end * bytes), FREE)
      this.#kernel.exactFeed(FREE, end - y)
    }
  }

  exactGathered(gathered: number, channels: Pixels['channels']): void {
    const room = gathered + SIDE * SIDE * channels + BEYOND
    this.#reserve(room - FREE + exactRoom(SIDE, SIDE))
    this.#openExact(SIDE, SIDE, channels, room)
    this.#kernel.exactFeed(gathered, SIDE)
  }

  /** Leaves one hash or eight in AT.hashes and returns the quality; -1 if the samples leave something open, as pale ones do. */
  finish(eight: boolean, doubting: Doubting): number {
    const { small, cosines, turned, half, waves, room, hashes } = AT
    const [off, slack] = DOUBTING[doubting]
    const quality = this.#kernel.finish(small, cosines, turned, half, waves, room, eight ? 1 : 0, off, slack, hashes)
    return doubting !== 'nothing' && quality < FAINT && this.#isPale(quality) ? -1 : quality
  }

  #isPale(quality: number): boolean {
    let sum = 0
    for (let k = AT.small / 4; k < AT.small / 4 + SMALL * SMALL; k++) sum += this.#memory.f32[k] ?? 0
    return quality < (FAINT * sum) / (SMALL * SMALL * 255)
  }

  /** A copy of the 256 waves behind the last hashes, for the tests of the tolerance. */
  waves(): Float32Array {
    return new Float32Array(this.#kernel.memory.buffer, AT.waves, 256).slice()
  }

  /** A copy of the 64x64 samples behind them. */
  samples(): Float32Array {
    return new Float32Array(this.#kernel.memory.buffer, AT.small, SMALL * SMALL).slice()
  }

  /** The hashes of a picture without any: zeros, quality 0. */
  nothing(): number {
    this.#memory.u8.fill(0, AT.hashes, AT.hashes + 8 * 32)
    return 0
  }

  /** Copies hash n, 0..7, into 32 bytes. */
  copyHash(n: number, into: Uint8Array): void {
    const from = AT.hashes + 32 * n
    for (let i = 0; i < 32; i++) into[i] = this.#memory.u8[from + i] ?? 0
  }

  #openExact(width: number, height: number, channels: number, room: number): void {
    for (let o = 0; o < SMALL; o++) {
      this.#memory.u32[AT.sampleX / 4 + o] = Math.floor(((o + 0.5) * width) / SMALL)
      this.#memory.u32[AT.sampleY / 4 + o] = Math.floor(((o + 0.5) * height) / SMALL)
    }
    this.#kernel.exactOpen(width, height, channels, AT.sampleX, AT.sampleY, room, AT.small)
  }

  #compose(src: number, width: number, height: number, channels: Pixels['channels']): void {
    const [forWidth, forHeight, forChannels] = this.#tablesFor
    if (forWidth !== width || forChannels !== channels) layAcrossSmall(this.#memory, this.#taps, width, channels)
    if (forHeight !== height) this.#tapsDown = layDownSmall(this.#memory, this.#taps, height)
    this.#tablesFor[0] = width
    this.#tablesFor[1] = height
    this.#tablesFor[2] = channels
    this.#kernel.composeSmall(
      src,
      width * channels,
      this.#tapsDown,
      AT.vertical,
      channels === 1 ? 1 : channels,
      AT.horizontal,
      AT.line,
      AT.scaleX,
      AT.scaleY,
      AT.small,
    )
  }

  /** The rows of this band that the open sample needs. */
  #accumulate(band: number, y: number, end: number, bytes: number, weights: number, sums: number): void {
    const { first, count } = this.#taps
    const from = Math.max(y, first)
    const to = Math.min(end, first + count)
    for (let row = from; row < to; row++) {
      this.#memory.i16[weights / 2 + row - from] = this.#taps.weights[row - first] ?? 0
    }
    this.#kernel.accumulateRows(band + (from - y) * bytes, bytes, to - from, weights, sums, from === first ? 1 : 0)
  }

  #offsets(width: number, channels: number): void {
    for (let x = 0; x < SIDE; x++) this.#memory.u32[AT.offsets / 4 + x] = Math.floor((x * width) / SIDE) * channels
  }

  /** Room for so many bytes behind FREE. It grows and never shrinks: the largest picture so far sets it. */
  #reserve(bytes: number): void {
    const { memory } = this.#kernel
    const missing = FREE + bytes - memory.buffer.byteLength
    if (missing <= 0) return
    try {
      memory.grow(Math.ceil(missing / 65_536))
    } catch (cause) {
      throw new RangeError('the picture is too large for the memory of this engine', { cause })
    }
    this.#memory = views(memory)
  }
}

/** Bytes that exactOpen of the kernel lays its rows in; here, in numbers that do not end at 4 GB. */
function exactRoom(width: number, height: number): number {
  return 4 * 4 * Math.ceil(width / 4) * (27 + 2 * Math.ceil(height / 128))
}

function align(bytes: number): number {
  return (bytes + 15) & ~15
}
