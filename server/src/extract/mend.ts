// Two kinds of truncated file that browsers show in part and libvips refuses: made whole again, the missing part blank.
import { constants, crc32, deflateSync, inflateSync } from 'node:zlib'
import { sniff } from './sniff.ts'

/** A file that decodes as far as the old one went, or undefined where nothing can be done. */
export function mended(bytes: Uint8Array, { maxPixels }: { readonly maxPixels: number }): Buffer | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const sniffed = sniff(file)
  if (sniffed.kind !== 'image') return undefined
  if (sniffed.type === 'webp') return padded(file)
  return sniffed.type === 'png' ? refilled(file, maxPixels) : undefined
}

/**
 * WebP is refused whole when it is shorter than its first bytes say (RIFF: the size at byte 4, counted from byte 8). With
 * zeros in place of the rest the lossy kind decodes; the lossless kind does not and stays undecodable.
 */
function padded(file: Buffer): Buffer | undefined {
  const missing = file.readUInt32LE(4) + 8 - file.length
  // The claimed size is a stranger's: what is added never outgrows what is there by much.
  if (missing <= 0 || missing > Math.max(16 * file.length, 65_536)) return undefined
  return Buffer.concat([file, Buffer.alloc(missing)])
}

/** An interlaced PNG is refused when its pixels end early: unpack what is there, fill with zeros, pack anew. */
function refilled(file: Buffer, maxPixels: number): Buffer | undefined {
  const header = file.subarray(16, 29)
  if (header.length < 13) return undefined
  const [width, height, depth, colour, interlaced] = [
    header.readUInt32BE(0),
    header.readUInt32BE(4),
    header.readUInt8(8),
    header.readUInt8(9),
    header.readUInt8(12) === 1,
  ]
  if (width * height > maxPixels || !interlaced) return undefined
  const size = interlacedBytes(width, height, depth * (channels[colour] ?? 4))
  const { before, packed } = parts(file)
  try {
    const pixels = inflateSync(packed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: size + 65_536 })
    const filled = Buffer.concat([pixels, Buffer.alloc(Math.max(0, size - pixels.length))])
    const image = deflateSync(filled, { level: constants.Z_BEST_SPEED })
    return Buffer.concat([before, chunk('IDAT', image), chunk('IEND', Buffer.alloc(0))])
  } catch {
    return undefined
  }
}

/** Channels of each PNG colour type; a palette is one. */
const channels: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** Adam7: seven small pictures, each row of each with one byte before it. */
function interlacedBytes(width: number, height: number, bitsPerPixel: number): number {
  const passes = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ] as const
  return passes.reduce((sum, [left, top, across, down]) => {
    const [columns, rows] = [Math.ceil((width - left) / across), Math.ceil((height - top) / down)]
    return columns > 0 && rows > 0 ? sum + rows * (1 + Math.ceil((columns * bitsPerPixel) / 8)) : sum
  }, 0)
}

/** before: signature and all chunks up to the first IDAT; packed: what the IDATs hold, the last perhaps cut short. */
function parts(file: Buffer): { before: Buffer; packed: Buffer } {
  const packed: Buffer[] = []
  let before = file
  for (let at = 8; at + 8 <= file.length; ) {
    const size = file.readUInt32BE(at)
    if (file.toString('latin1', at + 4, at + 8) === 'IDAT') {
      if (packed.length === 0) before = file.subarray(0, at)
      packed.push(file.subarray(at + 8, at + 8 + size))
    }
    at += 12 + size
  }
  return { before, packed: Buffer.concat(packed) }
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(body.length, 0)
  ends.writeUInt32BE(crc32(named), 4)
  return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)])
}
