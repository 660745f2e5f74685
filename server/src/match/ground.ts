// What a match is, in the words that a decision, a case and an auditor share. It holds no hash value.
import type { Algorithm, ListClass } from '#lists'

/** One entry that an image meets: per list, entry and algorithm the nearest meeting. */
export interface Ground {
  readonly listId: string
  readonly source: string
  readonly entryId: string
  readonly class: ListClass
  readonly algorithm: Algorithm
  /** 0 for a digest. For the operator's eyes and the case file, never for an uploader or integrator. */
  readonly distanceBits: number
  readonly radiusBits: number
  /** Which picture of the image, and hashed in which flavour; null for a digest, which is of the whole file. */
  readonly pictureIndex: number | null
  readonly flavour: 'command_line' | 'full_resolution' | null
  /** PDQ quality, 0..100, of the picture that was found; null for a digest. */
  readonly quality: number | null
}
