// AVIF files of several pictures, and those that are films: their tracks are not decoded, so they are never called whole.
import { drawPicture, encode } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { isAvifSequence } from './boxes.ts'
import { nearest, size, unread } from './testing/films.ts'
import { avifOf, box, decodeAll, long, roomy } from './testing.ts'

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

/** A box that tells its length in eight bytes. */
function large(type: string): Buffer {
  const content = Buffer.alloc(2000)
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32BE(1, 0)
  bytes.write(type, 4, 'latin1')
  bytes.writeBigUInt64BE(BigInt(16 + content.length), 8)
  return Buffer.concat([bytes, content])
}
