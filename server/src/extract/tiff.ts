// The pages of a TIFF by its own chain of directories. libtiff stops counting at the first one it cannot read.

import type { Turn } from './pages.ts'

interface TiffPages {
  /** Where the directory of each page stands, in bytes from the start. */
  readonly directories: readonly number[]
  /** False: the chain leads out of the file, or into itself. */
  readonly isWhole: boolean
  /** Whether libtiff can unpack all of them. What it cannot it gives as black, without a word. */
  readonly isReadable: boolean
}

/** `most`: no more pages are looked for. TIFF 6.0, section 2; BigTIFF. */
export function tiffPages(bytes: Uint8Array, most: number): TiffPages {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const little = bytes[0] === 0x49
  const directories = new Set<number>()
  let isReadable = true
  try {
    const isBig = file.getUint16(2, little) === 43
    const place = (at: number) => (isBig ? Number(file.getBigUint64(at, little)) : file.getUint32(at, little))
    for (let at = place(isBig ? 8 : 4); at !== 0 && directories.size < most; ) {
      if (directories.has(at)) return { directories: [...directories], isWhole: false, isReadable }
      directories.add(at)
      const count = isBig ? Number(file.getBigUint64(at, little)) : file.getUint16(at, little)
      if (count > MOST_ENTRIES) return { directories: [...directories], isWhole: false, isReadable }
      const [first, size] = isBig ? [at + 8, 20] : [at + 2, 12]
      const next = place(first + size * count)
      for (let entry = first; entry < first + size * count; entry += size)
        if (file.getUint16(entry, little) === COMPRESSION)
          isReadable &&= compressions.has(file.getUint16(entry + (isBig ? 12 : 8), little))
      at = next
    }
    return { directories: [...directories], isWhole: true, isReadable }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { directories: [...directories], isWhole: false, isReadable }
  }
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

/** What a classic TIFF can count to; a BigTIFF that says more lies. */
const MOST_ENTRIES = 65_535

/** Tried with the libtiff that sharp 0.35 brings. Not among them: old JPEG, JBIG, JPEG 2000, LERC, LZMA, Zstandard. */
const compressions = new Set([1, 2, 3, 4, 5, 7, 8, 32_766, 32_773, 32_809, 32_946, 34_676, 34_677, 50_001])
