// Whom else an incident touches: to whom a file was sent, and the child known to be its victim. CyberTipline API, section 5.6.
import type { Recipient, Victim } from '@wardline/api'
import type { Report } from '@wardline/cybertip'
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
import { lines, type Occurrence, url } from './telling.ts'

type RecipientElement = NonNullable<Report['intendedRecipient']>[number]
type VictimElement = NonNullable<Report['victim']>[number]
type PersonElement = VictimElement['victimPerson']

/** A picture can be sent to a whole room; nobody reads a report of more than so many people. */
const mostPeople = 50

export type DraftedPeople = {
  readonly intendedRecipient: readonly RecipientElement[]
  readonly victim: readonly VictimElement[]
  /** Of those beyond the most that are told. */
  readonly words: readonly string[]
}

/** Of several words about the same account the last. */
export function draftPeople(occurrences: readonly Occurrence[], nowMs: number): DraftedPeople {
  const recipients = latest(occurrences.flatMap(({ context }) => context.recipients ?? []))
  const victims = latest(occurrences.flatMap(({ context }) => context.victims ?? []))
  return {
    intendedRecipient: recipients.slice(0, mostPeople).map((one) => recipientOf(one, nowMs)),
    victim: victims.slice(0, mostPeople).map((one) => victimOf(one, nowMs)),
    words: [...beyond('recipients', recipients.length), ...beyond('victims', victims.length)],
  }
}

const beyond = (what: string, count: number) =>
  count <= mostPeople ? [] : [`${count - mostPeople} further ${what} are kept with the case.`]

function latest<T extends { readonly id?: string | undefined }>(people: readonly T[]): readonly T[] {
  return [...new Map(people.map((one) => [one.id ?? JSON.stringify(one), one])).values()]
}

function recipientOf(given: Recipient, nowMs: number): RecipientElement {
  return {
    intendedRecipientPerson: isPersonKnown(given, nowMs) ? personOf(given, nowMs) : undefined,
    ...accountOf(given, nowMs),
    groupIdentifier: given.groupId,
    ...placed(given, nowMs),
    additionalInfo: lines(...words(given, nowMs)),
  }
}

function victimOf(given: Victim, nowMs: number): VictimElement {
  return {
    victimPerson: personOf(given, nowMs),
    ...accountOf(given, nowMs),
    schoolName: given.schoolName,
    ...placed(given, nowMs),
    // The form has a group for suspects and recipients alone.
    additionalInfo: lines(given.groupId && `Group: ${given.groupId}`, ...words(given, nowMs)),
  }
}

function isPersonKnown(given: Recipient, nowMs: number): boolean {
  return Object.values(personOf(given, nowMs)).some((one) => (Array.isArray(one) ? one.length > 0 : one !== undefined))
}

const personOf = (given: Recipient, nowMs: number): PersonElement => ({
  firstName: given.firstName,
  lastName: given.lastName,
  phone: (given.phones ?? []).map((one) => phoneOf(one, nowMs)),
  email: (given.emails ?? []).map((one) => emailOf(one, nowMs)),
  address: (given.addresses ?? []).map(addressOf),
  age: given.age,
  dateOfBirth: birthOf(given, nowMs),
})

const accountOf = (given: Recipient, nowMs: number) => ({
  espIdentifier: given.id,
  espService: given.service,
  compromisedAccount: given.compromised,
  screenName: given.screenName,
  displayName: given.displayNames ?? [],
  profileUrl: (given.profileUrls ?? []).map(url),
  profileBio: given.profileBio,
  ipCaptureEvent: (given.ipEvents ?? []).map((one) => ipEventOf(one, nowMs)),
  deviceId: (given.devices ?? []).map((one) => deviceOf(one, nowMs)),
})

const placed = (given: Recipient, nowMs: number) => ({
  ...standingOf(given, nowMs),
  estimatedLocation: locationOf(given.estimatedLocation, nowMs),
  allEmailsReported: given.allEmailsReported,
})

function words(given: Recipient, nowMs: number): readonly (string | undefined)[] {
  return [
    ...(given.addresses ?? []).map(addressWords),
    locationWords(given.estimatedLocation),
    ...standingWords(given, 'this person', nowMs),
    ...oddTimes(given, nowMs),
  ]
}
