// How many pages a TIFF has by its own chain of directories. libtiff stops counting at the first one it cannot read.

/** undefined: the chain leads out of the file, into itself, or on for longer than `most`. TIFF 6.0, section 2; BigTIFF. */
export function tiffPages(bytes: Uint8Array, most: number): number | undefined {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const little = bytes[0] === 0x49
  try {
    const isBig = file.getUint16(2, little) === 43
    const place = (at: number) => (isBig ? Number(file.getBigUint64(at, little)) : file.getUint32(at, little))
    let at = place(isBig ? 8 : 4)
    let pages = 0
    for (; at !== 0; pages += 1) {
      if (pages > most) return undefined
      const entries = isBig ? Number(file.getBigUint64(at, little)) : file.getUint16(at, little)
      at = place(at + (isBig ? 8 + 20 * entries : 2 + 12 * entries))
    }
    return pages
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
