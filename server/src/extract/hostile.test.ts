// Files that lie about how much is in them: each is answered soon, within the limits, and none is called whole.
import { drawPicture, encode } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { isAvifSequence } from './boxes.ts'
import { gifFilm } from './gif.ts'
import { avifOf, box, decodeAll, roomy } from './testing.ts'
import { tiffPages } from './tiff.ts'
import { webpFilm } from './webp.ts'

const size = { width: 96, height: 72 }
const limits = { ...roomy, frames: 40, framePixels: 20_000_000, frameMs: 2000 }
/** Each of one pixel, whose data says nothing. */
const emptyFrame = Buffer.of(0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 0)

describe('a GIF', () => {
  it('of 200,000 frames of nothing is left after the first few', { timeout: 20_000 }, async () => {
    const still = await encode(drawPicture(1, size), 'gif')
    const film = Buffer.concat([still.subarray(0, -1), ...Array<Buffer>(200_000).fill(emptyFrame)])
    const { decoded, frames } = await decodeAll(film, { limits })
    expect(decoded).toEqual({ kind: 'undecodable', why: 'too_many_frames' })
    expect(frames.length).toBeLessThanOrEqual(limits.frames)
    expect(gifFilm(film, 41)?.count).toBe(41)
  })

  it.each([
    ['more bytes to come than the file has', Buffer.of(0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 255)],
    ['an extension without end', Buffer.concat([Buffer.of(0x21, 0xf9), Buffer.alloc(1000, 255)])],
    ['a colour table that is not there', Buffer.of(0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0x87, 1)],
    ['a frame of 65,535 by 65,535', Buffer.of(0x2c, 0, 0, 0, 0, 255, 255, 255, 255, 0, 2, 1, 0, 0)],
  ])('that ends in %s is answered', async (_what, end) => {
    const still = await encode(drawPicture(1, size), 'gif')
    const { frames } = await decodeAll(Buffer.concat([still.subarray(0, -1), end]), { limits })
    expect(frames.length).toBeGreaterThan(0)
  })
})

describe('an AVIF', () => {
  it.each([
    ['65,535 pictures in its list', 'iinf', Buffer.of(0xff, 0xff)],
    ['65,535 places', 'iloc', Buffer.of(0x44, 0, 0xff, 0xff)],
    ['no picture in its list', 'iinf', Buffer.of(0, 0)],
  ])('that claims %s is not whole', async (_what, type, count) => {
    const stills = await Promise.all([1, 2].map((seed) => encode(drawPicture(seed, size), 'avif')))
    const file = avifOf(stills)
    count.copy(file, file.indexOf(type) + 8)
    const { decoded, frames } = await decodeAll(file, { limits })
    expect(decoded.kind).toBe('undecodable')
    expect(frames.length).toBeLessThanOrEqual(2)
  })

  it.each([
    ['of zero bytes', Buffer.of(0, 0, 0, 0)],
    ['of seven', Buffer.of(0, 0, 0, 7)],
    ['of four gigabytes', Buffer.of(255, 255, 255, 255)],
    ['of all the bytes there are', Buffer.of(0, 0, 0, 1)],
  ])('with a box %s is walked to an end, and counts as still only where that box holds pixels', (size, length) => {
    const last = (type: string) => Buffer.concat([length, Buffer.from(type), Buffer.alloc(20, 255)])
    for (const before of [box('ftyp', [Buffer.from('avif')]), Buffer.alloc(0)]) {
      expect(isAvifSequence(Buffer.concat([before, last('free')]))).toBe(true)
      expect(isAvifSequence(Buffer.concat([before, last('mdat')]))).toBe(size === 'of seven')
    }
  })
})

it('any bytes behind the first ones of a kind are walked to an end', () => {
  const heads = [
    Buffer.from('GIF89a'),
    Buffer.from('RIFF____WEBPVP8X'),
    Buffer.from('II*\0'),
    Buffer.from('MM\0+\0\x08\0\0'),
    box('ftyp', [Buffer.from('avif')]),
  ]
  let state = 20261122
  const dice = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 24
  }
  for (let n = 0; n < 500; n += 1) {
    const body = Buffer.from(Array.from({ length: n % 120 }, () => (dice() < 80 ? 0 : dice())))
    for (const head of heads) {
      const file = Buffer.concat([head, body])
      expect(gifFilm(file, 9)?.count ?? 0).toBeLessThanOrEqual(9)
      expect(webpFilm(file, 9)?.count ?? 0).toBeLessThanOrEqual(9)
      expect(tiffPages(file, 9).directories.length).toBeLessThanOrEqual(9)
      expect(typeof isAvifSequence(file)).toBe('boolean')
    }
  }
})
