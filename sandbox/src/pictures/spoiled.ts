/** Bytes that are not a good picture, for the tests of bad input. All tiny, all harmless, the same at every call. */
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { drawPicture, encode } from './pictures.ts'

export const spoiled = {
  /** The first half of a JPEG: a browser shows its upper part. */
  truncatedJpeg: async (seed = 1): Promise<Buffer> => {
    const whole = await encode(drawPicture(seed), 'jpeg')
    return whole.subarray(0, Math.floor(whole.length / 2))
  },

  /** A JPEG's first 20 bytes, then noise: nothing decodes. */
  corruptJpeg: async (seed = 1): Promise<Buffer> => {
    const bytes = Buffer.from(await encode(drawPicture(seed), 'jpeg'))
    for (let at = 20; at < bytes.length; at++) bytes[at] = (at * 197 + (at >> 3)) & 0x7f
    return bytes
  },

  /** A good JPEG with two stray markers in its picture data: decodes with damage. */
  damagedJpeg: async (seed = 1): Promise<Buffer> => {
    const bytes = Buffer.from(await encode(drawPicture(seed), 'jpeg'))
    bytes.set([0xff, 0xd5, 0xff, 0xd1], Math.floor(bytes.length * 0.6))
    return bytes
  },

  /** A few hundred bytes that claim 30000 x 30000 pixels (900 megapixels) and hold two rows. */
  bombPng: (): Buffer =>
    png({ width: 30_000, height: 30_000, depth: 8, colour: 2 }, deflateSync(Buffer.alloc(2 * 90_001))),

  /** 0 x 0 pixels, which PNG forbids. */
  zeroPng: (): Buffer => png({ width: 0, height: 0, depth: 8, colour: 2 }, deflateSync(Buffer.alloc(0))),

  svg: (): Buffer =>
    Buffer.from(
      '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="teal"/></svg>',
    ),

  /** A good picture in four inks. */
  cmykJpeg: async (seed = 1): Promise<Buffer> => {
    const { width, height, pixels } = drawPicture(seed)
    return sharp(pixels, { raw: { width, height, channels: 3 } })
      .toColourspace('cmyk')
      .jpeg()
      .toBuffer()
  },

  /** A good picture with 16 bits a channel. */
  png16: async (seed = 1): Promise<Buffer> => {
    const { width, height, pixels } = drawPicture(seed)
    return sharp(pixels, { raw: { width, height, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer()
  },

  /** Plain words, to be sent as image/jpeg. */
  textAsJpeg: (): Buffer => Buffer.from('This is a sentence, whatever the header says.\n'),

  /** Plain words behind the first bytes of a JPEG. */
  textBehindJpegMagic: (): Buffer =>
    Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from('Only words follow.\n')]),

  empty: (): Buffer => Buffer.alloc(0),
} as const

const png = (
  head: { readonly width: number; readonly height: number; readonly depth: number; readonly colour: number },
  pixels: Buffer,
): Buffer => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(head.width, 0)
  header.writeUInt32BE(head.height, 4)
  header.set([head.depth, head.colour, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))])
}

const chunk = (type: string, body: Buffer): Buffer => {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, check])
}
