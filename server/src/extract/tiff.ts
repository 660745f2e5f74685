// The pages of a TIFF by its own directories: the chain, and those below a page. libtiff stops counting at the first one it
// cannot read, and never counts those below.
import type { Turn } from './pages.ts'

interface TiffPages {
  /** Where the directory of each page stands, in bytes from the start: first the chain, then what lies below it. */
  readonly directories: readonly number[]
  /** False: a chain leads out of the file, or into itself. */
  readonly isWhole: boolean
  /** Whether libtiff can unpack all of them. What it cannot it gives as black, without a word. */
  readonly isReadable: boolean
}

/** `most`: no more pages are looked for. TIFF 6.0, section 2; TIFF Technical Note 1 (SubIFDs); BigTIFF. */
export function tiffPages(bytes: Uint8Array, most: number): TiffPages {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const directories = new Set<number>()
  let isReadable = true
  const end = (isWhole: boolean): TiffPages => ({ directories: [...directories], isWhole, isReadable })
  try {
    const read = readerOf(file, bytes[0] === 0x49)
    const below: number[] = []
    for (let at = read.first(); directories.size < most; ) {
      if (at === 0) at = below.shift() ?? 0
      if (at === 0) return end(true)
      if (directories.has(at)) return end(false)
      directories.add(at)
      const { entries, next } = read.directory(at)
      if (!entries) return end(false)
      for (const entry of entries) {
        if (read.tag(entry) === COMPRESSION) isReadable &&= compressions.has(read.numbers(entry, 1)?.[0] ?? 0)
        if (read.tag(entry) !== BELOW) continue
        const places = read.numbers(entry, most)
        // So many directories may tell of as many each.
        if (!places || below.length > most) return end(false)
        below.push(...places.filter((place) => place !== 0))
      }
      at = next
    }
    return end(true)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return end(false)
  }
}

/** Throws a RangeError for what lies outside of the file. */
function readerOf(file: DataView, isLittle: boolean) {
  const isBig = file.getUint16(2, isLittle) === 43
  const place = (at: number) => (isBig ? Number(file.getBigUint64(at, isLittle)) : file.getUint32(at, isLittle))
  return {
    first: () => place(isBig ? 8 : 4),
    /** `entries`: where each stands; undefined where there are more than can be. */
    directory: (at: number) => {
      const count = isBig ? Number(file.getBigUint64(at, isLittle)) : file.getUint16(at, isLittle)
      if (count > MOST_ENTRIES) return { entries: undefined, next: 0 }
      const [first, size] = isBig ? [at + 8, 20] : [at + 2, 12]
      const entries = Array.from({ length: count }, (_, n) => first + size * n)
      return { entries, next: place(first + size * count) }
    },
    tag: (entry: number) => file.getUint16(entry, isLittle),
    /** All of them; undefined for more than `most`, and for what are no whole numbers. */
    numbers: (entry: number, most: number): number[] | undefined => {
      const bytes = sizes[file.getUint16(entry + 2, isLittle)]
      const count = place(entry + 4)
      if (bytes === undefined || count > most) return undefined
      const inside = entry + (isBig ? 12 : 8)
      const from = bytes * count > (isBig ? 8 : 4) ? place(inside) : inside
      return Array.from({ length: count }, (_, n) => numberAt(file, from + bytes * n, bytes, isLittle))
    },
  }
}

function numberAt(file: DataView, at: number, bytes: 1 | 2 | 4 | 8, isLittle: boolean): number {
  if (bytes === 1) return file.getUint8(at)
  if (bytes === 2) return file.getUint16(at, isLittle)
  return bytes === 4 ? file.getUint32(at, isLittle) : Number(file.getBigUint64(at, isLittle))
}

/** Each page as the first one of a copy of the file: then no other can stand in its way. One copy for all: one at a time. */
export function pageTurner(bytes: Uint8Array, directories: readonly number[]): Turn {
  const copy = new Uint8Array(bytes)
  const file = new DataView(copy.buffer)
  const little = copy[0] === 0x49
  return (page) => {
    const directory = directories[page] ?? 0
    if (file.getUint16(2, little) === 43) file.setBigUint64(8, BigInt(directory), little)
    else file.setUint32(4, directory, little)
    return { bytes: copy, page: 0 }
  }
}

const COMPRESSION = 259
const BELOW = 330

/** By the kind of a number, its bytes: BYTE, SHORT, LONG, IFD, LONG8, IFD8. */
const sizes: Readonly<Record<number, 1 | 2 | 4 | 8>> = { 1: 1, 3: 2, 4: 4, 13: 4, 16: 8, 18: 8 }

/** What a classic TIFF can count to; a BigTIFF that says more lies. */
const MOST_ENTRIES = 65_535

/** Tried with the libtiff that sharp 0.35 brings. Not among them: old JPEG, JBIG, JPEG 2000, LERC, LZMA, Zstandard. */
const compressions = new Set([1, 2, 3, 4, 5, 7, 8, 32_766, 32_773, 32_809, 32_946, 34_676, 34_677, 50_001])
