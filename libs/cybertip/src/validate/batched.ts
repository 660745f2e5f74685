// What a batched (viral or meme) report may not say. CyberTipline API, section 5.8.
import { fileDetails } from '../schema/file-details.ts'
import { incidentSummary } from '../schema/incident.ts'
import type { Complex } from '../schema/kinds.ts'
import { personOrUserReported } from '../schema/people.ts'
import { report as reportTable } from '../schema/report.ts'
import type { FileDetails, Report } from '../schema/schema.ts'
import { absent } from '../xml/absent.ts'
import type { Breach } from './problem.ts'

/** Rules of the report itself: users by their identifier alone, and no story. */
export function batchedReport(report: Report): readonly Breach[] {
  const users = (report.personOrUserReported ?? []).flatMap((user, index) => {
    const at = `personOrUserReported[${index}]`
    const names = given(user, userElements)
    return [
      ...names
        .filter((name) => name !== 'espIdentifier')
        .map((name) => ({ at: `${at}/${name}`, words: 'must not be given: a batched user is espIdentifier alone' })),
      ...(names.includes('espIdentifier')
        ? []
        : [{ at: `${at}/espIdentifier`, words: 'must be given in a batched report' }]),
    ]
  })
  const reason = given(report.incidentSummary, summaryElements)
    .filter((name) => name === 'escalateToHighPriority')
    .map((name) => ({ at: `incidentSummary/${name}`, words: notBatched }))
  return [...users, ...reason, ...forbidden(report, reportElements, forbiddenInReport)]
}

/** Rules of its one file: viral or a potential meme, and little else. */
export function batchedFile(file: FileDetails): readonly Breach[] {
  const flags = Object.entries(file.fileAnnotations ?? {}).flatMap(([name, value]) => (value === true ? [name] : []))
  const others = flags.filter((name) => name !== 'viral' && name !== 'potentialMeme')
  return [
    ...(flags.length > others.length ? [] : [{ at: 'fileAnnotations', words: 'must say viral or potentialMeme' }]),
    ...others.map((name) => ({ at: `fileAnnotations/${name}`, words: notBatched })),
    ...(file.fileRelevance === 'Supplemental Reported' ? [{ at: 'fileRelevance', words: 'must be Reported' }] : []),
    ...forbidden(file, fileElements, forbiddenInFile),
  ]
}

const forbiddenInReport = [
  'internetDetails',
  'lawEnforcement',
  'intendedRecipient',
  'victim',
  'additionalInfo',
] as const
const forbiddenInFile = [
  'originalFileName',
  'locationOfFile',
  'originalFileHash',
  'ipCaptureEvent',
  'deviceId',
  'details',
  'additionalInfo',
] as const
const notBatched = 'must not be given in a batched report'

const userElements = personOrUserReported.elements
const summaryElements = incidentSummary.elements
const reportElements = reportTable.elements
const fileElements = fileDetails.elements

function forbidden(value: object, elements: Complex['elements'], names: readonly string[]): Breach[] {
  return given(value, elements)
    .filter((name) => names.includes(name))
    .map((name) => ({ at: name, words: notBatched }))
}

/** The names of the elements that will be written. */
function given(value: object, elements: Complex['elements']): string[] {
  return Object.entries(value).flatMap(([name, inside]) => {
    const field = Object.hasOwn(elements, name) ? elements[name] : undefined
    return field && !absent(field, inside) ? [name] : []
  })
}
