/** Drawn pictures from a seed: hills, a sun, houses, trees, shapes. The only kind of picture any test of ours may use. */
import sharp from 'sharp'
import type { Canvas } from './canvas.ts'
import { paintScene } from './scene.ts'

/** Decoded pixels: row-major, 3 bytes (RGB) a pixel, width * height * 3 bytes. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'tiff'

/** The same seed and size give the same pixels on every machine; another seed gives another composition. */
export const drawPicture = (
  seed: number,
  { width = 512, height = 384 }: { readonly width?: number; readonly height?: number } = {},
): Picture => {
  const canvas: Canvas = { width, height, pixels: new Uint8Array(width * height * 3) }
  paintScene(canvas, seed)
  return canvas
}

/** quality: 1..100, for the lossy formats; sharp's own default otherwise. */
export const encode = (
  picture: Picture,
  format: PictureFormat,
  { quality }: { readonly quality?: number } = {},
): Promise<Buffer> => {
  const options = quality === undefined ? {} : { quality }
  const image = raw(picture)
  switch (format) {
    case 'jpeg':
      return image.jpeg(options).toBuffer()
    case 'png':
      return image.png().toBuffer()
    case 'webp':
      return image.webp(options).toBuffer()
    case 'gif':
      return image.gif().toBuffer()
    case 'avif':
      return image.avif({ effort: 2, ...options }).toBuffer()
    case 'tiff':
      return image.tiff(options).toBuffer()
  }
}

/** An animation, or a file of many pages, of pictures of one size. Lossless but for GIF's 256 colours a frame. */
export const encodeFilm = (frames: readonly Picture[], format: 'gif' | 'webp' | 'tiff'): Promise<Buffer> => {
  const [{ width, height } = { width: 0, height: 0 }] = frames
  const pixels = Buffer.concat(frames.map((frame) => frame.pixels))
  const raw = { width, height: height * frames.length, channels: 3, pageHeight: height } as const
  const film = sharp(pixels, { raw })
  switch (format) {
    case 'gif':
      return film.gif({ keepDuplicateFrames: true }).toBuffer()
    case 'webp':
      return film.webp({ lossless: true }).toBuffer()
    case 'tiff':
      return film.tiff({ compression: 'lzw' }).toBuffer()
  }
}

/** Stretches to exactly this size. */
export const resize = async (picture: Picture, width: number, height: number): Promise<Picture> => {
  const pixels = await raw(picture).resize(width, height, { fit: 'fill' }).raw().toBuffer()
  return { width, height, pixels: new Uint8Array(pixels) }
}

const raw = ({ width, height, pixels }: Picture) => sharp(pixels, { raw: { width, height, channels: 3 } })
