// The types that several parts of a report share, in XSD order. CyberTipline API, sections 5.7 and 6.
import {
  allowed,
  anyDateTime,
  attributed,
  boolean,
  enumeration,
  int,
  long,
  many,
  maybe,
  needed,
  one,
  pastDate,
  pastDateTime,
  sequence,
  stricter,
  string,
  text,
} from './kinds.ts'
import { country, usState } from './places.ts'

export const url = string({ form: 'url', maxLength: 2083 })
export const freeText = string()
const eventName = enumeration('Login', 'Registration', 'Purchase', 'Upload', 'Other', 'Unknown')

export const ipCaptureEvent = sequence({
  ipAddress: one(string({ notBlank: true, form: 'ip' })),
  eventName: maybe(eventName),
  dateTime: maybe(pastDateTime),
  possibleProxy: maybe(boolean),
  port: maybe(int(1, 65535)),
})

export const deviceId = sequence({
  idType: one(string({ notBlank: true, maxLength: 255 })),
  idValue: one(string({ notBlank: true, maxLength: 2083 })),
  eventName: maybe(eventName),
  dateTime: maybe(pastDateTime),
})

export const address = attributed(
  { type: allowed(enumeration('Home', 'Business', 'Billing', 'Shipping', 'Technical')) },
  {
    address: maybe(string({ maxLength: 255 })),
    city: maybe(string({ maxLength: 100 })),
    zipCode: maybe(string({ maxLength: 20 })),
    state: maybe(usState),
    nonUsaState: maybe(string({ maxLength: 100 })),
    country: maybe(country),
  },
  ['state_only_in_us'],
)

export const phone = text(
  string({ maxLength: 50 }),
  {
    type: allowed(enumeration('Mobile', 'Home', 'Business', 'Work', 'Fax', 'Internet', 'Recovery')),
    verified: allowed(boolean),
    verificationDate: allowed(pastDateTime),
    countryCallingCode: allowed(string({ form: 'calling_code' })),
    extension: allowed(string({ form: 'digits', maxLength: 10 })),
  },
  ['verified_with_date', 'number_without_calling_code'],
)

export const email = text(
  string({ form: 'email', maxLength: 255 }),
  {
    type: allowed(enumeration('Home', 'Work', 'Business', 'Recovery')),
    verified: allowed(boolean),
    verificationDate: allowed(pastDateTime),
  },
  ['verified_with_date'],
)

export const estimatedLocation = attributed(
  { verified: allowed(boolean), timestamp: allowed(pastDateTime) },
  {
    city: maybe(string({ maxLength: 255 })),
    region: maybe(string({ notBlank: true, maxLength: 255 })),
    countryCode: stricter({ min: 0 }, one(country)),
  },
  ['region_with_city'],
)

const contact = {
  firstName: maybe(string({ maxLength: 100 })),
  lastName: maybe(string({ maxLength: 100 })),
  phone: many(phone),
  email: many(email),
  address: many(address),
} as const

export const contactPerson = sequence(contact)

export const person = sequence({
  ...contact,
  age: maybe(int(0, 150)),
  dateOfBirth: maybe(pastDate),
})

const disabled = {
  disabledDate: allowed(pastDateTime),
  userNotified: allowed(boolean),
  userNotifiedDate: allowed(pastDateTime),
} as const

export const accountTemporarilyDisabled = text(boolean, { ...disabled, reenabledDate: allowed(anyDateTime) }, [
  'disabled_dates',
])

export const accountPermanentlyDisabled = text(boolean, disabled, ['disabled_dates'])

/** Its order is its own, not that of the person reported; the plural of priorCTReport does not exist here. */
export const associatedAccount = attributed(
  // The documentation calls it accountType; the XSD, which decides, type.
  { type: needed(enumeration('Billing', 'Linked', 'Business', 'Creator', 'Parent/Guardian', 'Other')) },
  {
    platform: maybe(text(string({ maxLength: 256 }), { thirdPartyUser: allowed(boolean) })),
    firstName: maybe(string({ maxLength: 256 })),
    middleName: maybe(string({ maxLength: 256 })),
    lastName: maybe(string({ maxLength: 256 })),
    approximateAge: maybe(int(0, 150)),
    dateOfBirth: maybe(pastDate),
    phone: many(phone),
    email: many(email),
    allEmailsReported: maybe(boolean),
    address: many(address),
    espService: maybe(string({ maxLength: 256 })),
    espIdentifier: maybe(string({ maxLength: 256 })),
    profileUrl: many(url),
    screenName: maybe(string({ maxLength: 256 })),
    displayName: many(string({ maxLength: 255 })),
    profileBio: maybe(freeText),
    groupIdentifier: maybe(string({ maxLength: 256 })),
    compromisedAccount: maybe(boolean),
    accountTemporarilyDisabled: maybe(accountTemporarilyDisabled),
    accountPermanentlyDisabled: maybe(accountPermanentlyDisabled),
    ipCaptureEvent: many(ipCaptureEvent),
    deviceId: many(deviceId),
    priorCTReport: many(long),
    additionalInfo: maybe(freeText),
  },
  ['age_or_birth'],
)
