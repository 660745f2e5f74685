// The <report> document: the body of POST /submit. CyberTipline API, section 5.
import { contactPerson, freeText, person, url } from './common.ts'
import { incidentSummary, internetDetails } from './incident.ts'
import { allowed, attributed, boolean, enumeration, many, maybe, needed, one, sequence, string, text } from './kinds.ts'
import { intendedRecipient, personOrUserReported, victim } from './people.ts'
import { country } from './places.ts'
import type { Shape } from './shape.ts'

const batchedReport = attributed({ reason: needed(enumeration('VIRAL_POTENTIAL_MEME')) }, {})

/** Already reported to the police, or asked for by them. */
const lawEnforcement = sequence({
  agencyName: one(string({ maxLength: 255 })),
  caseNumber: maybe(string({ maxLength: 100 })),
  officerContact: maybe(contactPerson),
  reportedToLe: maybe(boolean),
  servedLegalProcessDomestic: maybe(boolean),
  servedLegalProcessInternational: maybe(text(boolean, { fleaCountry: allowed(country) })),
})

const reporter = sequence(
  {
    reportingPerson: one(person),
    // Whom the police should call.
    contactPerson: maybe(contactPerson),
    // Standing company language (address for legal process, retention, telephone), not the company's name.
    companyTemplate: maybe(freeText),
    termsOfService: maybe(freeText),
    legalURL: maybe(url),
  },
  ['reporter_email'],
)

export const report = sequence(
  {
    batchedReport: maybe(batchedReport),
    incidentSummary: one(incidentSummary),
    internetDetails: many(internetDetails),
    lawEnforcement: maybe(lawEnforcement),
    reporter: one(reporter),
    personOrUserReported: many(personOrUserReported),
    intendedRecipient: many(intendedRecipient),
    victim: many(victim),
    additionalInfo: maybe(freeText),
  },
  ['one_person_reported', 'batched_report', 'incident_email_of_a_person'],
)

export type Report = Shape<typeof report>
