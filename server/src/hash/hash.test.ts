import { readFileSync } from 'node:fs'
import { toHex } from '@wardline/pdq'
import { drawPicture, encode, spoiled } from '@wardline/sandbox'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeAll } from '../extract/testing.ts'
import { digestsOf } from './digests.ts'
import { openDecoders } from './hash.ts'
import { pictureOf } from './print.ts'
import { settings } from './testing/programs.ts'

describe('the pool of decoders', () => {
  const pool = openDecoders({ ...settings, count: 2 })
  afterAll(() => pool.close())

  it('gives what decoding and hashing in one process gives', async () => {
    const images = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => encode(drawPicture(seed), 'jpeg')))
    const twins = images.map(async (bytes) => {
      const { frames } = await decodeAll(bytes)
      return { kind: 'print', print: { digests: digestsOf(bytes), pictures: frames.map(pictureOf) } }
    })
    const prints = await Promise.all(images.map((bytes) => pool.print(bytes)))
    expect(prints.map(plain)).toEqual((await Promise.all(twins)).map(plain))
  })

  it.each([
    ['empty', spoiled.empty],
    ['not_an_image', spoiled.textAsJpeg],
    ['unsupported_type', spoiled.svg],
    ['too_many_pixels', spoiled.bombPng],
    ['nothing_decodes', spoiled.corruptJpeg],
  ] as const)('names what it cannot hash, with digests: %s', async (why, make) => {
    const bytes = await make()
    expect(await pool.print(bytes)).toEqual({
      kind: 'unscannable',
      why,
      print: { digests: digestsOf(bytes), pictures: [] },
    })
  })

  it.each([
    [1, 1],
    [2, 3],
    [4, 4],
    [4, 300],
    [1, 100_000],
  ])('hashes a picture of %i x %i, as small or narrow as it is', async (width, height) => {
    const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) & 255)
    const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer()
    const extracted = await pool.print(bytes)
    const picture = extracted.print.pictures[0]
    expect(extracted.kind).toBe('print')
    expect(picture).toMatchObject({ index: 0, width, height, fullResolution: { quality: 0 } })
    expect(toHex(picture?.fullResolution.hash ?? expect.fail())).toBe('0'.repeat(64))
  })

  it.each(['truncatedJpeg', 'damagedJpeg', 'cmykJpeg', 'png16'] as const)('hashes a %s', async (name) => {
    expect(await pool.print(await spoiled[name]())).toMatchObject({
      kind: 'print',
      print: { pictures: [{ index: 0 }] },
    })
  })

  it('hashes a picture known to everyone as everyone does', async () => {
    const vectors = new URL('../../../libs/pdq/vectors/', import.meta.url)
    const [vector] = JSON.parse(readFileSync(new URL('expected.json', vectors), 'utf8'))
    const extracted = await pool.print(readFileSync(new URL(vector.file, vectors)))
    const picture = extracted.kind === 'print' ? extracted.print.pictures[0] : undefined
    expect(picture && toHex(picture.commandLine.hash)).toBe(vector.hash)
    expect(picture && toHex(picture.fullResolution.hash)).toBe(vector.fullResolution.hash)
  })
})

/** Hashes come through the pipe as plain bytes, Buffers before: compare them as text. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, each) => (each?.type === 'Buffer' ? each.data : bytesOf(each))))
}

function bytesOf(value: unknown): unknown {
  return value instanceof Uint8Array ? [...value] : value
}
