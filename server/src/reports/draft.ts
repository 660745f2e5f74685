// What is to be told to NCMEC about a case: all that is known, and nothing that is not. Pure: frozen when the report is queued.
import type { Report } from '@wardline/cybertip'
import { type Environment, isProduction, NOTHING_IS_REPORTED } from '#base'
import { type CaseRecord, reportableFiles } from '#cases'
import { copyWords, originals } from './draft-copies.ts'
import { draftFile } from './draft-file.ts'
import { laterWords } from './draft-later.ts'
import { draftPeople } from './draft-people.ts'
import { draftPlaces, withoutEmpty } from './draft-places.ts'
import { draftPolice } from './draft-police.ts'
import type { Draft, DraftFile, ToldCase } from './draft-shape.ts'
import { draftSupplement } from './draft-supplement.ts'
import { draftUser } from './draft-user.ts'
import { anyView } from './draft-views.ts'
import { fit, type LeftOut } from './fit.ts'
import { annotationsOf, incidentTypeOf } from './incident.ts'
import { reporterOf } from './reporter.ts'
import type { ReportSettings } from './settings.ts'
import { iso, lines, occurrencesOf, plausibleMs } from './telling.ts'

export type Drafted =
  | { readonly kind: 'drafted'; readonly draft: Draft }
  /** The form cannot be filled in truthfully; `words` name elements and rules, never a value. */
  | { readonly kind: 'not_possible'; readonly words: string }

/**
 * prior: see `priorReports`. nowMs: the form refuses times that lie ahead. What does not fit the form (a URL that is none) is left out and told in
 * words instead; and should what the platform said still not fit, all of it but the account's id is: a report is never
 * held back for it. Faults `never_reported`, `incident_type_missing`: of such a case there is no report, see `reportableFiles`.
 */
export function draft(
  found: CaseRecord,
  settings: ReportSettings,
  nowMs: number,
  prior: readonly string[] = [],
): Drafted {
  if (found.files.length === 0) return { kind: 'not_possible', words: 'the case holds no file' }
  const files = reportableFiles(found.files, found.decision?.incidentType)
  const record: ToldCase = { ...found, files, prior }
  const whole = draftOf(record, settings, nowMs)
  if (whole.kind === 'drafted') return whole
  const bare = draftOf(withoutContext(record), settings, nowMs)
  if (bare.kind === 'not_possible') return whole
  const { report } = bare.draft
  return {
    kind: 'drafted',
    draft: { ...bare.draft, report: { ...report, additionalInfo: lines(report.additionalInfo, left) } },
  }
}

const left =
  'What the platform said about where and when the files were found does not fit this form and was left out; Wardline keeps it with the case.'

function withoutContext(record: ToldCase): ToldCase {
  const bare = ({ surface, account }: CaseRecord['context']) => ({ surface, account: account && { id: account.id } })
  const files = record.files.map((file) => ({
    ...file,
    occurrences: file.occurrences.map((one) => ({ ...one, context: bare(one.context) })),
  }))
  const lookUp = record.lookUp && { ...record.lookUp, account: null }
  return { ...record, context: bare(record.context), files, lookUp }
}

function draftOf(record: ToldCase, settings: ReportSettings, nowMs: number): Drafted {
  const form = fit('report', reportOf(record, settings, nowMs), nowMs)
  if (form.kind === 'misfit') return { kind: 'not_possible', words: form.words }
  const files: DraftFile[] = []
  for (const [index, file] of originals(record.files).entries()) {
    const details = fit('fileDetails', { ...ids, ...draftFile(file, record, settings, nowMs) }, nowMs)
    if (details.kind === 'misfit') return { kind: 'not_possible', words: details.words }
    const { reportId: _, fileId: __, ...rest } = details.value
    files.push({
      fileId: file.id,
      vaultId: file.vaultId,
      neutralName: `file-${index + 1}${extensions[file.mediaType ?? ''] ?? ''}`,
      md5: file.digests.md5,
      details: {
        ...rest,
        additionalInfo: [
          ...(rest.additionalInfo ?? []),
          ...laterWords(file.occurrences, nowMs),
          ...copyWords(file, record, nowMs),
          ...told(details.leftOut),
        ],
      },
    })
  }
  files.push(...record.supplements.map((one, index) => draftSupplement(one, index + 1, nowMs)))
  const additionalInfo = lines(form.value.additionalInfo, ...told(form.leftOut))
  const internetDetails = withoutEmpty(form.value.internetDetails)
  return { kind: 'drafted', draft: { report: { ...form.value, internetDetails, additionalInfo }, files } }
}

function reportOf(record: ToldCase, settings: ReportSettings, nowMs: number): Report {
  const occurrences = occurrencesOf(record)
  const uploads = occurrences.flatMap((one) => plausibleMs(one.context.uploadedAt, nowMs) ?? [])
  // Our own clock may have stepped back since: what was received was received by now.
  const received = occurrences.map((one) => Math.min(one.receivedAt, nowMs))
  const first = Math.min(...(uploads.length > 0 ? uploads : received))
  const { platform } = settings
  const user = draftUser(occurrences, record.lookUp, nowMs)
  const { intendedRecipient, victim, words: others } = draftPeople(occurrences, nowMs)
  const { lawEnforcement, words: police } = draftPolice(occurrences, nowMs)
  return {
    incidentSummary: {
      incidentType: incidentTypeOf(record.decision?.incidentType),
      platform,
      escalateToHighPriority: record.decision?.escalate,
      reportAnnotations: annotationsOf(record.decision?.annotations),
      incidentDateTime: iso(first),
      incidentDateTimeDescription:
        uploads.length > 0
          ? 'Time of the first upload of a reported file, as the platform recorded it.'
          : 'Time at which the file was received for hash matching; the time of its upload is not known.',
    },
    internetDetails: draftPlaces(occurrences, nowMs),
    lawEnforcement,
    reporter: reporterOf(settings),
    personOrUserReported: user === undefined ? [] : [{ ...user, priorCTReports: [...record.prior] }],
    intendedRecipient,
    victim,
    additionalInfo: lines(disclaimer(settings.environment), testWords(record), summary(record), ...others, ...police),
  }
}

function disclaimer(environment: Environment): string | undefined {
  if (isProduction(environment)) return undefined
  return `${NOTHING_IS_REPORTED}: this is a report of the environment "${environment}".`
}

function testWords({ isTest }: ToldCase): string | undefined {
  return isTest ? 'This is a test: every file of it is a drawn test card that comes with Wardline.' : undefined
}

function summary(record: ToldCase): string {
  const { decision, supplements, furtherSupplements } = record
  const files = originals(record.files)
  const many = files.length === 1 ? 'One file was' : `${files.length} files were`
  const chosen = decision?.incidentType === undefined ? '' : ' That person chose the incident type.'
  const byRule = 'This report was filed by rule; no person decided about it in Wardline.'
  const how = decision === null ? byRule : `${anyView(record) ? byPerson : byPersonUnseen}${chosen}`
  const beside =
    supplements.length === 0
      ? ''
      : ` Uploaded as well, as supplemental files: ${supplements.length} of what the platform gave around the files found${furtherSupplements === 0 ? '' : `; ${furtherSupplements} more were not kept`}.`
  return `${many} found by comparing hashes with hash lists. ${how} ${anyView(record) ? shownSome : shownNone}${beside}`
}

const shownNone =
  'The software that made this report (Wardline) showed no reported file to anyone; whether anyone at the company saw one otherwise is not known to it.'

const shownSome =
  'What the software that made this report (Wardline) displayed to whom is told with each file; whether anyone at the company saw one otherwise is not known to it.'

const byPerson = 'A person at the company decided to file this report.'
const byPersonUnseen = 'A person at the company decided to file this report, from the results of the comparison alone.'

function told(leftOut: readonly LeftOut[]): string[] {
  return leftOut.map(({ name, value }) =>
    value === undefined
      ? `${name}: known, but not in a form that this element takes, and so left out.`
      : `${name}, as given, not in a form that this element takes: ${value}`,
  )
}

/** Stand-ins while the form is checked. */
const ids = { reportId: '1', fileId: 'x' }

const extensions: { readonly [mediaType: string]: string } = {
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/gif': '.gif',
  'image/webp': '.webp',
  'image/avif': '.avif',
  'image/tiff': '.tif',
}
