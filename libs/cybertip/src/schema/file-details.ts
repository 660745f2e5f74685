// The <fileDetails> document: the body of POST /fileinfo, once per uploaded file. CyberTipline API, section 7.
import { deviceId, freeText, ipCaptureEvent, url } from './common.ts'
import {
  all,
  allowed,
  attributed,
  boolean,
  enumeration,
  flag,
  legacy,
  long,
  many,
  maybe,
  needed,
  one,
  pastDateTime,
  sequence,
  some,
  string,
  text,
  token,
} from './kinds.ts'
import type { Shape } from './shape.ts'

const fileAnnotations = all({
  animeDrawingVirtualHentai: maybe(flag),
  potentialMeme: maybe(flag),
  viral: maybe(flag),
  possibleSelfProduction: maybe(flag),
  physicalHarm: maybe(flag),
  violenceGore: maybe(flag),
  bestiality: maybe(flag),
  liveStreaming: maybe(flag),
  infant: maybe(flag),
  generativeAi: maybe(flag),
})

const details = attributed(
  { type: allowed(enumeration('EXIF', 'HASH')) },
  { nameValuePair: some(sequence({ name: one(string({ maxLength: 64 })), value: one(string()) })) },
)

export const fileDetails = sequence(
  {
    reportId: one(long),
    fileId: one(token),
    fileName: legacy(string()),
    /** The name the user gave it. */
    originalFileName: maybe(string({ maxLength: 2056 })),
    uploadedToEspTimestamp: maybe(pastDateTime),
    locationOfFile: maybe(url),
    /** True only when a person of the company viewed the entire contents of this file. */
    fileViewedByEsp: maybe(boolean),
    exifViewedByEsp: maybe(boolean),
    publiclyAvailable: maybe(boolean),
    fileRelevance: maybe(enumeration('Reported', 'Supplemental Reported')),
    // The XSD offers potentialMeme or fileAnnotations; the first is never sent, so their choice cannot be broken.
    potentialMeme: legacy(boolean),
    fileAnnotations: maybe(fileAnnotations),
    /** Only for companies that signed the Industry Hash Sharing agreement, and only a person's own call. */
    industryClassification: maybe(enumeration('A1', 'A2', 'B1', 'B2')),
    /** Of the bytes as the user uploaded them. */
    originalFileHash: many(text(string(), { hashType: needed(string({ maxLength: 64 })) })),
    // One at most, unlike everywhere else.
    ipCaptureEvent: maybe(ipCaptureEvent),
    deviceId: many(deviceId),
    details: many(details),
    additionalInfo: many(freeText),
  },
  ['exif_needs_viewed', 'supplemental_conflict', 'batched_file'],
)

export type FileDetails = Shape<typeof fileDetails>
