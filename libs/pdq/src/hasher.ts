// A hasher: one kernel instance with its own memory, for one picture after the other.
import { type PdqAllRoom, type PdqDihedralRoom, type PdqRoom, roomForAll, roomForEight, roomForOne } from './answer.ts'
import { HASH_BYTES } from './bits.ts'
import { SMALL } from './decimate.ts'
import { TURNS, type Turn } from './dihedral.ts'
import { isComposable, isNarrow } from './doubt.ts'
import { assertPixels, type Pixels } from './pixels.ts'
import { assertFlavour, type Flavour, SHORTEST_SIDE } from './reduce.ts'
import { assertShrunk, type Size, weighShrunk } from './shrunk.ts'
import { type Build, bestBuild } from './wasm.ts'
import { Workbench } from './workbench.ts'

/**
 * `composed`: blur and thinning as one exact weighted sum; what comes so near to a median that the reference's rounding
 * errors were seen to decide such a thing, and all that is narrow or pale, is computed in the exact order. `exact_order`: every picture in the reference's own order of
 * operations, about 15 times slower.
 */
export type Mode = 'composed' | 'exact_order'

export interface Hasher {
  readonly mode: Mode
  /** `scalar` where the engine has no WASM SIMD; the hashes are the same. */
  readonly build: Build
  /** As `pdq`. With `into`, writes there and allocates nothing. */
  hash(pixels: Pixels, flavour?: Flavour, into?: PdqRoom): PdqRoom
  /** As `pdqDihedral`. */
  dihedral(pixels: Pixels, flavour?: Flavour, into?: PdqDihedralRoom): PdqDihedralRoom
  /** Both flavours, the eight hashes and the qualities from one walk over the pixels. */
  all(pixels: Pixels, into?: PdqAllRoom): PdqAllRoom
  /**
   * As `all`, of a picture that a decoder gave at a fraction of its size (JPEGs cost half then): near the hashes of the whole
   * one of size `whole`, and not equal to them. `commandLine` and `dihedral` look where the whole picture's points lie (within 4
   * bits in drawn photographs); `fullResolution` is of the pixels that are there. RangeError where a side is under 512 px, over
   * 23,168 px or longer than the whole one's.
   */
  allShrunk(pixels: Pixels, whole: Size, into?: PdqAllRoom): PdqAllRoom
}

export interface HasherSettings {
  readonly mode?: Mode
  /** The better one the engine has, if left out. */
  readonly build?: Build
}

/** Takes about 1 MB, and for large pictures as much as one needs. RangeError for a mode or build nobody knows; a CompileError where WASM is refused. */
export function openPdq({ mode = 'composed', build = bestBuild() }: HasherSettings = {}): Hasher {
  if (mode !== 'composed' && mode !== 'exact_order') throw new RangeError('mode must be composed or exact_order')
  if (build !== 'simd' && build !== 'scalar') throw new RangeError('build must be simd or scalar')
  return new KernelHasher(mode, build)
}

class KernelHasher implements Hasher {
  readonly mode: Mode
  readonly build: Build
  readonly #bench: Workbench

  constructor(mode: Mode, build: Build) {
    this.mode = mode
    this.build = build
    this.#bench = new Workbench(build)
  }

  hash(pixels: Pixels, flavour: Flavour = 'command_line', into = roomForOne()): PdqRoom {
    assertPixels(pixels)
    assertFlavour(flavour)
    assertRoom(into.hash)
    into.quality = isKept(pixels) ? this.#kept(pixels) : this.#hashes(pixels, flavour, false)
    this.#bench.copyHash(0, into.hash)
    return into
  }

  dihedral(pixels: Pixels, flavour: Flavour = 'command_line', into = roomForEight()): PdqDihedralRoom {
    assertPixels(pixels)
    assertFlavour(flavour)
    assertRooms(into.hashes)
    into.quality = this.#hashes(pixels, flavour, true)
    this.#copyEight(into.hashes)
    return into
  }

  all(pixels: Pixels, into = roomForAll()): PdqAllRoom {
    assertPixels(pixels)
    const { commandLine, fullResolution, dihedral } = into
    assertRoom(commandLine.hash)
    assertRoom(fullResolution.hash)
    assertRooms(dihedral)

    if (isLarge(pixels)) {
      this.#bothFlavours(pixels, into)
      return into
    }
    // Up to 512 a side the flavours are one.
    commandLine.quality = this.#hashes(pixels, 'full_resolution', true)
    this.#copyEight(dihedral)
    if (isKept(pixels)) commandLine.quality = this.#kept(pixels)
    this.#bench.copyHash(0, commandLine.hash)
    fullResolution.quality = commandLine.quality
    fullResolution.hash.set(commandLine.hash)
    return into
  }

  allShrunk(pixels: Pixels, whole: Size, into = roomForAll()): PdqAllRoom {
    assertPixels(pixels)
    assertShrunk(pixels, whole)
    const { commandLine, fullResolution, dihedral } = into
    assertRoom(commandLine.hash)
    assertRoom(fullResolution.hash)
    assertRooms(dihedral)

    const bench = this.#bench
    bench.walkLarge(pixels, false, true)
    // Nothing is doubted: what rounding could decide is less than what shrinking did.
    fullResolution.quality = bench.finish(false, 'nothing')
    bench.copyHash(0, fullResolution.hash)
    bench.walkLarge(pixels, false, true, {
      across: (length, o, taps) => weighShrunk(length, whole.width, o, taps),
      down: (length, o, taps) => weighShrunk(length, whole.height, o, taps),
    })
    commandLine.quality = bench.finish(true, 'nothing')
    bench.copyHash(0, commandLine.hash)
    this.#copyEight(dihedral)
    return into
  }

  /** One walk for both; only a flavour in doubt is computed again. */
  #bothFlavours(pixels: Pixels, { commandLine, fullResolution, dihedral }: PdqAllRoom): void {
    const bench = this.#bench
    const composes = this.mode === 'composed' && isComposable(pixels) && !isTooSmall(pixels)
    const gathered = bench.walkLarge(pixels, true, composes)
    const quality = composes ? bench.finish(false, 'large') : -1
    if (quality >= 0) {
      fullResolution.quality = quality
      bench.copyHash(0, fullResolution.hash)
    }
    commandLine.quality = this.#gathered(gathered, pixels, true)
    bench.copyHash(0, commandLine.hash)
    this.#copyEight(dihedral)
    if (quality >= 0) return
    fullResolution.quality = isTooSmall(pixels) ? bench.nothing() : this.#exactly(pixels, false)
    bench.copyHash(0, fullResolution.hash)
  }

  /** Leaves the hashes on the bench, and returns the quality. */
  #hashes(pixels: Pixels, flavour: Flavour, eight: boolean): number {
    const bench = this.#bench
    // Resampling comes before the question of size, as in the reference: 1x600 is stretched to 512x512 and has a hash.
    if (flavour === 'command_line' && isLarge(pixels)) {
      return this.#gathered(bench.walkLarge(pixels, true, false), pixels, eight)
    }
    if (isTooSmall(pixels)) return bench.nothing()
    if (this.mode === 'composed' && isComposable(pixels)) {
      const isWalked = isLarge(pixels)
      if (isWalked) bench.walkLarge(pixels, false, true)
      else bench.composeSmall(pixels)
      const quality = bench.finish(eight, isWalked ? 'large' : 'small')
      if (quality >= 0) return quality
    }
    return this.#exactly(pixels, eight)
  }

  #gathered(gathered: number, pixels: Pixels, eight: boolean): number {
    const bench = this.#bench
    const { channels } = pixels
    if (this.mode === 'composed' && !isNarrow(pixels)) {
      bench.composeGathered(gathered, channels)
      const quality = bench.finish(eight, 'small')
      if (quality >= 0) return quality
    }
    bench.exactGathered(gathered, channels)
    return bench.finish(eight, 'nothing')
  }

  #exactly(pixels: Pixels, eight: boolean): number {
    this.#bench.exact(pixels)
    return this.#bench.finish(eight, 'nothing')
  }

  /** Exactly 64x64 is not blurred on the way to a single hash. */
  #kept(pixels: Pixels): number {
    this.#bench.keep(pixels)
    return this.#bench.finish(false, 'nothing')
  }

  #copyEight(hashes: Readonly<Record<Turn, Uint8Array>>): void {
    for (let n = 0; n < TURNS.length; n++) this.#bench.copyHash(n, hashes[TURNS[n] ?? 'original'])
  }
}

const GATHERED = { width: 512, height: 512 }

/** Has no pixel-by-pixel form in the flavour `command_line`. */
function isLarge({ width, height }: Pixels): boolean {
  return width > 0 && height > 0 && (width > GATHERED.width || height > GATHERED.height)
}

function isTooSmall({ width, height }: Pixels): boolean {
  return width < SHORTEST_SIDE || height < SHORTEST_SIDE
}

function isKept({ width, height }: Pixels): boolean {
  return width === SMALL && height === SMALL
}

function assertRooms(hashes: Readonly<Record<Turn, Uint8Array>>): void {
  for (const turn of TURNS) assertRoom(hashes[turn])
}

function assertRoom(hash: Uint8Array): void {
  if (hash.length !== HASH_BYTES)
    throw new RangeError(`a hash takes 32 bytes of room, and this is room for ${hash.length}`)
}
