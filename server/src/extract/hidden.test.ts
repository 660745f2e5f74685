// A frame that nobody can decode, or that says it is enormous, hides none of the others; and the whole is never called whole.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { distanceBits, pdq } from '@wardline/pdq'
import { drawPicture, encode, encodeFilm } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { isAvifSequence } from './boxes.ts'
import { decode, type Frame } from './extract.ts'
import { avifOf, box, decodeAll, long, roomy } from './testing.ts'
import { tiffPages } from './tiff.ts'

const size = { width: 96, height: 72 }
const seeds = [1, 2, 3, 4, 5]
const unread = { kind: 'undecodable', why: 'unread_frames' }

type Damage = (file: Buffer, frame: number) => Buffer
const damages: readonly (readonly ['gif' | 'webp' | 'tiff', string, Damage])[] = [
  ['gif', 'garbage for its pixels', (file, n) => gif(file, n, ({ data }) => file.fill(0xff, data + 2, data + 200))],
  ['gif', 'codes of a size that there is not', (file, n) => gif(file, n, ({ data }) => file.fill(200, data, data + 1))],
  ['webp', 'garbage for its pixels', (file, n) => webp(file, n, (at, end) => file.fill(0xff, at + 40, end))],
  ['webp', 'garbage for its header', (file, n) => webp(file, n, (at) => file.fill(0xff, at + 32, at + 40))],
  ['webp', 'a place outside of the canvas', (file, n) => webp(file, n, (at) => file.fill(100, at + 8, at + 9))],
  ['webp', 'a name that nobody knows', (file, n) => webp(file, n, (at) => file.fill('X', at + 24, at + 28))],
  ['tiff', 'no width', (file, n) => tiff(file, n, { 256: 0 })],
  ['tiff', 'a size beyond all limits', (file, n) => tiff(file, n, { 256: 60_000, 257: 60_000 })],
]

describe.each(damages)('of a %s, a frame with %s', (format, _what, damage) => {
  it.each([0, 2, 4])('leaves the others to be seen: frame %i', async (broken) => {
    const film = await filmOf(format)
    const { decoded, frames } = await decodeAll(damage(film, broken))
    expect(decoded).toEqual(unread)
    const others = seeds.filter((_, at) => at !== broken)
    expect(frames.map(nearest)).toEqual(others)
    // Also where libwebp passes over the first frame without a word.
    expect(frames.map(({ index }) => index)).toEqual(others.map((seed) => seed - 1))
  })
})

it.each(['gif', 'webp'] as const)(
  'of a %s with more frames than are looked at, a broken one hides no other',
  async (format) => {
    const [, , damage] = damages.find(([of]) => of === format) ?? damages[0] ?? []
    const film = await filmOf(format)
    const { decoded, frames } = await decodeAll(damage?.(film, 1) ?? film, { limits: { ...roomy, frames: 4 } })
    expect(decoded).toEqual({ kind: 'undecodable', why: 'too_many_frames' })
    expect(frames.map(nearest)).toEqual([1, 3, 4])
  },
)

it.each(damages.filter(([format]) => format !== 'webp'))(
  'a %s of one frame with %s leaves nothing',
  async (format, _what, damage) => {
    const { decoded, frames } = await decodeAll(damage(await encodeFilm([drawPicture(1, size)], format), 0))
    expect(decoded.kind).toBe('undecodable')
    expect(decoded).not.toEqual(unread)
    expect(frames).toEqual([])
  },
)

describe('an AVIF of several pictures', () => {
  const stills = (seeds: readonly number[]) => Promise.all(seeds.map((seed) => encode(drawPicture(seed, size), 'avif')))

  it('gives them all', async () => {
    const { decoded, frames } = await decodeAll(avifOf(await stills([1, 2, 3])))
    expect(decoded).toEqual({ kind: 'whole' })
    expect(frames.map(nearest)).toEqual([1, 2, 3])
  })

  it.each([0, 1])('of which one is damaged gives the others: picture %i', async (broken) => {
    const all = await stills([1, 2, 3])
    const damaged = all.map((still, n) =>
      n === broken ? Buffer.from(still).fill(0xff, still.indexOf('mdat') + 4) : still,
    )
    const { decoded, frames } = await decodeAll(avifOf(damaged))
    expect(decoded).toEqual(unread)
    expect(frames.map(nearest)).toEqual([1, 2, 3].filter((seed) => seed !== broken + 1))
  })

  it.each([0, 1])('of which one is too large gives the others: picture %i', async (large) => {
    const all = await stills([1, 2, 3])
    const other = await encode(drawPicture(9, { width: 200, height: 200 }), 'avif')
    const limits = { ...roomy, maxPixels: 10_000 }
    const { decoded, frames } = await decodeAll(avifOf(all.map((still, n) => (n === large ? other : still))), {
      limits,
    })
    expect(decoded).toEqual(unread)
    expect(frames.map(nearest)).toEqual([1, 2, 3].filter((seed) => seed !== large + 1))
  })
})

describe('an AVIF that is a film is never whole', () => {
  it.each<[string, (still: Buffer) => Buffer]>([
    ['with its tracks at the end', (still) => Buffer.concat([still, box('moov', [box('mvhd', [Buffer.alloc(100)])])])],
    ['with its tracks behind a box of 64 bits', (still) => Buffer.concat([still, large('free'), box('moov', [])])],
    ['with its tracks behind a box of no size', (still) => Buffer.concat([still, long(4), box('moov', [])])],
    ['with its tracks behind four stray zeros', (still) => Buffer.concat([still, Buffer.alloc(4), box('moov', [])])],
    [
      'with its tracks behind four stray letters',
      (still) => Buffer.concat([still, Buffer.from('abcd'), box('moov', [])]),
    ],
    [
      'in a box that says it is longer than the file',
      (still) => Buffer.concat([still, long(5000), Buffer.from('skip'), box('moov', [])]),
    ],
    [
      'in more boxes than anybody looks through',
      (still) => Buffer.concat([still, ...Array(20_000).fill(box('free', []))]),
    ],
  ])('%s', async (_how, film) => {
    const { decoded, frames } = await decodeAll(film(await encode(drawPicture(1, size), 'avif')))
    expect(decoded).toEqual(unread)
    expect(frames.map(nearest)).toEqual([1])
  })

  it.each<[string, (still: Buffer) => Buffer]>([
    [
      'with other boxes behind it',
      (still) => Buffer.concat([still, box('free', [Buffer.from('moov')]), large('free')]),
    ],
    ['whose pixels go on to the end of the file', (still) => Buffer.concat([still, long(0), Buffer.from('mdat')])],
    ['whose pixels spell it', (still) => Buffer.concat([still, box('mdat', [box('moov', [])])])],
  ])('but a still picture is: %s', async (_how, picture) => {
    const { decoded } = await decodeAll(picture(await encode(drawPicture(1, size), 'avif')))
    expect(decoded).toEqual({ kind: 'whole' })
  })

  it('and its brand is found wherever it stands in the list', () => {
    // libheif refuses a list of more than 1,024 bytes; what comes after it may not.
    const others = Array<string>(1000).fill('mif1')
    const ftyp = (brands: readonly string[]) =>
      box(
        'ftyp',
        ['avif', ...brands].map((each) => Buffer.from(each)),
      )
    expect(isAvifSequence(ftyp(['\0\0\0\0', ...others, 'avis', 'mif1']))).toBe(true)
    expect(isAvifSequence(ftyp(['\0\0\0\0', ...others]))).toBe(false)
    // Where the version stands there is no brand.
    expect(isAvifSequence(ftyp(['avis', 'mif1']))).toBe(false)
  })
})

describe('a GIF', () => {
  it.each<[string, (file: Buffer, image: number) => Buffer]>([
    ['a byte that begins no block', (file, image) => inserted(file, image, Buffer.of(0x55))],
    ['an empty block', (file, image) => inserted(file, image, Buffer.of(0))],
    ['an extension that nobody knows', (file, image) => inserted(file, image, Buffer.of(0x21, 0x42, 3, 1, 0x2c, 3, 0))],
    [
      'a comment with the marks of images',
      (file, image) => inserted(file, image, Buffer.of(0x21, 0xfe, 2, 0x2c, 0x2c, 0)),
    ],
  ])('shows what stands behind %s', async (_what, spoil) => {
    for (const frame of [0, 2]) {
      const film = await filmOf('gif')
      const { decoded, frames } = await decodeAll(spoil(film, imagesOf(film)[frame]?.at ?? 0))
      expect(decoded).toEqual({ kind: 'whole' })
      expect(frames.map(nearest)).toEqual(seeds)
    }
  })

  it('that is cut short shows the frames before', async () => {
    const film = await filmOf('gif')
    const { frames } = await decodeAll(film.subarray(0, (imagesOf(film)[3]?.at ?? 0) + 300))
    expect(frames.slice(0, 3).map(nearest)).toEqual([1, 2, 3])
  })
})

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

it.each(['gif', 'webp', 'tiff'] as const)(
  'the pixels of the first frame of a %s are free while others are read',
  async (format) => {
    setFlagsFromString('--expose-gc')
    const gc: () => void = runInNewContext('gc')
    let first: WeakRef<object> | undefined
    const isThere: boolean[] = []
    await decode(await filmOf(format), roomy, { fast: false }, ({ pixels, index }) => {
      if (index === 0) first = new WeakRef(pixels)
      gc()
      isThere.push(first?.deref() !== undefined)
    })
    expect(isThere).toEqual([true, ...seeds.slice(1).map(() => false)])
  },
)

async function filmOf(format: 'gif' | 'webp' | 'tiff'): Promise<Buffer> {
  return encodeFilm(
    seeds.map((seed) => drawPicture(seed, size)),
    format,
  )
}

/** The seed of the drawing that a frame comes nearest to: GIF and AVIF change the colours. */
function nearest({ pixels }: Frame): number | undefined {
  const { hash } = pdq(pixels)
  const distances = seeds.map((seed) => ({ seed, bits: distanceBits(drawn(seed), hash) }))
  return distances.sort((a, b) => a.bits - b.bits)[0]?.seed
}

function drawn(seed: number): Uint8Array {
  return pdq({ ...size, data: drawPicture(seed, size).pixels, channels: 3 }).hash
}

/** Where each image of a sound GIF begins, and where its data does. */
function imagesOf(file: Buffer): { readonly at: number; readonly data: number }[] {
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

function gif(file: Buffer, frame: number, spoil: (image: { at: number; data: number }) => void): Buffer {
  const image = imagesOf(file)[frame]
  if (image) spoil(image)
  return file
}

function webp(file: Buffer, frame: number, spoil: (at: number, end: number) => void): Buffer {
  let at = -1
  for (let n = 0; n <= frame; n += 1) at = file.indexOf('ANMF', at + 1)
  spoil(at, at + 8 + file.readUInt32LE(at + 4))
  return file
}

/** Sets entries of one directory, by their tags, to numbers of four bytes. */
function tiff(file: Buffer, page: number, entries: Readonly<Record<number, number>>): Buffer {
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

function inserted(file: Buffer, at: number, bytes: Buffer): Buffer {
  return Buffer.concat([file.subarray(0, at), bytes, file.subarray(at)])
}

/** A box that tells its length in eight bytes. */
function large(type: string): Buffer {
  const content = Buffer.alloc(2000)
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32BE(1, 0)
  bytes.write(type, 4, 'latin1')
  bytes.writeBigUInt64BE(BigInt(16 + content.length), 8)
  return Buffer.concat([bytes, content])
}
