// What kind of file the bytes are, told from the bytes alone: names and content types are claims of whoever sent them.

/** The six that are decoded. */
export type ImageType = 'jpeg' | 'png' | 'gif' | 'webp' | 'avif' | 'tiff'

/**
 * image: one of the six by its first bytes; whether it decodes is another question. unsupported: something with pictures
 * in it that is not decoded. unknown: nothing that holds a picture as far as the bytes tell.
 */
export type Sniffed =
  | { readonly kind: 'image'; readonly type: ImageType }
  | { readonly kind: 'unsupported'; readonly type: UnsupportedType }
  | { readonly kind: 'unknown' }

export type UnsupportedType = 'svg' | 'heic' | 'jxl' | 'jpeg_2000' | 'bmp' | 'ico' | 'psd' | 'pdf'

/** So many bytes from the start are enough. */
export const SNIFF_BYTES = 1024

/** bytes: the whole file or its first SNIFF_BYTES. */
export function sniff(bytes: Uint8Array): Sniffed {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, SNIFF_BYTES)).toString('latin1')
  const image = imageType(head)
  if (image) return { kind: 'image', type: image }
  const unsupported = unsupportedType(head)
  return unsupported ? { kind: 'unsupported', type: unsupported } : { kind: 'unknown' }
}

function imageType(head: string): ImageType | undefined {
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (/^GIF8[79]a/.test(head)) return 'gif'
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return 'webp'
  if (['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].some((magic) => head.startsWith(magic))) return 'tiff'
  return brands(head).some((brand) => brand === 'avif' || brand === 'avis') ? 'avif' : undefined
}

function unsupportedType(head: string): UnsupportedType | undefined {
  if (brands(head).some((brand) => ['mif1', 'msf1', 'heic', 'heix', 'heim', 'heis', 'hevc', 'hevx'].includes(brand)))
    return 'heic'
  if (head.startsWith('\xff\x0a') || head.startsWith('\0\0\0\x0cJXL ')) return 'jxl'
  if (head.startsWith('\0\0\0\x0cjP  ') || head.startsWith('\xff\x4f\xff\x51')) return 'jpeg_2000'
  if (head.startsWith('BM') && head.slice(6, 10) === '\0\0\0\0') return 'bmp'
  if (head.startsWith('\0\0\x01\0') && head[4] !== '\0' && head[5] === '\0') return 'ico'
  if (head.startsWith('8BPS')) return 'psd'
  if (head.includes('%PDF-')) return 'pdf'
  // An SVG is a text that begins with a tag, comment or declaration, and may be UTF-16: its letters then stand apart.
  const text = head.replace(/^\xef\xbb\xbf|^\xff\xfe|^\xfe\xff/, '').replaceAll('\0', '')
  return /^\s*</.test(text) && /<([a-z]+:)?svg[\s>]/i.test(text) ? 'svg' : undefined
}

/** ISO 14496-12: the `ftyp` box names a major brand, a version, then the compatible brands. */
function brands(head: string): string[] {
  if (head.slice(4, 8) !== 'ftyp') return []
  const size = Buffer.from(head.slice(0, 4), 'latin1').readUInt32BE()
  const list = head.slice(8, 12) + head.slice(16, Math.min(size, SNIFF_BYTES))
  return Array.from({ length: Math.floor(list.length / 4) }, (_, at) => list.slice(4 * at, 4 * at + 4))
}

/**
 * Of a PNG: whether it is an animated one (APNG) with a frame that libvips does not see: it reads the picture of IDAT only.
 * That one belongs to the animation when an fcTL stands before it; else browsers never show it, and play what follows.
 */
export function isAnimatedPng(bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let frames = 0
  let isFirstFrame = false
  for (let at = 8; at + 12 <= file.length; at += 12 + file.readUInt32BE(at)) {
    const type = file.toString('latin1', at + 4, at + 8)
    if (type === 'acTL') frames = Math.max(1, file.readUInt32BE(at + 8))
    if (type === 'fcTL') isFirstFrame = true
    if (type === 'IDAT') return frames > 1 || (frames === 1 && !isFirstFrame)
  }
  return false
}
