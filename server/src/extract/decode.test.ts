// The decoder must give the very pixels the reference saw: other pixels are another hash, and a match is missed.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { distanceBits, type Pixels, pdq } from '@wardline/pdq'
import { drawPicture, encode, spoiled } from '@wardline/sandbox'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodeAll, roomy } from './testing.ts'

interface Vector {
  readonly file: string
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly decodedPixelsSha256: string
}

const ours = fileURLToPath(new URL('../../../libs/pdq/vectors', import.meta.url))
const all = process.env['PDQ_VECTORS']

describe('our drawn vectors decode to the pixels of the reference', () => {
  it.each(vectorsIn(ours))('$file', (vector) => agrees(ours, vector))
})

if (all === undefined || all === '') {
  it.skip('all 39 vectors: skipped because PDQ_VECTORS does not name the folder that holds them', () => {})
} else {
  describe('all 39 vectors decode to the pixels of the reference', () => {
    it.each(vectorsIn(all))('$file', (vector) => agrees(all, vector))
  })
}

describe('an image', () => {
  it.each(['jpeg', 'png', 'gif', 'webp', 'avif', 'tiff'] as const)('of the kind %s decodes', async (format) => {
    const picture = await onlyPicture(await encode(drawPicture(1), format))
    expect(picture).toMatchObject({ width: 512, height: 384, channels: 3 })
  })

  it('keeps the colours hidden under its transparency', async () => {
    const drawn = drawPicture(2)
    const hidden = await raw(drawn).ensureAlpha(0).png().toBuffer()
    expect(sha256(await onlyPicture(hidden))).toBe(sha256({ ...drawn, data: drawn.pixels, channels: 3 }))
  })

  it('is not turned by what a camera wrote about its orientation', async () => {
    const turned = await raw(drawPicture(3)).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    expect(await onlyPicture(turned)).toMatchObject({ width: 512, height: 384 })
  })

  it('without colour is one channel, however it was stored', async () => {
    for (const pipeline of [raw(drawPicture(4)).greyscale(), raw(drawPicture(4)).greyscale().toColourspace('srgb')]) {
      expect((await onlyPicture(await pipeline.png().toBuffer())).channels).toBe(1)
    }
  })

  it('of 16 bits a channel, or of four inks, comes as 8-bit colour', async () => {
    const drawn = drawPicture(1)
    const sixteen = await onlyPicture(await spoiled.png16())
    expect(sha256(sixteen)).toBe(sha256({ ...drawn, data: drawn.pixels, channels: 3 }))
    expect(await onlyPicture(await spoiled.cmykJpeg())).toMatchObject({ width: 512, height: 384, channels: 3 })
  })
})

describe('a file cut short is decoded as far as it goes', () => {
  const drawn = drawPicture(7)
  it.each([
    ['JPEG', () => raw(drawn).jpeg()],
    ['progressive JPEG', () => raw(drawn).jpeg({ progressive: true })],
    ['PNG', () => raw(drawn).png()],
    ['interlaced PNG', () => raw(drawn).png({ progressive: true })],
    ['GIF', () => raw(drawn).gif()],
    ['WebP', () => raw(drawn).webp()],
  ] as const)('%s', async (_name, pipeline) => {
    const whole = await pipeline().toBuffer()
    const there = await onlyPicture(whole)
    const half = await onlyPicture(whole.subarray(0, Math.floor(whole.length * 0.6)))
    expect(half).toMatchObject({ width: 512, height: 384 })
    expect(alikeInTheUpperThird(there, half)).toBeGreaterThan(0.5)
  })

  it('and where its first part shows all of it coarsely, it is still recognised', async () => {
    for (const pipeline of [raw(drawn).jpeg({ progressive: true }), raw(drawn).png({ progressive: true })]) {
      const whole = await pipeline.toBuffer()
      const half = await onlyPicture(whole.subarray(0, Math.floor(whole.length * 0.6)))
      expect(distanceBits(pdq(await onlyPicture(whole)).hash, pdq(half).hash)).toBeLessThanOrEqual(31)
    }
  })
})

describe('what is no good image is refused by name', () => {
  it.each([
    ['empty', spoiled.empty],
    ['not_an_image', spoiled.textAsJpeg],
    ['unsupported_type', spoiled.svg],
    ['unsupported_type', () => Buffer.from('%PDF-1.7\n')],
    ['too_many_pixels', spoiled.bombPng],
    ['nothing_decodes', spoiled.zeroPng],
    ['nothing_decodes', spoiled.corruptJpeg],
    ['nothing_decodes', spoiled.textBehindJpegMagic],
  ] as const)('%s', async (why, make) => {
    expect(await decodeAll(await make())).toEqual({ decoded: { kind: 'undecodable', why }, frames: [] })
  })

  it('a picture of one pixel more than the limit', async () => {
    const bytes = await encode(drawPicture(1, { width: 100, height: 80 }), 'png')
    const within = async (maxPixels: number) => (await decodeAll(bytes, { limits: { ...roomy, maxPixels } })).decoded
    expect(await within(8000)).toEqual({ kind: 'whole' })
    expect(await within(7999)).toEqual({ kind: 'undecodable', why: 'too_many_pixels' })
  })
})

async function agrees(folder: string, vector: Vector): Promise<void> {
  const picture = await onlyPicture(readFileSync(join(folder, vector.file)))
  const { width, height, channels, decodedPixelsSha256 } = vector
  expect({ ...picture, data: sha256(picture) }).toEqual({ width, height, channels, data: decodedPixelsSha256 })
}

async function onlyPicture(bytes: Uint8Array): Promise<Pixels> {
  const { decoded, frames } = await decodeAll(bytes)
  const [frame] = frames
  if (!frame || decoded.kind !== 'whole' || frames.length > 1) throw new Error('it is not one picture')
  return frame.pixels
}

/** Share of the bytes of the upper third within 24 levels: a progressive JPEG is there early, but coarse. */
function alikeInTheUpperThird(a: Pixels, b: Pixels): number {
  const count = Math.floor(a.data.length / 3)
  let alike = 0
  for (let at = 0; at < count; at += 1) if (Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 999)) <= 24) alike += 1
  return alike / count
}

function vectorsIn(folder: string): Vector[] {
  return JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'))
}

function raw({ width, height, pixels }: ReturnType<typeof drawPicture>): Sharp {
  return sharp(pixels, { raw: { width, height, channels: 3 } })
}

function sha256({ data }: Pixels): string {
  return createHash('sha256').update(data).digest('hex')
}
