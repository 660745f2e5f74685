// A frame that nobody can decode, or that says it is enormous, hides none of the others; and the whole is never called whole.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { drawPicture, encodeFilm } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { decode } from './extract.ts'
import { filmOf, gif, imagesOf, nearest, seeds, size, tiff, unread, webp } from './testing/films.ts'
import { decodeAll, roomy } from './testing.ts'

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

function inserted(file: Buffer, at: number, bytes: Buffer): Buffer {
  return Buffer.concat([file.subarray(0, at), bytes, file.subarray(at)])
}
