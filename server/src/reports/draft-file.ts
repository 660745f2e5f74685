// What is told about one file: where it came from, its hashes, and how it was found. CyberTipline API, section 7.
import { type CaseFile, type CaseRecord, groundsKept, type Reportable } from '#cases'
import type { DraftDetails } from './draft-shape.ts'
import { deviceOf, implausible, ipEventOf, iso, lines, type Occurrence, plausible, url } from './telling.ts'

export function draftFile(file: Reportable<CaseFile>, decision: CaseRecord['decision'], nowMs: number): DraftDetails {
  const [first] = file.occurrences
  if (first === undefined) throw new Error('a file of a case without an occurrence')
  const { context } = first
  const device = deviceOf(first, nowMs)
  return {
    originalFileName: context.fileName,
    uploadedToEspTimestamp: plausible(context.uploadedAt, nowMs),
    locationOfFile: context.url === undefined ? undefined : url(context.url),
    // Never true: nothing in this version shows a file to anybody, and what others did nobody here knows. Duties, section 11.
    fileViewedByEsp: false,
    publiclyAvailable: context.publiclyAvailable,
    fileRelevance: 'Reported',
    // The platform's word that a model made it; a list's class alone is told in words below.
    fileAnnotations: context.surface === 'ai_output' ? { generativeAi: true } : undefined,
    originalFileHash: hashes(file),
    ipCaptureEvent: ipEventOf(first, nowMs),
    deviceId: device === undefined ? [] : [device],
    additionalInfo: [
      lines(...grounds(file), ...circumstances(file, nowMs), ...oddTimes(first, nowMs), ...viewed(decision)) ?? '',
    ],
  }
}

/** Of the bytes as received, which are the bytes uploaded; PDQ of the pictures whose matches are told, else of the first. */
function hashes({ digests, pictures, grounds }: Reportable<CaseFile>) {
  const matched = new Set(grounds.slice(0, groundsKept).flatMap((ground) => ground.pictureIndex ?? []))
  const shown = pictures.filter(({ index }, place) => (matched.size === 0 ? place === 0 : matched.has(index ?? place)))
  return [
    { '#': digests.md5, '@hashType': 'MD5' },
    { '#': digests.sha1, '@hashType': 'SHA1' },
    { '#': digests.sha256, '@hashType': 'SHA256' },
    ...shown.map((picture) => ({ '#': picture.commandLine.hash, '@hashType': 'PDQ' })),
  ]
}

/** A file of a version before this one may hold hundreds. */
function grounds(file: Reportable<CaseFile>): string[] {
  const told = file.grounds.slice(0, groundsKept)
  const further = file.grounds.length - told.length + (file.furtherGrounds ?? 0)
  const sentences = told.map((ground) => {
    const near =
      ground.algorithm === 'pdq'
        ? `distance ${ground.distanceBits} of 256 bits, threshold ${ground.radiusBits} bits`
        : 'the digests of the whole file are equal'
    const quality = ground.quality === null ? '' : `, quality ${ground.quality} of 100`
    return `Found by hash matching: list ${ground.listId} (class ${ground.class}, source ${ground.source}), algorithm ${ground.algorithm}, ${near}${quality}.`
  })
  if (further === 0) return sentences
  return [
    ...sentences,
    further === 1
      ? 'One further match of this file is not listed here.'
      : `${further} further matches of this file are not listed here.`,
  ]
}

function circumstances(file: Reportable<CaseFile>, nowMs: number): string[] {
  const times = file.occurrences.length + file.furtherOccurrences
  const [first] = file.occurrences
  return [
    'The file uploaded with this report is the exact bytes that were received.',
    ...(first === undefined ? [] : [`Received for matching at ${iso(Math.min(first.receivedAt, nowMs))}.`]),
    ...(times > 1 ? [`The same bytes were received ${times} times on this account.`] : []),
  ]
}

function oddTimes({ context }: Occurrence, nowMs: number) {
  return [
    implausible('The time of the upload', context.uploadedAt, nowMs),
    implausible('The time of the capture of the IP address', context.origin?.at, nowMs),
  ]
}

/** Only what Wardline can know: not what a moderator saw on the platform. */
function viewed(decision: CaseRecord['decision']): string[] {
  return [
    'The software that made this report (Wardline) showed this file to nobody; it was found by hash matching. Whether anyone at the company saw it otherwise is not known to Wardline.',
    ...(decision === null
      ? []
      : ['A person decided to report it from the results of the comparison; Wardline did not show it to them.']),
  ]
}
