// Who a report is about: the person or user reported, the intended recipient, the victim. CyberTipline API, sections 5.5 and 5.6.
import {
  accountPermanentlyDisabled,
  accountTemporarilyDisabled,
  associatedAccount,
  deviceId,
  estimatedLocation,
  freeText,
  ipCaptureEvent,
  person,
  url,
} from './common.ts'
import { boolean, long, many, maybe, one, sequence, stricter, string } from './kinds.ts'

const account = {
  espIdentifier: maybe(string({ maxLength: 255 })),
  espService: maybe(string({ maxLength: 100 })),
  compromisedAccount: maybe(boolean),
  screenName: maybe(string({ maxLength: 256 })),
  displayName: many(string({ maxLength: 255 })),
  profileUrl: many(url),
  profileBio: maybe(freeText),
  ipCaptureEvent: many(ipCaptureEvent),
  deviceId: many(deviceId),
} as const

const groupIdentifier = maybe(string({ maxLength: 255 }))

const standing = {
  accountTemporarilyDisabled: maybe(accountTemporarilyDisabled),
  accountPermanentlyDisabled: maybe(accountPermanentlyDisabled),
  estimatedLocation: maybe(estimatedLocation),
  allEmailsReported: maybe(boolean),
} as const

export const personOrUserReported = sequence({
  personOrUserReportedPerson: maybe(person),
  vehicleDescription: maybe(string({ maxLength: 300 })),
  ...account,
  thirdPartyUserReported: maybe(boolean),
  priorCTReports: many(long),
  groupIdentifier,
  ...standing,
  associatedAccount: many(associatedAccount),
  additionalInfo: maybe(freeText),
})

export const intendedRecipient = sequence({
  intendedRecipientPerson: maybe(person),
  ...account,
  priorCTReports: many(long),
  groupIdentifier,
  ...standing,
  additionalInfo: stricter({ max: 'many' }, maybe(freeText)),
})

export const victim = sequence({
  victimPerson: one(person),
  ...account,
  schoolName: maybe(string({ maxLength: 255 })),
  priorCTReports: many(long),
  ...standing,
  associatedAccount: many(associatedAccount),
  additionalInfo: maybe(freeText),
})
