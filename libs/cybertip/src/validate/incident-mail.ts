// Each address of an e-mail or newsgroup incident must belong to somebody the report names. CyberTipline API, section 5.2.
import type { email } from '../schema/common.ts'
import type { Report, Shape } from '../schema/schema.ts'
import type { Breach } from './problem.ts'

/** Addresses that no reported person, intended recipient or victim has. Case is ignored; associated accounts do not count. */
export function strangersMail(report: Report): readonly Breach[] {
  const people = [
    ...(report.personOrUserReported ?? []).map((user) => user?.personOrUserReportedPerson),
    ...(report.intendedRecipient ?? []).map((user) => user?.intendedRecipientPerson),
    ...(report.victim ?? []).map((user) => user.victimPerson),
  ]
  const known = new Set(
    people.flatMap((person) => (person?.email ?? []).filter((one) => one !== undefined).map(addressOf)),
  )
  return (report.internetDetails ?? []).flatMap((details, index) =>
    incidents(details).flatMap(([name, addresses]) =>
      addresses.flatMap((one, position) =>
        one === undefined || known.has(addressOf(one))
          ? []
          : [
              {
                at: `internetDetails[${index}]/${name}/emailAddress[${position}]`,
                words: 'must also be the e-mail of a person in the report',
              },
            ],
      ),
    ),
  )
}

type Email = Shape<typeof email>
type Details = NonNullable<Report['internetDetails']>[number]

function incidents(details: Details): [string, readonly Email[]][] {
  if ('emailIncident' in details) return [['emailIncident', details.emailIncident.emailAddress ?? []]]
  if ('newsgroupIncident' in details) return [['newsgroupIncident', details.newsgroupIncident.emailAddress ?? []]]
  return []
}

function addressOf(email: Email): string {
  return (typeof email === 'string' ? email : email['#']).toLowerCase()
}
