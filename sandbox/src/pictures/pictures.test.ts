import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { Picture } from './pictures.ts'
import { drawPicture, encode, resize } from './pictures.ts'
import { spoiled } from './spoiled.ts'

/** Mean brightness (0..255) of each cell of a grid over the picture. */
const grid = ({ width, height, pixels }: Picture, size: number): number[] => {
  const sums = new Float64Array(size * size)
  const counts = new Float64Array(size * size)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const cell = Math.floor((row * size) / height) * size + Math.floor((column * size) / width)
      const at = (row * width + column) * 3
      const [red = 0, green = 0, blue = 0] = pixels.subarray(at, at + 3)
      sums[cell] = (sums[cell] ?? 0) + 0.299 * red + 0.587 * green + 0.114 * blue
      counts[cell] = (counts[cell] ?? 0) + 1
    }
  }
  return Array.from(sums, (sum, cell) => sum / (counts[cell] ?? 1))
}

/** About what PDQ calls quality: whole steps of brightness between neighbours on a 64x64 grid; 100 at most. */
const texture = (picture: Picture): number => {
  const cells = grid(picture, 64)
  let sum = 0
  for (let cell = 0; cell < cells.length; cell++) {
    const here = cells[cell] ?? 0
    if (cell % 64 < 63) sum += Math.trunc(Math.abs(here - (cells[cell + 1] ?? 0)) / 2.55)
    if (cell < 63 * 64) sum += Math.trunc(Math.abs(here - (cells[cell + 64] ?? 0)) / 2.55)
  }
  return Math.min(100, Math.floor(sum / 90))
}

/** How many of 256 cells are brighter than the middle one in one picture but not in the other. */
const differences = (a: Picture, b: Picture): number => {
  const marks = (picture: Picture) => {
    const cells = grid(picture, 16)
    const middle = cells.toSorted((one, other) => one - other)[128] ?? 0
    return cells.map((cell) => cell > middle)
  }
  const other = marks(b)
  return marks(a).filter((mark, cell) => mark !== other[cell]).length
}

test('a seed is a picture, for ever', () => {
  const digest = (seed: number) =>
    createHash('sha256')
      .update(drawPicture(seed, { width: 160, height: 120 }).pixels)
      .digest('hex')
      .slice(0, 16)
  expect(drawPicture(7)).toEqual(drawPicture(7))
  expect([1, 2].map(digest)).toMatchInlineSnapshot(`
    [
      "cab771ec2c379f5d",
      "ee6571b81fab4432",
    ]
  `)
})

test('forty seeds give forty clearly different pictures with plenty of texture', () => {
  const pictures = Array.from({ length: 40 }, (_, seed) => drawPicture(seed, { width: 256, height: 192 }))
  for (const picture of pictures) expect(texture(picture)).toBeGreaterThanOrEqual(95)
  for (const [index, picture] of pictures.entries()) {
    for (const other of pictures.slice(0, index)) expect(differences(picture, other)).toBeGreaterThan(31)
  }
})

test.each(['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const)('%s looks like what was drawn', async (format) => {
  const picture = drawPicture(3)
  const bytes = await encode(picture, format, { quality: 70 })
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  expect(info).toMatchObject({ width: 512, height: 384, channels: 3 })
  expect(differences(picture, { width: info.width, height: info.height, pixels: data })).toBeLessThan(12)
  if (format === 'png') expect(Buffer.from(picture.pixels).equals(data)).toBe(true)
})

test('a resized picture is still the same picture', async () => {
  const picture = drawPicture(4)
  const small = await resize(picture, 200, 100)
  expect([small.width, small.height, small.pixels.length]).toEqual([200, 100, 60_000])
  expect(differences(picture, small)).toBeLessThan(16)
})

test('a lower quality gives fewer bytes', async () => {
  const picture = drawPicture(5)
  const [low, high] = await Promise.all([
    encode(picture, 'jpeg', { quality: 20 }),
    encode(picture, 'jpeg', { quality: 95 }),
  ])
  expect(low.length).toBeLessThan(high.length / 2)
})

const strictly = (bytes: Buffer) => sharp(bytes, { failOn: 'warning' }).raw().toBuffer()
const leniently = (bytes: Buffer) => sharp(bytes, { failOn: 'none' }).raw().toBuffer()

test('spoiled bytes are spoiled in the way their name says', async () => {
  await expect(strictly(await spoiled.truncatedJpeg())).rejects.toThrow()
  await expect(leniently(await spoiled.truncatedJpeg())).resolves.toBeInstanceOf(Buffer)
  await expect(strictly(await spoiled.damagedJpeg())).rejects.toThrow()
  await expect(leniently(await spoiled.damagedJpeg())).resolves.toBeInstanceOf(Buffer)
  const undecodable = [
    await spoiled.corruptJpeg(),
    spoiled.zeroPng(),
    spoiled.textAsJpeg(),
    spoiled.textBehindJpegMagic(),
    spoiled.bombPng(),
    spoiled.empty(),
  ]
  // An empty input throws before there is a promise.
  for (const bytes of undecodable) await expect((async () => leniently(bytes))()).rejects.toThrow()
})

test('the bomb is small and claims 900 megapixels', async () => {
  const bomb = spoiled.bombPng()
  expect(bomb.length).toBeLessThan(1000)
  expect(await sharp(bomb, { limitInputPixels: false }).metadata()).toMatchObject({ width: 30_000, height: 30_000 })
})

test('the odd ones are odd, but pictures', async () => {
  expect(await sharp(await spoiled.cmykJpeg()).metadata()).toMatchObject({ format: 'jpeg', space: 'cmyk', channels: 4 })
  expect(await sharp(await spoiled.png16()).metadata()).toMatchObject({ format: 'png', depth: 'ushort' })
  expect(await sharp(spoiled.svg()).metadata()).toMatchObject({ format: 'svg' })
})
