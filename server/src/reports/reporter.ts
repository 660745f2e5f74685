// Who reports, in the form's words. CyberTipline API, section 5.4.
import type { Report } from '@wardline/cybertip'
import type { ReportSettings } from './settings.ts'

export function reporterOf(settings: ReportSettings): Report['reporter'] {
  const { reporter, contact } = settings
  return {
    reportingPerson: person(reporter ?? {}),
    contactPerson: contact && person(contact),
    companyTemplate: settings.companyTemplate,
    termsOfService: settings.termsOfService,
    legalURL: settings.legalUrl,
  }
}

function person({ firstName, lastName, email, phone }: NonNullable<ReportSettings['contact']>) {
  return {
    firstName,
    lastName,
    phone: phone === undefined ? [] : [phone],
    email: email === undefined ? [] : [email],
  }
}
