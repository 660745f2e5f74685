// The account a report is about, from what the platform said with each file and when it was asked. CyberTipline API, section 5.5.
import type { Account } from '@wardline/api'
import type { Report } from '@wardline/cybertip'
import type { CaseRecord } from '#cases'
import { associatedOf } from './draft-associated.ts'
import {
  addressOf,
  addressWords,
  birthOf,
  deviceOf,
  emailOf,
  ipEventOf,
  locationOf,
  locationWords,
  oddTimes,
  phoneOf,
  standingOf,
  standingWords,
} from './draft-marks.ts'
import { merged } from './draft-merged.ts'
import { deviceOfFile, distinct, ipEventOfFile, iso, lines, type Occurrence, url } from './telling.ts'

type User = NonNullable<Report['personOrUserReported']>[number]

/** Undefined when neither an account nor a machine is known. */
export function draftUser(
  occurrences: readonly Occurrence[],
  lookUp: CaseRecord['lookUp'],
  nowMs: number,
): User | undefined {
  // What the platform said last is nearest to the truth.
  const accounts = [
    ...occurrences.flatMap((one) => one.context.account ?? []),
    ...(lookUp?.account ? [lookUp.account] : []),
  ]
  const uploads = occurrences.flatMap((one) => ipEventOfFile(one, nowMs) ?? [])
  const account = merged(accounts)
  if (account === undefined) return uploads.length === 0 ? undefined : { ipCaptureEvent: distinct(uploads) }
  const service = accounts.findLast((one) => one.service !== undefined)?.service
  return {
    personOrUserReportedPerson: personOf(account, nowMs),
    espIdentifier: account.id,
    espService: service ?? occurrences.findLast((one) => one.context.service !== undefined)?.context.service,
    compromisedAccount: account.compromised,
    screenName: account.screenName,
    displayName: account.displayNames ?? [],
    profileUrl: (account.profileUrls ?? []).map(url),
    profileBio: account.profileBio,
    ipCaptureEvent: distinct([...uploads, ...(account.ipEvents ?? []).map((one) => ipEventOf(one, nowMs))]),
    deviceId: distinct([
      ...occurrences.flatMap((one) => deviceOfFile(one, nowMs) ?? []),
      ...(account.devices ?? []).map((one) => deviceOf(one, nowMs)),
    ]),
    thirdPartyUserReported: account.thirdParty,
    groupIdentifier: account.groupId,
    ...standingOf(account, nowMs),
    estimatedLocation: locationOf(account.estimatedLocation, nowMs),
    allEmailsReported: account.allEmailsReported,
    associatedAccount: (account.associatedAccounts ?? []).map((one) => associatedOf(one, nowMs)),
    additionalInfo: lines(
      ...distinct(accounts.flatMap((one) => organisation(one) ?? [])),
      ...standingWords(account, 'the user', nowMs),
      ...(account.addresses ?? []).map(addressWords),
      locationWords(account.estimatedLocation),
      ...oddTimes(account, nowMs),
      ...account.further,
      asked(lookUp, nowMs),
    ),
  }
}

function personOf(account: Account, nowMs: number): User['personOrUserReportedPerson'] {
  const { firstName, lastName, phones = [], emails = [], addresses = [], age } = account
  const dateOfBirth = birthOf(account, nowMs)
  const one = firstName ?? lastName ?? age ?? dateOfBirth
  if (one === undefined && phones.length + emails.length + addresses.length === 0) return undefined
  return {
    firstName,
    lastName,
    phone: phones.map((phone) => phoneOf(phone, nowMs)),
    email: emails.map((email) => emailOf(email, nowMs)),
    address: addresses.map(addressOf),
    age,
    dateOfBirth,
  }
}

function organisation({ organisation }: Account): string | undefined {
  if (organisation === undefined) return undefined
  const name = organisation.name === undefined ? '' : `, named ${organisation.name}`
  return `The account belongs to an organisation with the id ${organisation.id}${name}.`
}

/** So that whoever reads it knows of which moment the account's facts are. */
function asked(lookUp: CaseRecord['lookUp'], nowMs: number): string | undefined {
  if (lookUp === null) return undefined
  switch (lookUp.state) {
    case 'answered':
      return `The platform's own system was asked about this account after the match and answered at ${iso(Math.min(lookUp.endedAt ?? nowMs, nowMs))}.`
    case 'unknown':
      return "The platform's own system was asked about this account after the match and knows no such account."
    case 'waiting':
    case 'given_up':
      return "The platform's own system was asked about this account after the match and gave no answer: what is told here is what came with the file."
  }
}
