// What a case knows and keeps sealed: the context, each file's facts with the grounds of its match, the person's decision.
import { type CaseContext, caseContext, fileChoice, incidentTypes, reportAnnotations } from '@wardline/api'
import { z } from 'zod'
import { algorithms, listClasses } from '#lists'
import type { Vault } from '#vault'

const hex = z.string().regex(/^[0-9a-f]+$/)

/** Why a file was found, without the list's value. Distances and radius in bits of 256. */
const foundGround = z.strictObject({
  listId: z.string(),
  source: z.string(),
  entryId: z.string(),
  class: z.enum(listClasses),
  algorithm: z.enum(algorithms),
  distanceBits: z.int(),
  radiusBits: z.int(),
  pictureIndex: z.int().nullable(),
  flavour: z.enum(['command_line', 'full_resolution']).nullable(),
  quality: z.number().nullable(),
  /** How many members say so; absent in files of before. */
  members: z.int().optional(),
  /** A `never_match` list called it a false alarm. */
  doubted: z.literal(true).optional(),
})

/** One time the same bytes were sent on the account; the first kept is the find itself, the last kept the latest. */
const occurrence = z.strictObject({
  scanId: z.string(),
  receivedAt: z.int(),
  /** As it was said when the file came, and never changed. */
  context: caseContext,
  /** What the platform said of it later, in order; `by` is the id of its key. */
  later: z.array(z.strictObject({ at: z.int(), by: z.string(), said: caseContext })).optional(),
})

/** Both flavours: nobody knows which one a list's values are. */
const foundPicture = z.strictObject({
  /** The frame's number in the file, which grounds name. Without one: files of before frames, in their order. */
  index: z.int().optional(),
  /** Decoded in fast mode: the hashes are a few bits off. */
  fast: z.literal(true).optional(),
  width: z.int(),
  height: z.int(),
  commandLine: z.strictObject({ hash: hex, quality: z.number() }),
  fullResolution: z.strictObject({ hash: hex, quality: z.number() }),
})

const foundFile = z.strictObject({
  sizeBytes: z.int(),
  mediaType: z.string().optional(),
  digests: z.strictObject({ md5: hex, sha1: hex, sha256: hex }),
  pictures: z.array(foundPicture),
  grounds: z.array(foundGround),
  /** Beyond those kept here, of grounds those that may be told; absent is none. */
  furtherPictures: z.int().optional(),
  furtherGrounds: z.int().optional(),
  /** Not all of it was read, whenever it came: why, as the decoder names it. Absent in files of before, read or not. */
  unread: z.string().optional(),
  why: z.string(),
  occurrences: z.array(occurrence).min(1),
  /** Occurrences beyond those kept here: they came between the first and the others. */
  furtherOccurrences: z.int(),
  /** Another file of the case shows the same picture: this one is kept as evidence and told as a copy of it, never as a file. */
  copyOf: z.strictObject({ fileId: z.string(), distanceBits: z.int() }).optional(),
})

const decided = z.strictObject({
  by: z.string(),
  at: z.int(),
  reason: z.string().nullable(),
  viewed: z.literal(false),
  /** Chosen by the person who confirmed it. */
  incidentType: z.enum(incidentTypes).optional(),
  /** What that person says of single files; of a list's claims nothing. */
  files: z.array(fileChoice).optional(),
  /** What that person says of the whole incident; escalate: why a child is at immediate risk. */
  annotations: z.array(z.enum(reportAnnotations)).optional(),
  escalate: z.string().optional(),
  /** The person who dismissed it says that the entries are wrong about these pictures. */
  falseMatch: z.literal(true).optional(),
})

export type FoundPicture = z.infer<typeof foundPicture>
export type FoundGround = z.infer<typeof foundGround>
export type FoundFile = z.infer<typeof foundFile>
export type { CaseContext }
/** `viewed` is false by type: nothing in this version shows a file to a person. */
export type Decided = z.infer<typeof decided>

/** Enough to show a pattern. A flood of the same file must not grow the row, which each coming seals anew, for ever. */
export const occurrencesKept = 20

/** Copies among them. A case of more is opened, drafted and filed for hours; the next find opens the next case. */
export const filesInCase = 100

export const sealContext = (vault: Vault, caseId: string, value: CaseContext) =>
  vault.sealJson(`cases.context_sealed:${caseId}`, value)
export const readContext = (vault: Vault, caseId: string, sealed: Uint8Array): CaseContext =>
  caseContext.parse(vault.unsealJson(`cases.context_sealed:${caseId}`, sealed))

export const sealFile = (vault: Vault, fileId: string, value: FoundFile) =>
  vault.sealJson(`case_files.facts_sealed:${fileId}`, value)
export const readFile = (vault: Vault, fileId: string, sealed: Uint8Array): FoundFile =>
  foundFile.parse(vault.unsealJson(`case_files.facts_sealed:${fileId}`, sealed))

export const sealDecision = (vault: Vault, caseId: string, value: Decided) =>
  vault.sealJson(`cases.decision_sealed:${caseId}`, value)
export const readDecision = (vault: Vault, caseId: string, sealed: Uint8Array): Decided =>
  decided.parse(vault.unsealJson(`cases.decision_sealed:${caseId}`, sealed))
