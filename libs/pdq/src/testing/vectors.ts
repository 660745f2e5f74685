// Reads a folder of test vectors and decodes its pictures as the expected values were made: no ICC, no EXIF, alpha dropped.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { collapseGrey, type Pixels, type Turn } from '../pdq.ts'

export type Vector = {
  readonly file: string
  readonly hash: string
  readonly quality: number
  readonly dihedral: Readonly<Record<Turn, string>>
  readonly channels: 1 | 3
  readonly decodedPixelsSha256: string
  readonly fullResolution: { readonly hash: string; readonly quality: number }
}

/** The vectors listed in the folder's expected.json. */
export function vectorsIn(folder: string): Vector[] {
  return JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'))
}

/** The pixels of one vector. The orientation tag is ignored unless asked for, so it is not asked for. */
export async function pixelsOf(folder: string, file: string): Promise<Pixels> {
  const picture = sharp(join(folder, file), { ignoreIcc: true }).removeAlpha().raw()
  const { data, info } = await picture.toBuffer({ resolveWithObject: true })
  // sharp spreads grey over three channels here; the reference's decoder does the opposite.
  if (info.channels !== 3) throw new Error(`${file} decodes to ${info.channels} channels`)
  return collapseGrey({ data, width: info.width, height: info.height, channels: info.channels })
}

export function sha256(bytes: Pixels['data']): string {
  return createHash('sha256').update(bytes).digest('hex')
}
