// A known picture may lie behind a harmless one: every frame counts, and what is not looked at is never called whole.
import { crc32 } from 'node:zlib'
import { distanceBits, pdq } from '@wardline/pdq'
import { drawPicture, encode, encodeFilm } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import type { Frame } from './extract.ts'
import { decodeAll, roomy } from './testing.ts'

const size = { width: 96, height: 72 }
describe.each(['gif', 'webp', 'tiff'] as const)('a %s', (format) => {
  it('of many frames gives each that differs from those before it, with its number in the file', async () => {
    // WebP melts neighbours that are equal into one when it is written, so equal frames stand apart here.
    const { decoded, frames } = await decodeAll(await filmOf(format, [1, 2, 1, 3, 2, 4]))
    expect(decoded).toEqual({ kind: 'whole' })
    expect(frames.map(({ index }) => index)).toEqual([0, 1, 3, 5])
    expect(frames.map(nearest)).toEqual([1, 2, 3, 4])
  })

  it('of more frames than one go reads gives them all', async () => {
    const seeds = Array.from({ length: 40 }, (_, at) => at + 1)
    const { frames } = await decodeAll(await filmOf(format, seeds))
    expect(frames.map(({ index }) => index)).toEqual(seeds.map((_, at) => at))
  })

  it.each([
    ['frames', { frames: 3 }],
    ['pixels', { framePixels: 3 * size.width * size.height + 1 }],
  ])('of too many %s gives those within the limit, and says that it is not all', async (_of, limit) => {
    const limits = { ...roomy, ...limit }
    const { decoded, frames } = await decodeAll(await filmOf(format, [1, 2, 3, 4, 5]), { limits })
    expect(decoded).toEqual({ kind: 'undecodable', why: 'too_many_frames' })
    expect(frames.map(nearest)).toEqual([1, 2, 3])
    expect((await decodeAll(await filmOf(format, [1, 2, 3]), { limits })).decoded).toEqual({ kind: 'whole' })
  })

  it('that takes too long gives what was read until then', async () => {
    const { decoded, frames } = await decodeAll(await filmOf(format, [1, 2, 3]), { limits: { ...roomy, frameMs: -1 } })
    expect(decoded).toEqual({ kind: 'undecodable', why: 'too_many_frames' })
    expect(frames.map(nearest)).toEqual([1])
  })
})

describe('a file with frames that this decoder cannot read gives the others, and is never whole', () => {
  it('an animated PNG', async () => {
    const still = await encode(drawPicture(1, size), 'png')
    expect((await decodeAll(animated(still, 1, 'shown'))).decoded).toEqual({ kind: 'whole' })
    const { decoded, frames } = await decodeAll(animated(still, 2))
    expect(decoded).toEqual({ kind: 'undecodable', why: 'unread_frames' })
    expect(frames.map(nearest)).toEqual([1])
  })

  it('an AVIF sequence', async () => {
    const still = await encode(drawPicture(1, size), 'avif')
    // The brand of sequences in the place of a compatible one (mif1).
    const at = still.indexOf('mif1')
    const sequence = Buffer.concat([still.subarray(0, at), Buffer.from('avis'), still.subarray(at + 4)])
    const { decoded, frames } = await decodeAll(sequence)
    expect(decoded).toEqual({ kind: 'undecodable', why: 'unread_frames' })
    expect(frames).toHaveLength(1)
  })

  it('a PNG whose picture is hidden behind one that browsers never show', async () => {
    // One frame is announced, and none stands before the picture that libvips reads.
    const { decoded } = await decodeAll(animated(await encode(drawPicture(1, size), 'png'), 1))
    expect(decoded).toEqual({ kind: 'undecodable', why: 'unread_frames' })
  })

  it('a TIFF with a page that is damaged', async () => {
    const film = await filmOf('tiff', [1, 2, 3])
    const { decoded, frames } = await decodeAll(withoutPage(film, 1))
    expect(decoded).toEqual({ kind: 'undecodable', why: 'unread_frames' })
    expect(frames.map(({ index }) => index)).toEqual([0, 2])
  })
})

function filmOf(format: 'gif' | 'webp' | 'tiff', seeds: readonly number[]): Promise<Buffer> {
  return encodeFilm(
    seeds.map((seed) => drawPicture(seed, size)),
    format,
  )
}

/** The seed of the drawing that a frame comes nearest to: GIF changes the colours. */
function nearest({ pixels }: Frame): number | undefined {
  const distances = [1, 2, 3, 4, 5].map((seed) => ({
    seed,
    bits: distanceBits(pdq({ ...size, data: drawPicture(seed, size).pixels, channels: 3 }).hash, pdq(pixels).hash),
  }))
  return distances.sort((a, b) => a.bits - b.bits)[0]?.seed
}

/** The same PNG with the chunk that announces an animation; its own picture is one of the frames only when `shown`. */
function animated(png: Buffer, frames: number, own?: 'shown'): Buffer {
  const announced = Buffer.alloc(8)
  announced.writeUInt32BE(frames, 0)
  const control = own === 'shown' ? [pngChunk('fcTL', Buffer.alloc(26))] : []
  return Buffer.concat([png.subarray(0, 33), pngChunk('acTL', announced), ...control, png.subarray(33)])
}

function pngChunk(type: string, content: Buffer): Buffer {
  const chunk = Buffer.alloc(12 + content.length)
  chunk.writeUInt32BE(content.length, 0)
  chunk.write(type, 4, 'latin1')
  content.copy(chunk, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + content.length)), 8 + content.length)
  return chunk
}

/** The width of one page of a TIFF (tag 256) set to zero. */
function withoutPage(tiff: Buffer, page: number): Buffer {
  const file = Buffer.from(tiff)
  const at = (start: number) => start + 2 + 12 * file.readUInt16LE(start)
  let directory = file.readUInt32LE(4)
  for (let each = 0; each < page; each += 1) directory = file.readUInt32LE(at(directory))
  for (let entry = directory + 2; entry < at(directory); entry += 12)
    if (file.readUInt16LE(entry) === 256) file.fill(0, entry + 8, entry + 12)
  return file
}
