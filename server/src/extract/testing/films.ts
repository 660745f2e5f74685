// For tests: short films of five drawings, and ways to spoil one frame of them.
import { distanceBits, pdq } from '@wardline/pdq'
import { drawPicture, encodeFilm } from '@wardline/sandbox'
import type { Frame } from '../extract.ts'

export const size = { width: 96, height: 72 }
export const seeds = [1, 2, 3, 4, 5]
export const unread = { kind: 'undecodable', why: 'unread_frames' }

export async function filmOf(format: 'gif' | 'webp' | 'tiff'): Promise<Buffer> {
  return encodeFilm(
    seeds.map((seed) => drawPicture(seed, size)),
    format,
  )
}

/** The seed of the drawing that a frame comes nearest to: GIF and AVIF change the colours. */
export function nearest({ pixels }: Frame): number | undefined {
  const { hash } = pdq(pixels)
  const distances = seeds.map((seed) => ({ seed, bits: distanceBits(drawn(seed), hash) }))
  return distances.sort((a, b) => a.bits - b.bits)[0]?.seed
}

function drawn(seed: number): Uint8Array {
  return pdq({ ...size, data: drawPicture(seed, size).pixels, channels: 3 }).hash
}

/** Where each image of a sound GIF begins, and where its data does. */
export function imagesOf(file: Buffer): { readonly at: number; readonly data: number }[] {
  const images: { at: number; data: number }[] = []
  const table = (flags = 0) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)
  for (let at = 13 + table(file[10]); file[at] !== 0x3b; at += 1) {
    const isImage = file[at] === 0x2c
    const data = at + (isImage ? 10 + table(file[at + 9]) : 1)
    if (isImage) images.push({ at, data })
    at = data + 1
    while (file[at] !== 0) at += 1 + (file[at] ?? 0)
  }
  return images
}

export function gif(file: Buffer, frame: number, spoil: (image: { at: number; data: number }) => void): Buffer {
  const image = imagesOf(file)[frame]
  if (image) spoil(image)
  return file
}

export function webp(file: Buffer, frame: number, spoil: (at: number, end: number) => void): Buffer {
  let at = -1
  for (let n = 0; n <= frame; n += 1) at = file.indexOf('ANMF', at + 1)
  spoil(at, at + 8 + file.readUInt32LE(at + 4))
  return file
}

/** Sets entries of one directory, by their tags, to numbers of four bytes. */
export function tiff(file: Buffer, page: number, entries: Readonly<Record<number, number>>): Buffer {
  const end = (at: number) => at + 2 + 12 * file.readUInt16LE(at)
  let directory = file.readUInt32LE(4)
  for (let n = 0; n < page; n += 1) directory = file.readUInt32LE(end(directory))
  for (let entry = directory + 2; entry < end(directory); entry += 12) {
    const value = entries[file.readUInt16LE(entry)]
    if (value === undefined) continue
    file.writeUInt16LE(4, entry + 2)
    file.writeUInt32LE(value, entry + 8)
  }
  return file
}
