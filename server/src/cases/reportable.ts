// Which files of a case may be told to NCMEC: by the class of what they matched, and by nobody's choice.
import type { IncidentType } from '@wardline/api'
import { Fault } from '#base'
import { isReportable, type ReportableClass, reporting } from '#lists'
import type { FoundFile, FoundGround } from './facts.ts'

export type ReportableGround = FoundGround & { readonly class: ReportableClass }

/** A file with the grounds that may be told; those of class `intimate` or `never_match` are not of this type. */
export type Reportable<File extends FoundFile = FoundFile> = Omit<File, 'grounds'> & {
  readonly grounds: readonly ReportableGround[]
}

/**
 * The files as they may be told. Fault `never_reported` when one of them matched nothing that may be: then no report is made
 * of the case, whoever asks. Fault `incident_type_missing` when one matched only classes that a person has to name.
 */
export function reportableFiles<File extends FoundFile>(
  files: readonly File[],
  incidentType: IncidentType | undefined,
): readonly Reportable<File>[] {
  return files.map((file) => {
    const grounds = file.grounds.filter(isTold)
    if (grounds.length === 0) throw refusal('never_reported', neverWords)
    if (incidentType === undefined && !grounds.some((ground) => reporting[ground.class] === 'by_rule'))
      throw refusal('incident_type_missing', typeWords)
    return { ...file, grounds }
  })
}

const isTold = (ground: FoundGround): ground is ReportableGround => isReportable(ground.class)

const neverWords =
  'a file of this case matched nothing but classes that are never reported to NCMEC (intimate): there is no report to make; ' +
  'close the case once it is dealt with elsewhere, or dismiss it'
const typeWords =
  'a file of this case matched only classes that are no sign of a crime by themselves (generative_ai, exploitative): ' +
  'say what the incident is (the incident type), or dismiss the case'

const refusal = (code: 'never_reported' | 'incident_type_missing', words: string) =>
  new Fault(code, words, { retry: 'never' })
