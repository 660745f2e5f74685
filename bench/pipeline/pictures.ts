// What is measured on: drawn pictures that compress and shrink as photographs do, and a folder of many of them.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { photographLike } from '../../server/src/hash/testing.ts'

type Format = 'jpeg' | 'png' | 'webp' | 'gif'

export async function photograph(
  seed: number,
  format: Format,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<Buffer> {
  const { data } = await photographLike(seed, width, height)
  return encoded(sharp(data, { raw: { width, height, channels: 3 } }), format).toBuffer()
}

/** `count` files, none like another: a few drawings, each cut and encoded anew. What an upload folder looks like. */
export async function fillFolder(folder: string, count: number): Promise<{ readonly bytes: number }> {
  await mkdir(folder, { recursive: true })
  const drawings = await Promise.all([1, 2, 3, 4].map((seed) => photographLike(seed, 2400, 1600)))
  let bytes = 0
  for (let number = 0; number < count; number += 1) {
    const { data } = drawings[number % drawings.length] ?? { data: new Uint8Array() }
    const [width, height] = sizes[number % sizes.length] ?? [512, 384]
    const format = formats[number % formats.length] ?? 'jpeg'
    const cut = { left: (number * 7) % (2401 - width), top: (number * 5) % (1601 - height), width, height }
    const image = sharp(data, { raw: { width: 2400, height: 1600, channels: 3 } }).extract(cut)
    const file = await encoded(image, format).toBuffer()
    bytes += file.length
    await writeFile(join(folder, `${String(number).padStart(5, '0')}.${format}`), file)
  }
  return { bytes }
}

/** Seven sizes and eight formats: 56 kinds of files. */
const sizes = [
  [512, 384],
  [1280, 960],
  [640, 640],
  [1920, 1080],
  [320, 480],
  [1024, 768],
  [800, 600],
] as const
const formats = ['jpeg', 'jpeg', 'webp', 'jpeg', 'png', 'jpeg', 'gif', 'jpeg'] as const

function encoded(image: Sharp, format: Format): Sharp {
  switch (format) {
    case 'jpeg':
      return image.jpeg({ quality: 85 })
    case 'png':
      return image.png({ compressionLevel: 3 })
    case 'webp':
      return image.webp({ effort: 0 })
    case 'gif':
      return image.gif({ effort: 1 })
  }
}
