/** How long a text may be, by the element it stands in and that element's parent (CyberTipline API, sections 5 to 7). */
import { walk } from '../xml/element.ts'
import type { Rule } from './complaint.ts'

const person = { firstName: 100, lastName: 100 }
const user = {
  vehicleDescription: 300,
  espIdentifier: 255,
  espService: 100,
  screenName: 256,
  displayName: 255,
  profileUrl: 2083,
  schoolName: 255,
  groupIdentifier: 255,
}
const address = { address: 255, city: 100, zipCode: 20, nonUsaState: 100 }

/** parent -> child -> most characters. */
const limits: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  incidentSummary: { platform: 256, escalateToHighPriority: 3000, incidentDateTimeDescription: 3000 },
  webPageIncident: { url: 2083 },
  newsgroupIncident: { name: 255 },
  chatImIncident: { chatClient: 255, chatRoomName: 255 },
  onlineGamingIncident: { gameName: 255, console: 255 },
  nonInternetIncident: { locationName: 255 },
  peer2peerIncident: { client: 255 },
  lawEnforcement: { agencyName: 255, caseNumber: 100 },
  reporter: { legalURL: 2083 },
  reportingPerson: person,
  contactPerson: person,
  officerContact: person,
  personOrUserReportedPerson: person,
  intendedRecipientPerson: person,
  victimPerson: person,
  personOrUserReported: user,
  intendedRecipient: user,
  victim: user,
  associatedAccount: {
    platform: 256,
    firstName: 256,
    middleName: 256,
    lastName: 256,
    espService: 256,
    espIdentifier: 256,
    profileUrl: 2083,
    screenName: 256,
    displayName: 255,
    groupIdentifier: 256,
  },
  deviceId: { idType: 255, idValue: 2083 },
  address,
  incidentAddress: address,
  estimatedLocation: { city: 255, region: 255 },
  fileDetails: { originalFileName: 2056, locationOfFile: 2083 },
  nameValuePair: { name: 64 },
}

const anywhere: Readonly<Record<string, number>> = { phone: 50, phoneNumber: 50, email: 255, emailAddress: 255 }
const attributes: Readonly<Record<string, number>> = { extension: 10, hashType: 64 }

// Whether the service counts code points or UTF-16 units is not known; UTF-16 units are never fewer, so they are the strict count.
export const lengths: Rule = function* (root) {
  for (const { element, parent } of walk(root)) {
    const limit = limits[parent?.name ?? '']?.[element.name] ?? anywhere[element.name]
    if (limit !== undefined && element.text.length > limit) yield `${element.path}: longer than ${limit} characters`
    for (const [name, value] of Object.entries(element.attributes)) {
      const most = attributes[name]
      if (most !== undefined && value.length > most) yield `${element.path}/@${name}: longer than ${most} characters`
    }
  }
}

const neverBlank: Readonly<Record<string, readonly string[]>> = {
  incidentSummary: ['escalateToHighPriority'],
  ipCaptureEvent: ['ipAddress'],
  deviceId: ['idType', 'idValue'],
  fileDetails: ['fileId'],
  estimatedLocation: ['countryCode'],
}

export const blanks: Rule = function* (root) {
  for (const { element, parent } of walk(root)) {
    if (neverBlank[parent?.name ?? '']?.includes(element.name) && element.text.trim() === '') {
      yield `${element.path}: must not be blank`
    }
  }
}
