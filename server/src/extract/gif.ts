// The blocks of a GIF, walked one by one. libnsgif stops counting at the first it cannot read; other programs read on.
import type { Film, Span } from './film.ts'

const EXTENSION = 0x21
const IMAGE = 0x2c
const TRAILER = 0x3b
const GRAPHIC_CONTROL = 0xf9
const HEADER_BYTES = 13
const DESCRIPTOR_BYTES = 10
const GRAPHIC_CONTROL_BYTES = 8

/** undefined: it ends within its header, or has no frame. `most`: no more frames are looked for. GIF89a, sections 17 to 27. */
export function gifFilm(bytes: Uint8Array, most: number): Film | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (file.length < HEADER_BYTES) return undefined
  const start = HEADER_BYTES + coloursAt(file, 10)
  const frames = framesIn(file, start, most)
  if (frames.length === 0) return undefined
  return {
    count: frames.length,
    width: file.readUInt16LE(6),
    height: file.readUInt16LE(8),
    remade: (numbers) => {
      const parts = numbers.flatMap((number) => [
        ...(frames[number] ?? []).map(({ from, to }) => file.subarray(from, to)),
        // The end of the frame's data, which the file may lack.
        Buffer.of(0),
      ])
      return Buffer.concat([file.subarray(0, start), ...parts, Buffer.of(TRAILER)])
    },
  }
}

/** Of each frame, its graphic control, if one stands before it, and its image without the end of data. */
function framesIn(file: Buffer, start: number, most: number): Span[][] {
  const frames: Span[][] = []
  let control: Span[] = []
  for (let at = start; at < file.length && frames.length < most; ) {
    switch (file[at]) {
      case TRAILER:
        return frames
      case EXTENSION: {
        if (file[at + 1] === GRAPHIC_CONTROL) control = controlAt(file, at)
        at = behind(file, blocksEnd(file, at + 2))
        break
      }
      case IMAGE: {
        // One byte more, the size of the first codes; without it nothing of the frame is there.
        const data = at + DESCRIPTOR_BYTES + coloursAt(file, at + 9) + 1
        if (data > file.length) return frames
        const to = blocksEnd(file, data)
        frames.push([...control, { from: at, to }])
        control = []
        at = behind(file, to)
        break
      }
      default:
        // No block begins so. Some programs give up here, others look for the next one.
        at += 1
    }
  }
  return frames
}

function controlAt(file: Buffer, at: number): Span[] {
  const isSound = file[at + 2] === 4 && file[at + 7] === 0
  return isSound ? [{ from: at, to: at + GRAPHIC_CONTROL_BYTES }] : []
}

/** Where the zero after the last whole block of data stands, or should stand. */
function blocksEnd(file: Buffer, start: number): number {
  let at = start
  for (let size = file[at]; size !== undefined && size > 0 && at + 1 + size <= file.length; size = file[at])
    at += 1 + size
  return at
}

/** Where the next block begins. Data that was cut short is followed by nothing. */
function behind(file: Buffer, end: number): number {
  return file[end] === 0 ? end + 1 : file.length
}

/** Bytes of the colour table that the flags at this place announce. */
function coloursAt(file: Buffer, flagsAt: number): number {
  const flags = file[flagsAt] ?? 0
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0
}
