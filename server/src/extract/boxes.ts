// The boxes at the top of an AVIF, walked one by one: whether it holds a film beside its still picture.

/** More boxes than any camera or program writes at the top of a file. */
const MOST_BOXES = 10_000

/** The letters, as one number. */
const AVIS = 0x61766973

/**
 * By the brand of sequences in `ftyp`, however long its list, or a `moov` box, wherever it stands. libvips reads the still
 * picture only. True as well for a file of more boxes than anybody looks through, and for one whose boxes do not lead to its
 * end: what lies behind the last one that could be read may be such a box for somebody else. Only pixels (`mdat`) may be cut
 * short. ISO 14496-12, sections 4.2, 4.3 and 8.2.
 */
export function isAvifSequence(bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  for (let boxes = 0; at + 8 <= file.length; boxes += 1) {
    if (boxes >= MOST_BOXES) return true
    const type = file.toString('latin1', at + 4, at + 8)
    const size = sizeOf(file, at)
    if (type === 'moov') return true
    if (type === 'ftyp' && isOfSequences(file.subarray(at, Math.max(at + 8, at + size)))) return true
    // No box is so small: from here on nobody can tell where the next one begins.
    if (size < 8) return true
    if (at + size > file.length || file.readUInt32BE(at) === 0) return type !== 'mdat'
    at += size
  }
  return false
}

/** In bytes, its own first ones included. 1 stands for a number of eight bytes behind the type, 0 for the rest of the file. */
function sizeOf(file: Buffer, at: number): number {
  const size = file.readUInt32BE(at)
  if (size === 0) return file.length - at
  if (size !== 1) return size
  return at + 16 <= file.length ? Number(file.readBigUInt64BE(at + 8)) : file.length - at
}

/** The major brand, a version, then the compatible ones: four letters each. */
function isOfSequences(box: Buffer): boolean {
  const first = box.readUInt32BE(0) === 1 ? 16 : 8
  for (let at = first; at + 4 <= box.length; at += 4) if (at !== first + 4 && box.readUInt32BE(at) === AVIS) return true
  return false
}
