// The documentation's rules between several values of one element. The table names them; here is what each one asks. They run only on
// elements whose structure is sound, so the types they name hold, and see only what will be written: an empty optional element is none.
import type {
  accountTemporarilyDisabled,
  address,
  associatedAccount,
  estimatedLocation,
  phone,
} from '../schema/common.ts'
import type { Complex, RuleName, Simple } from '../schema/kinds.ts'
import { usState } from '../schema/places.ts'
import type { FileDetails, Report, Shape } from '../schema/schema.ts'
import { present } from '../xml/absent.ts'
import { batchedFile, batchedReport } from './batched.ts'
import { strangersMail } from './incident-mail.ts'
import type { Breach, Problem } from './problem.ts'
import { instantMs } from './times.ts'

export type Context = { readonly now: Date; readonly batched: boolean }

/** The problems of one structurally sound element under the rules the table gives it. */
export function ruleProblems(type: Complex | Simple, value: object, path: string, context: Context): Problem[] {
  if (type.rules.length === 0) return []
  const seen = present(type, value)
  return type.rules.flatMap((rule) =>
    rules[rule](seen as never, context).map(({ at, words }) => ({
      path: at === '' ? path : `${path}/${at}`,
      rule,
      words,
    })),
  )
}

type Texted<T> = Extract<Shape<T>, { readonly '#': unknown }>

const rules: { readonly [R in RuleName]: (value: never, context: Context) => readonly Breach[] } = {
  verified_with_date: (value: { '@verified'?: boolean; '@verificationDate'?: string }) =>
    breach(
      value['@verificationDate'] !== undefined && value['@verified'] !== true,
      '@verified',
      'must be true where a verification date is given',
    ),

  number_without_calling_code: (value: Texted<typeof phone>) => {
    const code = value['@countryCallingCode']
    return breach(
      code !== undefined && value['#'].trimStart().startsWith(code),
      '',
      'must not begin with the calling code that is given beside it',
    )
  },

  state_only_in_us: (value: Shape<typeof address>) =>
    breach(
      value.state !== undefined && value.country !== undefined && value.country !== 'US',
      'state',
      'is for addresses in the US; elsewhere write nonUsaState',
    ),

  region_with_city: (value: Shape<typeof estimatedLocation>) => [
    // The documentation can be read as asking this of US places only; asking it of all satisfies both readings.
    ...breach(value.city !== undefined && value.region === undefined, 'region', 'must be given where the city is'),
    ...breach(
      value.countryCode === 'US' && value.region !== undefined && !usState.values.some((one) => one === value.region),
      'region',
      'must be a state code in the US',
    ),
  ],

  disabled_dates: (value: Texted<typeof accountTemporarilyDisabled>) => {
    const disabled = value['@disabledDate']
    const notified = value['@userNotifiedDate']
    const reenabled = value['@reenabledDate']
    if (disabled === undefined) return []
    return [
      ...breach(
        notified !== undefined && instantMs(notified) < instantMs(disabled),
        '@userNotifiedDate',
        'must not lie before the date the account was disabled',
      ),
      ...breach(
        reenabled !== undefined && instantMs(reenabled) <= instantMs(disabled),
        '@reenabledDate',
        'must lie after the date the account was disabled',
      ),
    ]
  },

  age_or_birth: (value: Shape<typeof associatedAccount>) =>
    breach(
      value.approximateAge !== undefined && value.dateOfBirth !== undefined,
      'approximateAge',
      'must not stand beside a date of birth',
    ),

  reporter_email: (value: Report['reporter']) =>
    breach(!value.reportingPerson.email?.length, 'reportingPerson/email', 'must be given at least once'),

  one_person_reported: (value: Report) =>
    breach(
      value.batchedReport === undefined &&
        (value.personOrUserReported ?? []).filter((user) => user !== undefined).length > 1,
      'personOrUserReported',
      'may occur only once outside a batched report',
    ),

  batched_report: (value: Report) => (value.batchedReport === undefined ? [] : batchedReport(value)),

  incident_email_of_a_person: strangersMail,

  exif_needs_viewed: (value: FileDetails) =>
    breach(
      value.exifViewedByEsp === true && value.fileViewedByEsp !== true,
      'fileViewedByEsp',
      'must be true where exifViewedByEsp is',
    ),

  supplemental_conflict: (value: FileDetails) =>
    value.fileRelevance === 'Supplemental Reported'
      ? [
          ...breach(value.fileAnnotations?.potentialMeme === true, 'fileAnnotations/potentialMeme', notSupplemental),
          ...breach(value.industryClassification !== undefined, 'industryClassification', notSupplemental),
        ]
      : [],

  batched_file: (value: FileDetails, { batched }) => (batched ? batchedFile(value) : []),
}

const notSupplemental = 'must not be given for a supplemental file'

function breach(broken: boolean, at: string, words: string): readonly Breach[] {
  return broken ? [{ at, words }] : []
}
