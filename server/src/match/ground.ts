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
  /** How many members list or affirm the value that was met, by all entries of the list that hold it. */
  readonly members: number
}

/** A declared false alarm meets a picture only where the two are all but the same, whatever the radius of its list. */
export const NEVER_MATCH_BITS = 2

/**
 * One entry can be met several times, by another flavour or another of its values: the nearest says all. Pictures stay
 * apart, since a false alarm may be declared for one of them and not for the other.
 */
export function nearestOfEach(grounds: readonly Ground[]): Ground[] {
  const nearest = new Map<string, Ground>()
  for (const each of grounds) {
    const { listId, source, entryId, algorithm, pictureIndex } = each
    const key = JSON.stringify([listId, source, entryId, each.class, algorithm, pictureIndex])
    const former = nearest.get(key)
    if (!former || isNearer(each, former)) nearest.set(key, each)
  }
  return [...nearest.values()].sort(inOrder)
}

function isNearer(a: Ground, b: Ground): boolean {
  if (a.distanceBits !== b.distanceBits) return a.distanceBits < b.distanceBits
  if (a.quality !== b.quality) return (a.quality ?? 0) > (b.quality ?? 0)
  if (a.members !== b.members) return a.members > b.members
  return a.flavour === 'command_line' && b.flavour !== 'command_line'
}

/** Digests first, then the nearest; equals in an order that does not hang on who was looked at first. */
function inOrder(a: Ground, b: Ground): number {
  return (
    order(a) - order(b) ||
    compared(a.listId, b.listId) ||
    (a.pictureIndex ?? 0) - (b.pictureIndex ?? 0) ||
    compared(a.source, b.source) ||
    compared(a.entryId, b.entryId)
  )
}

const algorithmOrder = ['md5', 'sha1', 'sha256', 'pdq']

function order({ algorithm, distanceBits }: Ground): number {
  return algorithmOrder.indexOf(algorithm) + distanceBits
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
