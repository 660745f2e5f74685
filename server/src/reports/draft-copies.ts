// Copies of a reported file: the same picture in other bytes. Told in words with that file, for only its own bytes are uploaded.
import { type CaseFile, groundsKept, type Reportable } from '#cases'
import { annotationsOf } from './draft-chosen.ts'
import { laterWords } from './draft-later.ts'
import type { ToldCase } from './draft-shape.ts'
import { displays } from './draft-views.ts'
import { distinct, iso, type Occurrence, plausible } from './telling.ts'

type Told = Reportable<CaseFile>

/** Without copies: what is uploaded. */
export const originals = (files: readonly Told[]): readonly Told[] => files.filter(({ copyOf }) => copyOf === undefined)

/** So many copies are told one by one. */
const copiesTold = 20
/** So many comings of one copy. */
const comingsTold = 5

/** One text for each copy of this file, none when there is none. */
export function copyWords(file: Told, { files, views }: ToldCase, nowMs: number): readonly string[] {
  const copies = files.filter(({ copyOf }) => copyOf?.fileId === file.id)
  const further = copies.length - copiesTold
  return [
    ...copies.slice(0, copiesTold).map((copy) => wordsOf(copy, views, nowMs)),
    ...(further > 0 ? [`${further} further copies of this file were received and are not listed here.`] : []),
  ]
}

function wordsOf(copy: Told, views: ToldCase['views'], nowMs: number): string {
  const { digests, sizeBytes, mediaType, pictures, copyOf, occurrences, furtherOccurrences } = copy
  const [picture] = pictures
  const hashes = [
    `MD5 ${digests.md5}`,
    `SHA-1 ${digests.sha1}`,
    `SHA-256 ${digests.sha256}`,
    ...(picture === undefined ? [] : [`PDQ ${picture.commandLine.hash}`]),
  ]
  const lists = copy.grounds
    .slice(0, groundsKept)
    .map(
      (ground) =>
        `list ${ground.listId} (class ${ground.class}, source ${ground.source}), algorithm ${ground.algorithm}` +
        `${ground.algorithm === 'pdq' ? `, distance ${ground.distanceBits} of 256 bits, threshold ${ground.radiusBits} bits` : ''}`,
    )
  const further = occurrences.length - comingsTold + furtherOccurrences
  return [
    'The same picture was also received on this account as another file, which is not uploaded with this report; its bytes are preserved.',
    `${sizeBytes} bytes, ${mediaType ?? 'of an unknown type'}, ${copyOf?.distanceBits ?? 0} of 256 bits of PDQ from the file above.`,
    `Its hashes, as received: ${hashes.join(', ')}.`,
    `Found by hash matching: ${lists.join('; ')}.`,
    ...occurrences.slice(0, comingsTold).map((one) => coming(one, nowMs)),
    ...(further > 0 ? [`Received ${further} more times.`] : []),
    ...saidOf(copy),
    ...displays(copy, views, 'copy'),
    ...laterWords(occurrences, nowMs),
  ].join('\n')
}

/** What the platform said of the picture itself; the form has elements for it, were it a file of its own. */
function saidOf({ occurrences }: Told): string[] {
  const contexts = occurrences.map((one) => one.context)
  const publicly = contexts.flatMap((one) => one.publiclyAvailable ?? [])
  const annotations = Object.keys(annotationsOf(contexts, undefined) ?? {})
  const originals = distinct(contexts.flatMap((one) => one.originalHashes ?? []))
  const exif = contexts.find((one) => one.exif?.length)?.exif ?? []
  return [
    ...(publicly.length === 0
      ? []
      : [`By the platform's word it was ${publicly.includes(true) ? '' : 'not '}publicly available.`]),
    ...(annotations.length === 0 ? [] : [`By the platform's word it is: ${annotations.join(', ')}.`]),
    ...(contexts.some(({ altered }) => altered === true)
      ? [
          'The platform had changed its bytes before (re-encoded or resized): they are not those that the user uploaded.',
        ]
      : []),
    ...(originals.length === 0
      ? []
      : [`Hashes of the bytes that the user uploaded, as given: ${pairs(originals.map((o) => [o.type, o.value]))}.`]),
    ...(exif.length === 0 ? [] : [`Its EXIF, as given: ${pairs(exif.map((one) => [one.name, one.value]))}.`]),
  ]
}

const pairs = (all: readonly (readonly [string, string])[]) => all.map((pair) => pair.join(' ')).join(', ')

/** As above, of one coming. */
function coming({ receivedAt, context }: Occurrence, nowMs: number): string {
  const { fileName, uploadedAt, url, origin } = context
  const uploaded = plausible(uploadedAt, nowMs)
  const machine = origin && `${origin.ip}${origin.port === undefined ? '' : ` port ${origin.port}`}`
  const proxy =
    origin?.possibleProxy === undefined ? '' : origin.possibleProxy ? ' (possibly a proxy)' : ' (not known as a proxy)'
  const machineAt = plausible(origin?.at, nowMs)
  return [
    `Received for matching at ${iso(Math.min(receivedAt, nowMs))}`,
    ...(uploaded === undefined ? [] : [`uploaded at ${uploaded}`]),
    ...(fileName === undefined ? [] : [`named ${fileName}`]),
    ...(url === undefined ? [] : [`at ${url}`]),
    ...(machine === undefined ? [] : [`from ${machine}${machineAt === undefined ? '' : ` at ${machineAt}`}${proxy}`]),
  ].join(', ')
}
