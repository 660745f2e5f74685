// What is told about one file: where it came from, its hashes, who was shown it. CyberTipline API, section 7.
import { type CaseFile, groundsKept, type Reportable, viewedFlags } from '#cases'
import { annotationsOf, chosenFor, chosenWords } from './draft-chosen.ts'
import { howFound } from './draft-found.ts'
import type { DraftDetails, ToldCase } from './draft-shape.ts'
import { viewWords } from './draft-views.ts'
import type { ReportSettings } from './settings.ts'
import {
  deviceOfFile,
  distinct,
  implausible,
  ipEventOfFile,
  iso,
  lines,
  type Occurrence,
  plausible,
  url,
} from './telling.ts'

type File = Reportable<CaseFile>

export function draftFile(file: File, record: ToldCase, settings: ReportSettings, nowMs: number): DraftDetails {
  const [first] = file.occurrences
  if (first === undefined) throw new Error('a file of a case without an occurrence')
  const { context } = first
  const device = deviceOfFile(first, nowMs)
  const contexts = file.occurrences.map((one) => one.context)
  const chosen = chosenFor(file.id, record.decision, settings)
  const { viewed, exifViewed } = viewedFlags(file, record.views)
  return {
    originalFileName: context.fileName,
    uploadedToEspTimestamp: plausible(context.uploadedAt, nowMs),
    locationOfFile: context.url === undefined ? undefined : url(context.url),
    // From what was displayed to a named person, and from nothing else. Duties, section 11.
    fileViewedByEsp: viewed,
    exifViewedByEsp: exifViewed,
    publiclyAvailable: contexts.some((one) => one.publiclyAvailable) || context.publiclyAvailable,
    fileRelevance: 'Reported',
    fileAnnotations: annotationsOf(contexts, chosen),
    // The letters of a list are its own claim and never come here.
    industryClassification: chosen?.classification,
    originalFileHash: isAltered(file) ? originals(file) : ofBytes(file),
    // One at most: that of the first coming. The machines of the others stand with the account.
    ipCaptureEvent: ipEventOfFile(first, nowMs),
    deviceId: device === undefined ? [] : [device],
    details: [...exif(file), ...(isAltered(file) ? [altered(file)] : [])],
    additionalInfo: [
      lines(
        ...howFound(file),
        ...circumstances(file, nowMs),
        ...oddTimes(first, nowMs),
        ...viewWords(file, record),
        ...chosenWords(chosen),
      ) ?? '',
    ],
  }
}

/** The platform changed the bytes before it sent them: their hashes are not those of what the user uploaded. */
const isAltered = ({ occurrences }: File) => occurrences.some((one) => one.context.altered === true)

/** Of the bytes as received, which are the bytes uploaded; PDQ of the pictures whose matches are told, else of the first. */
function ofBytes(file: File) {
  return hashes(file).map(({ name, value }) => ({ '#': value, '@hashType': name }))
}

function hashes({ digests, pictures, grounds }: File) {
  const matched = new Set(grounds.slice(0, groundsKept).flatMap((ground) => ground.pictureIndex ?? []))
  const shown = pictures.filter(({ index }, place) => (matched.size === 0 ? place === 0 : matched.has(index ?? place)))
  return [
    { name: 'MD5', value: digests.md5 },
    { name: 'SHA1', value: digests.sha1 },
    { name: 'SHA256', value: digests.sha256 },
    ...shown.map((picture) => ({ name: 'PDQ', value: picture.commandLine.hash })),
  ]
}

function originals({ occurrences }: File) {
  const given = distinct(occurrences.flatMap((one) => one.context.originalHashes ?? []))
  return given.map(({ type, value }) => ({ '#': value, '@hashType': type }))
}

function altered(file: File) {
  const pairs = hashes(file).map(({ name, value }) => ({ name: `${name} of the file sent`, value }))
  return { '@type': 'HASH', nameValuePair: pairs } as const
}

/** The same bytes have the same metadata: whoever gave some first. */
function exif({ occurrences }: File) {
  const given = occurrences.find((one) => one.context.exif?.length)?.context.exif
  return given === undefined ? [] : [{ '@type': 'EXIF', nameValuePair: given } as const]
}

function circumstances(file: File, nowMs: number): string[] {
  const times = file.occurrences.length + file.furtherOccurrences
  const [first, ...later] = file.occurrences
  const names = distinct(later.flatMap((one) => one.context.fileName ?? [])).filter(
    (name) => name !== first?.context.fileName,
  )
  return [
    isAltered(file)
      ? 'The file uploaded with this report is the exact bytes that were received for matching. The platform had changed them before (re-encoded or resized): they are not the bytes that the user uploaded.'
      : 'The file uploaded with this report is the exact bytes that were received.',
    ...(first === undefined ? [] : [`Received for matching at ${iso(Math.min(first.receivedAt, nowMs))}.`]),
    ...(times > 1 ? [`The same bytes were received ${times} times on this account.`] : []),
    ...names.map((name) => `Another name of it: ${name}`),
  ]
}

function oddTimes({ context }: Occurrence, nowMs: number) {
  return [
    implausible('The time of the upload', context.uploadedAt, nowMs),
    implausible('The time of the capture of the IP address', context.origin?.at, nowMs),
  ]
}
