// Whether a find is a picture that its case holds already, in other bytes: then it is a copy of that file, and no second one.
import { distanceBits } from '@wardline/hamming'
import { DEFAULT_POLICY } from '#lists'
import type { FoundFile, FoundGround, FoundPicture } from './facts.ts'

/** What is compared of a find: hashes of 32 bytes, radii and distances in bits. */
type Looked = {
  readonly grounds: readonly Pick<FoundGround, 'algorithm' | 'radiusBits'>[]
  readonly pictures: readonly {
    readonly index: number
    readonly commandLine: { readonly hash: Uint8Array; readonly quality: number }
  }[]
  /** Not all of it was read: what was is not all that it shows. */
  readonly unread?: string | undefined
}

/**
 * In how many of 256 bits the find and the file differ; of several pictures those that differ most. Undefined when they are not
 * the same picture, or when nobody can say so: a copy is not uploaded to NCMEC, so whatever is doubtful is a file of its own.
 * Same is what lies within the radius of the list that found it, read to its end, with as many pictures, all of them known and of
 * good quality.
 */
export function likeness(found: Looked, file: FoundFile): number | undefined {
  const radiusBits = radiusOf(found.grounds) ?? radiusOf(file.grounds)
  if (radiusBits === undefined || file.furtherPictures !== undefined) return undefined
  if (found.unread !== undefined || file.unread !== undefined) return undefined
  if (found.pictures.length === 0 || found.pictures.length !== file.pictures.length) return undefined
  const held = new Map(file.pictures.map((picture, place) => [picture.index ?? place, picture]))
  const distances = found.pictures.map((picture) => distanceOf(picture, held.get(picture.index)))
  const farthest = Math.max(...distances)
  return farthest <= radiusBits ? farthest : undefined
}

/** The very bytes, or the same picture in others. */
export function samePicture(one: FoundFile, other: FoundFile): boolean {
  if (one.digests.sha256 === other.digests.sha256) return true
  if (one.furtherPictures !== undefined) return false
  const pictures = one.pictures.map(({ index, commandLine }, place) => ({
    index: index ?? place,
    commandLine: { hash: Buffer.from(commandLine.hash, 'hex'), quality: commandLine.quality },
  }))
  return likeness({ grounds: one.grounds, pictures, unread: one.unread }, other) !== undefined
}

/** A digest has no radius: what only digests found is the same only as equal bytes. Of several lists the strictest. */
function radiusOf(grounds: Looked['grounds']): number | undefined {
  const radii = grounds.flatMap((ground) => (ground.algorithm === 'pdq' ? ground.radiusBits : []))
  return radii.length === 0 ? undefined : Math.min(...radii)
}

/** Of the same flavour, for the other one is made in another way. */
function distanceOf({ commandLine }: Looked['pictures'][number], held: FoundPicture | undefined): number {
  if (held === undefined) return Number.POSITIVE_INFINITY
  const quality = Math.min(commandLine.quality, held.commandLine.quality)
  if (quality < DEFAULT_POLICY.leastQuality) return Number.POSITIVE_INFINITY
  return distanceBits(commandLine.hash, Buffer.from(held.commandLine.hash, 'hex'))
}
