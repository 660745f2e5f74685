// TIFFs whose pages hide: below other pages, or packed in a way that comes out black.
import { drawPicture, encode } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { filmOf, nearest, seeds, size, tiff, unread } from './testing/films.ts'
import { decodeAll, roomy } from './testing.ts'
import { tiffPages } from './tiff.ts'

it('a TIFF packed in a way that comes out black is never whole', async () => {
  // 50000: Zstandard, which the libtiff of sharp does not know.
  const { decoded } = await decodeAll(tiff(await filmOf('tiff'), 1, { 259: 50_000 }))
  expect(decoded).toEqual(unread)
  expect((await decodeAll(tiff(await encode(drawPicture(1, size), 'tiff'), 0, { 259: 34_712 }))).decoded).toEqual(
    unread,
  )
})

describe('a TIFF with pages below its pages (SubIFDs)', () => {
  it('gives them all', async () => {
    const { decoded, frames } = await decodeAll(nested(await filmOf('tiff'), [2, 3]))
    expect(decoded).toEqual({ kind: 'whole' })
    expect(frames.map(nearest).sort()).toEqual(seeds)
  })

  it('gives the one below', async () => {
    const { decoded, frames } = await decodeAll(nested(await filmOf('tiff'), [1]))
    expect(decoded).toEqual({ kind: 'whole' })
    expect(frames.map(nearest).sort()).toEqual(seeds)
  })

  it('counts them', async () => {
    const limits = { ...roomy, frames: 4 }
    const { decoded, frames } = await decodeAll(nested(await filmOf('tiff'), [2, 3]), { limits })
    expect(decoded).toEqual({ kind: 'undecodable', why: 'too_many_frames' })
    expect(frames).toHaveLength(4)
  })

  it('that lead out of the file, or are more than anybody looks for, is never whole', async () => {
    const file = nested(await filmOf('tiff'), [2, 3])
    for (const spoil of [
      (copy: Buffer, at: number) => copy.writeUInt32LE(0x7fffffff, copy.readUInt32LE(at + 8)),
      (copy: Buffer, at: number) => copy.writeUInt32LE(0x3fffffff, at + 4),
      (copy: Buffer, at: number) => copy.writeUInt16LE(2, at + 2),
    ]) {
      const copy = Buffer.from(file)
      const first = copy.readUInt32LE(4)
      const entries = Array.from({ length: copy.readUInt16LE(first) }, (_, n) => first + 2 + 12 * n)
      spoil(copy, entries.find((at) => copy.readUInt16LE(at) === 330) ?? 0)
      expect((await decodeAll(copy)).decoded).toEqual(unread)
    }
  })
})

it.each([3, 4])('a TIFF whose packing is told as a number of kind %i, in either byte order, is read', async (kind) => {
  for (const isLittle of [true, false]) {
    const directories = tiffPages(packedAs(5, kind, isLittle), 10)
    expect(directories).toEqual({ directories: [8], isWhole: true, isReadable: true })
    expect(tiffPages(packedAs(50_000, kind, isLittle), 10).isReadable).toBe(false)
  }
})

/** Takes these neighbouring pages out of the chain and hangs them below the first one, whose directory moves to the end. */
function nested(file: Buffer, pages: readonly number[]): Buffer {
  const end = (at: number) => at + 2 + 12 * file.readUInt16LE(at)
  const places = [file.readUInt32LE(4)]
  const next = () => file.readUInt32LE(end(places.at(-1) ?? 0))
  while (next() !== 0) places.push(next())
  const [first = 0, from = 0] = [places[0], pages[0]]
  const below = pages.map((page) => places[page] ?? 0)
  const beyond = places[from + pages.length] ?? 0
  for (const at of below) file.writeUInt32LE(0, end(at))
  if (from > 1) file.writeUInt32LE(beyond, end(places[from - 1] ?? 0))
  const count = file.readUInt16LE(first)
  const even = file.length % 2 === 0 ? file : Buffer.concat([file, Buffer.alloc(1)])
  const directory = Buffer.alloc(2 + 12 * (count + 1) + 4)
  directory.writeUInt16LE(count + 1)
  even.copy(directory, 2, first + 2, first + 2 + 12 * count)
  const entry = 2 + 12 * count
  const isOne = below.length === 1
  directory.writeUInt16LE(330, entry)
  directory.writeUInt16LE(4, entry + 2)
  directory.writeUInt32LE(below.length, entry + 4)
  directory.writeUInt32LE(isOne ? (below[0] ?? 0) : even.length + directory.length, entry + 8)
  directory.writeUInt32LE(from > 1 ? file.readUInt32LE(end(first)) : beyond, entry + 12)
  const list = Buffer.concat(below.map((at) => Buffer.from(Uint32Array.of(at).buffer)))
  even.writeUInt32LE(even.length, 4)
  return Buffer.concat([even, directory, ...(isOne ? [] : [list])])
}

/** A directory of nothing but its packing, as a number of 2 (kind 3) or 4 bytes (kind 4). */
function packedAs(packing: number, kind: number, isLittle: boolean): Uint8Array {
  const file = new DataView(new ArrayBuffer(8 + 2 + 12 + 4))
  file.setUint16(0, isLittle ? 0x4949 : 0x4d4d)
  file.setUint16(2, 42, isLittle)
  file.setUint32(4, 8, isLittle)
  file.setUint16(8, 1, isLittle)
  file.setUint16(10, 259, isLittle)
  file.setUint16(12, kind, isLittle)
  file.setUint32(14, 1, isLittle)
  if (kind === 3) file.setUint16(18, packing, isLittle)
  else file.setUint32(18, packing, isLittle)
  return new Uint8Array(file.buffer)
}
