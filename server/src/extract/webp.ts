// The chunks of an animated WebP. libwebp refuses the whole file for one frame that it cannot read.
import type { Film, Span } from './film.ts'

/** VP8X holds the flags and the size of the canvas. */
const FIRST_FRAME_AT_LEAST = 30

/** undefined: it is no animation. `most`: no more frames are looked for. WebP container, "Extended File Format". */
export function webpFilm(bytes: Uint8Array, most: number): Film | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (file.length < FIRST_FRAME_AT_LEAST || file.toString('latin1', 12, 16) !== 'VP8X') return undefined
  const { before, frames } = framesIn(file, most)
  if (frames.length === 0) return undefined
  return {
    count: frames.length,
    width: 1 + file.readUIntLE(24, 3),
    height: 1 + file.readUIntLE(27, 3),
    remade: (numbers) => {
      const chosen = numbers.flatMap((number) => frames[number] ?? [])
      const parts = [file.subarray(12, before), ...chosen.map((span) => filled(file, span))]
      const size = Buffer.alloc(4)
      size.writeUInt32LE(parts.reduce((sum, { length }) => sum + length, 4))
      return Buffer.concat([file.subarray(0, 4), size, file.subarray(8, 12), ...parts])
    },
  }
}

/** before: where the first frame begins; everything up to there belongs to all of them. */
function framesIn(file: Buffer, most: number): { before: number; frames: Span[] } {
  const frames: Span[] = []
  let before = file.length
  // What stands behind the size in the first bytes is not part of the picture for anybody.
  const end = Math.min(file.length, 8 + file.readUInt32LE(4))
  for (let at = 12; at + 8 <= end && frames.length < most; ) {
    const size = file.readUInt32LE(at + 4)
    // Chunks begin at even places.
    const to = at + 8 + size + (size % 2)
    if (file.toString('latin1', at, at + 4) === 'ANMF') {
      before = Math.min(before, at)
      // The claimed size is a stranger's: what is added never outgrows what is there.
      if (to > 2 * file.length) break
      frames.push({ from: at, to })
    }
    at = to
  }
  return { before, frames }
}

/** A chunk that was cut short ends in zeros: the lossy kind decodes then, as far as it goes. */
function filled(file: Buffer, { from, to }: Span): Buffer {
  const there = file.subarray(from, to)
  return there.length === to - from ? there : Buffer.concat([there, Buffer.alloc(to - from - there.length)])
}
