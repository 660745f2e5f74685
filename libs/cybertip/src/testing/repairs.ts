// Makes a document that was drawn from the table keep the rules between its values: one repair for each rule, none can be missing.
import type { RuleName } from '../schema/kinds.ts'
import { usState } from '../schema/places.ts'

/** A value of the table that is being built: everything in it may change. */
export type Bag = { [name: string]: unknown }

/** Repairs in place. */
export const repairs: { readonly [R in RuleName]: (value: Bag) => void } = {
  verified_with_date: (value) => {
    if (value['@verificationDate'] !== undefined) value['@verified'] = true
  },
  number_without_calling_code: (value) => {
    value['#'] = String(value['#']).replace(/^[\s+]+/, '') || '5'
  },
  state_only_in_us: (value) => {
    if (value['state'] !== undefined && value['country'] !== undefined) value['country'] = 'US'
  },
  region_with_city: (value) => {
    if (value['countryCode'] === 'US' && value['region'] !== undefined) value['region'] = usState.values[0]
    if (value['city'] !== undefined) value['region'] ??= usState.values[0]
  },
  disabled_dates: (value) => {
    const disabled = value['@disabledDate']
    if (disabled === undefined) return
    if (value['@userNotifiedDate'] !== undefined) value['@userNotifiedDate'] = disabled
    if (value['@reenabledDate'] !== undefined) value['@reenabledDate'] = '2099-01-01T00:00:00Z'
  },
  age_or_birth: (value) => {
    if (value['dateOfBirth'] !== undefined) delete value['approximateAge']
  },
  reporter_email: (value) => {
    const person = bagOf(value['reportingPerson'])
    if (person && !listOf(person['email']).length) person['email'] = ['safety@forum.example']
  },
  one_person_reported: (value) => {
    const users = value['personOrUserReported']
    if (value['batchedReport'] === undefined && Array.isArray(users)) users.splice(1)
  },
  batched_report: (value) => {
    if (value['batchedReport'] === undefined) return
    for (const name of ['internetDetails', 'lawEnforcement', 'intendedRecipient', 'victim', 'additionalInfo'])
      delete value[name]
    delete bagOf(value['incidentSummary'])?.['escalateToHighPriority']
    const users = listOf(value['personOrUserReported'])
    value['personOrUserReported'] = users.map((_, index) => ({ espIdentifier: `user ${index}` }))
  },
  incident_email_of_a_person: (value) => {
    const addresses = listOf(value['internetDetails']).flatMap((details) =>
      ['emailIncident', 'newsgroupIncident'].flatMap((name) => listOf(bagOf(bagOf(details)?.[name])?.['emailAddress'])),
    )
    if (addresses.length === 0) return
    const email = addresses.map((one) => bagOf(one)?.['#'] ?? one)
    value['victim'] = [...listOf(value['victim']), { victimPerson: { email } }]
  },
  exif_needs_viewed: (value) => {
    if (value['exifViewedByEsp'] === true) value['fileViewedByEsp'] = true
  },
  supplemental_conflict: (value) => {
    if (value['fileRelevance'] !== 'Supplemental Reported') return
    delete bagOf(value['fileAnnotations'])?.['potentialMeme']
    delete value['industryClassification']
  },
  // Only in a batched report: batchFile is for that.
  batched_file: () => {},
}

/** Of a batched report's file: what is left is what may be said. */
export function batchFile(value: Bag): void {
  const forbidden = ['originalFileName', 'locationOfFile', 'originalFileHash', 'ipCaptureEvent', 'deviceId', 'details']
  for (const name of [...forbidden, 'additionalInfo', 'fileRelevance']) delete value[name]
  value['fileAnnotations'] = { viral: true }
}

export function bagOf(value: unknown): Bag | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Bag) : undefined
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
