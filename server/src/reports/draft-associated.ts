// Accounts that belong to the one reported. Names and cardinalities differ from the account's own. CyberTipline API, section 5.7.
import type { AssociatedAccount } from '@wardline/api'
import type { Report } from '@wardline/cybertip'
import {
  addressOf,
  addressWords,
  birthOf,
  deviceOf,
  emailOf,
  ipEventOf,
  oddTimes,
  phoneOf,
  standingOf,
  standingWords,
} from './draft-marks.ts'
import { lines, url } from './telling.ts'

type User = NonNullable<Report['personOrUserReported']>[number]
type Associated = NonNullable<User['associatedAccount']>[number]

export function associatedOf(given: AssociatedAccount, nowMs: number): Associated {
  const { platform, thirdParty, age } = given
  const birth = birthOf(given, nowMs)
  return {
    '@type': types[given.type],
    // The mark belongs to the platform's name; without one it has no place but words.
    platform: platform === undefined ? undefined : { '#': platform, '@thirdPartyUser': thirdParty },
    firstName: given.firstName,
    middleName: given.middleName,
    lastName: given.lastName,
    // Not both, by the form's rule: of the two the birth says more.
    approximateAge: birth === undefined ? age : undefined,
    dateOfBirth: birth,
    phone: (given.phones ?? []).map((one) => phoneOf(one, nowMs)),
    email: (given.emails ?? []).map((one) => emailOf(one, nowMs)),
    allEmailsReported: given.allEmailsReported,
    address: (given.addresses ?? []).map(addressOf),
    espService: given.service,
    espIdentifier: given.id,
    profileUrl: (given.profileUrls ?? []).map(url),
    screenName: given.screenName,
    displayName: given.displayNames ?? [],
    profileBio: given.profileBio,
    groupIdentifier: given.groupId,
    compromisedAccount: given.compromised,
    ...standingOf(given, nowMs),
    ipCaptureEvent: (given.ipEvents ?? []).map((one) => ipEventOf(one, nowMs)),
    deviceId: (given.devices ?? []).map((one) => deviceOf(one, nowMs)),
    additionalInfo: lines(...words(given, nowMs), ...oddTimes(given, nowMs)),
  }
}

function words(given: AssociatedAccount, nowMs: number): readonly (string | undefined)[] {
  const { platform, thirdParty, age } = given
  return [
    ...(given.addresses ?? []).map(addressWords),
    platform === undefined && thirdParty === true ? 'This account is on another company’s service.' : undefined,
    birthOf(given, nowMs) !== undefined && age !== undefined ? `Age, as the platform has it: ${age}` : undefined,
    ...standingWords(given, 'the user', nowMs),
  ]
}

const types = {
  billing: 'Billing',
  linked: 'Linked',
  business: 'Business',
  creator: 'Creator',
  parent_guardian: 'Parent/Guardian',
  other: 'Other',
} as const satisfies Record<AssociatedAccount['type'], Associated['@type']>
