// One report of one picture on many accounts, which a person called viral or a potential meme: almost nothing but the accounts'
// ids may be in it. CyberTipline API, section 5.8.

import { z } from 'zod'
import { type Environment, isProduction, NOTHING_IS_REPORTED } from '#base'
import { type CaseFile, type CaseRecord, reportableFiles } from '#cases'
import type { Drafted } from './draft.ts'
import { draftFile } from './draft-file.ts'
import { fit } from './fit.ts'
import { incidentTypeOf } from './incident.ts'
import { reporterOf } from './reporter.ts'
import type { ReportSettings } from './settings.ts'
import { iso, lines, occurrencesOf, plausibleMs } from './telling.ts'

export const batchFacts = z.strictObject({
  /** Ours: of the file that is uploaded. */
  fileId: z.string(),
  viral: z.boolean(),
  potentialMeme: z.boolean(),
})
export type BatchFacts = z.infer<typeof batchFacts>

/** Not `not_possible` for a field that does not fit, which is left out; nothing is told instead, for there is no place for words. */
export function draftBatch(
  records: readonly CaseRecord[],
  { fileId, viral, potentialMeme }: BatchFacts,
  settings: ReportSettings,
  nowMs: number,
): Drafted {
  const [first] = records
  const incidentType = first?.decision?.incidentType
  const file = reportableFiles(
    records.flatMap(({ files }) => files),
    incidentType,
  ).find(({ id }) => id === fileId)
  if (first === undefined || file === undefined) return { kind: 'not_possible', words: 'the batch holds no file' }
  const accounts = records.flatMap(({ context: { account } }) => account ?? [])
  if (accounts.length !== records.length) return { kind: 'not_possible', words: 'a case of the batch has no account' }

  const { whenMs, words } = firstTime(records, nowMs)
  const form = fit(
    'report',
    {
      batchedReport: { '@reason': 'VIRAL_POTENTIAL_MEME' },
      incidentSummary: {
        incidentType: incidentTypeOf(incidentType),
        platform: settings.platform,
        incidentDateTime: iso(whenMs),
        // The only words that such a report has room for.
        incidentDateTimeDescription: lines(disclaimer(settings.environment), words),
      },
      reporter: reporterOf(settings),
      personOrUserReported: [...new Map(accounts.map((one) => [keyOf(one), { espIdentifier: one.id }])).values()],
    },
    nowMs,
  )
  if (form.kind === 'misfit') return { kind: 'not_possible', words: form.words }
  // Of what a file's details say elsewhere, what is allowed here.
  const { uploadedToEspTimestamp, fileViewedByEsp, exifViewedByEsp } = draftFile(
    file,
    { ...first, files: [file], prior: [] },
    settings,
    nowMs,
  )
  const details = fit(
    'fileDetails',
    {
      reportId: '1',
      fileId: 'x',
      uploadedToEspTimestamp,
      fileViewedByEsp,
      exifViewedByEsp,
      publiclyAvailable: publiclyIn(records, file),
      fileRelevance: 'Reported',
      fileAnnotations: { ...(viral && { viral }), ...(potentialMeme && { potentialMeme }) },
    },
    nowMs,
    { batched: true },
  )
  if (details.kind === 'misfit') return { kind: 'not_possible', words: details.words }
  const { reportId: _, fileId: __, ...rest } = details.value
  const { vaultId, digests } = file
  const told = { fileId, vaultId, neutralName: 'file-1', md5: digests.md5, details: rest }
  return { kind: 'drafted', draft: { report: form.value, files: [told] } }
}

/** What was said of these very bytes on any of the accounts; undefined when nobody said it. */
function publiclyIn(records: readonly CaseRecord[], { digests }: Pick<CaseFile, 'digests'>): boolean | undefined {
  const same = records.flatMap(({ files }) => files).filter((one) => one.digests.sha256 === digests.sha256)
  const said = same.flatMap(({ occurrences }) => occurrences.flatMap((one) => one.context.publiclyAvailable ?? []))
  return said.length === 0 ? undefined : said.includes(true)
}

type Account = NonNullable<CaseFile['occurrences'][number]['context']['account']>

/** Two organisations may both have a user "7". */
const keyOf = ({ id, organisation }: Account) => JSON.stringify([organisation?.id ?? null, id])

function firstTime(records: readonly CaseRecord[], nowMs: number) {
  const occurrences = records.flatMap((record) => occurrencesOf(record))
  const uploads = occurrences.flatMap((one) => plausibleMs(one.context.uploadedAt, nowMs) ?? [])
  if (uploads.length > 0)
    return { whenMs: Math.min(...uploads), words: 'Time of the first upload of the file, as the platform recorded it.' }
  const received = occurrences.map((one) => Math.min(one.receivedAt, nowMs))
  return { whenMs: Math.min(...received), words: 'Time at which the file was first received for hash matching.' }
}

function disclaimer(environment: Environment): string | undefined {
  if (isProduction(environment)) return undefined
  return `${NOTHING_IS_REPORTED}: this is a report of the environment "${environment}".`
}
