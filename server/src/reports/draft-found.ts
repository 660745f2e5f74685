// How a file was found, in sentences: list class, algorithm, distance, threshold, quality. Never an entry of a list.
import { type CaseFile, groundsKept, type Reportable } from '#cases'
import { isWithdrawn, withdrawnWords } from './draft-withdrawn.ts'

/** A file of a version before this one may hold hundreds of grounds. */
export function howFound(file: Reportable<CaseFile>): string[] {
  const grounds = file.grounds.filter((ground) => !isWithdrawn(ground))
  const told = grounds.slice(0, groundsKept)
  const further = grounds.length - told.length + (file.furtherGrounds ?? 0)
  const sentences = told.map((ground) => {
    const near =
      ground.algorithm === 'pdq'
        ? `distance ${ground.distanceBits} of 256 bits, threshold ${ground.radiusBits} bits`
        : 'the digests of the whole file are equal'
    const quality = ground.quality === null ? '' : `, quality ${ground.quality} of 100`
    return `Found by hash matching: list ${ground.listId} (class ${ground.class}, source ${ground.source}), algorithm ${ground.algorithm}, ${near}${quality}.`
  })
  if (grounds.length < file.grounds.length) sentences.push(withdrawnWords)
  const unread =
    file.unread === undefined
      ? []
      : [
          `Not all of this file could be read for hash matching (${file.unread.replaceAll('_', ' ')}): what it shows beyond the part that was read was not compared.`,
        ]
  if (further === 0) return [...sentences, ...unread]
  return [
    ...sentences,
    further === 1
      ? 'One further match of this file is not listed here.'
      : `${further} further matches of this file are not listed here.`,
    ...unread,
  ]
}
