// What a batched (viral or meme) report may not say. CyberTipline API, section 5.8. Both are asked about what will be written; an element
// of a newer schema is as little allowed here as the others.
import type { FileDetails, Report } from '../schema/schema.ts'
import type { Breach } from './problem.ts'

/** Rules of the report itself: users by their identifier alone, and no story. */
export function batchedReport(report: Report): readonly Breach[] {
  const users = (report.personOrUserReported ?? []).flatMap((user, index) => {
    // An empty one in the list is not written.
    if (user === undefined) return []
    const at = `personOrUserReported[${index}]`
    return [
      ...Object.keys(user)
        .filter((name) => name !== 'espIdentifier')
        .map((name) => ({ at: `${at}/${name}`, words: 'must not be given: a batched user is espIdentifier alone' })),
      ...(user.espIdentifier === undefined
        ? [{ at: `${at}/espIdentifier`, words: 'must be given in a batched report' }]
        : []),
    ]
  })
  const reason =
    report.incidentSummary.escalateToHighPriority === undefined
      ? []
      : [{ at: 'incidentSummary/escalateToHighPriority', words: notBatched }]
  return [...users, ...reason, ...forbidden(report, forbiddenInReport)]
}

/** Rules of its one file: viral or a potential meme, and little else. */
export function batchedFile(file: FileDetails): readonly Breach[] {
  const flags = Object.keys(file.fileAnnotations ?? {})
  const others = flags.filter((name) => name !== 'viral' && name !== 'potentialMeme')
  return [
    ...(flags.length > others.length ? [] : [{ at: 'fileAnnotations', words: 'must say viral or potentialMeme' }]),
    ...others.map((name) => ({ at: `fileAnnotations/${name}`, words: notBatched })),
    ...(file.fileRelevance === 'Supplemental Reported' ? [{ at: 'fileRelevance', words: 'must be Reported' }] : []),
    ...forbidden(file, forbiddenInFile),
  ]
}

const forbiddenInReport = ['internetDetails', 'lawEnforcement', 'intendedRecipient', 'victim', 'additionalInfo']
const forbiddenInFile = [
  'originalFileName',
  'locationOfFile',
  'originalFileHash',
  'ipCaptureEvent',
  'deviceId',
  'details',
  'additionalInfo',
]
const notBatched = 'must not be given in a batched report'

function forbidden(value: object, names: readonly string[]): Breach[] {
  return Object.keys(value)
    .filter((name) => names.includes(name))
    .map((name) => ({ at: name, words: notBatched }))
}
