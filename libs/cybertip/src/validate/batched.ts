// What a batched (viral or meme) report may not say. CyberTipline API, section 5.8.
import type { FileDetails, Report } from '../schema/schema.ts'
import { absent } from '../xml/absent.ts'
import type { Breach } from './rules.ts'

/** Rules of the report itself: users by their identifier alone, and no story. */
export function batchedReport(report: Report): readonly Breach[] {
  const users = (report.personOrUserReported ?? []).flatMap((user, index) =>
    Object.entries(user).flatMap(([name, value]) =>
      name === 'espIdentifier' || absent(value)
        ? []
        : [
            {
              at: `personOrUserReported[${index}]/${name}`,
              words: 'must not be given: a batched user is espIdentifier alone',
            },
          ],
    ),
  )
  const nameless = (report.personOrUserReported ?? []).flatMap((user, index) =>
    absent(user.espIdentifier)
      ? [{ at: `personOrUserReported[${index}]/espIdentifier`, words: 'must be given in a batched report' }]
      : [],
  )
  const reason = absent(report.incidentSummary.escalateToHighPriority)
    ? []
    : [{ at: 'incidentSummary/escalateToHighPriority', words: notBatched }]
  return [...users, ...nameless, ...reason, ...given(report, forbiddenInReport)]
}

/** Rules of its one file: viral or a potential meme, and little else. */
export function batchedFile(file: FileDetails): readonly Breach[] {
  const flags = Object.entries(file.fileAnnotations ?? {}).flatMap(([name, value]) => (value === true ? [name] : []))
  const others = flags.filter((name) => name !== 'viral' && name !== 'potentialMeme')
  return [
    ...(flags.length > others.length ? [] : [{ at: 'fileAnnotations', words: 'must say viral or potentialMeme' }]),
    ...others.map((name) => ({ at: `fileAnnotations/${name}`, words: notBatched })),
    ...(file.fileRelevance === 'Supplemental Reported' ? [{ at: 'fileRelevance', words: 'must be Reported' }] : []),
    ...given(file, forbiddenInFile),
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

function given<K extends string>(value: { readonly [N in K]?: unknown }, names: readonly K[]): Breach[] {
  return names.filter((name) => !absent(value[name])).map((name) => ({ at: name, words: notBatched }))
}
