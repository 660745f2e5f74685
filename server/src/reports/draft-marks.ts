// What tells of a person and reaches them, in the form's own elements. CyberTipline API, section 6.
import type { Account, Address, Device, Email, IpEvent, Phone } from '@wardline/api'
import type { Report } from '@wardline/cybertip'
import { implausible, plausible, plausibleAhead } from './telling.ts'

type User = NonNullable<Report['personOrUserReported']>[number]
type Person = NonNullable<User['personOrUserReportedPerson']>
type Of<List> = NonNullable<List> extends readonly (infer One)[] ? Exclude<One, string> : never

type AddressElement = Of<Person['address']>

export function emailOf({ address, type, verified, verifiedAt }: Email, nowMs: number): Of<Person['email']> {
  return { '#': address, '@type': type && names[type], ...proof({ verified, verifiedAt }, nowMs) }
}

/** The form wants the number without the calling code that is given beside it. */
export function phoneOf({ number, type, callingCode, extension, ...rest }: Phone, nowMs: number): Of<Person['phone']> {
  const bare = number.trimStart()
  return {
    '#': callingCode !== undefined && bare.startsWith(callingCode) ? bare.slice(callingCode.length).trim() : number,
    '@type': type && names[type],
    '@countryCallingCode': callingCode,
    '@extension': extension,
    ...proof(rest, nowMs),
  }
}

/** A day of verification means that it was verified, and nothing where the platform says that it was not. */
function proof({ verified, verifiedAt }: Pick<Email, 'verified' | 'verifiedAt'>, nowMs: number) {
  const at = verified === false ? undefined : plausible(verifiedAt, nowMs)
  return { '@verified': at === undefined ? verified : true, '@verificationDate': at }
}

/** `state` is for the US alone. What is no code of a state there, or stands without a country, is told in words: `addressWords`. */
export function addressOf({ type, street, city, postalCode, region, country }: Address): AddressElement {
  return {
    '@type': type && names[type],
    address: street,
    city,
    zipCode: postalCode,
    // Which codes there are, the form knows: `fit` leaves out what is none.
    state: country === 'US' ? (region as AddressElement['state']) : undefined,
    nonUsaState: country !== undefined && country !== 'US' ? region : undefined,
    country: country as AddressElement['country'],
  }
}

export function addressWords({ region, country }: Address): string | undefined {
  return region === undefined || country !== undefined
    ? undefined
    : `The region of an address, whose country is not known: ${region}`
}

export function ipEventOf({ ip, kind, at, port, possibleProxy }: IpEvent, nowMs: number) {
  return {
    ipAddress: ip,
    eventName: kind && happenings[kind],
    dateTime: plausible(at, nowMs),
    possibleProxy,
    port,
  } as const
}

export function deviceOf({ type, id, kind, at }: Device, nowMs: number) {
  return { idType: type, idValue: id, eventName: kind && happenings[kind], dateTime: plausible(at, nowMs) } as const
}

/** The form takes a city only with its region, and in the US no region but a state's code; the rest is told: `locationWords`. */
export function locationOf(given: Account['estimatedLocation'], nowMs: number): User['estimatedLocation'] {
  if (given === undefined) return undefined
  const { city, country, verified, at } = given
  const region = fitsRegion(given) ? given.region : undefined
  return {
    '@verified': verified,
    '@timestamp': plausible(at, nowMs),
    city: region === undefined ? undefined : city,
    region,
    // As above.
    countryCode: country as NonNullable<User['estimatedLocation']>['countryCode'],
  }
}

export function locationWords(given: Account['estimatedLocation']): string | undefined {
  if (given === undefined || (given.city === undefined && given.region === undefined)) return undefined
  if (given.region !== undefined && fitsRegion(given)) return undefined
  return `The platform estimates the user in: ${[given.city, given.region, given.country].filter(Boolean).join(', ')}`
}

const fitsRegion = ({ region, country }: NonNullable<Account['estimatedLocation']>) =>
  country !== 'US' || /^[A-Z]{2}$/.test(region ?? '')

type Standing = Pick<Account, 'disabled' | 'userNotified' | 'userNotifiedAt'>

/** Our own notice follows the receipt, so only the platform's word can make `userNotified` true. Duties, section 13. */
export function standingOf(
  { disabled, userNotified, userNotifiedAt }: Standing,
  nowMs: number,
): Pick<User, 'accountTemporarilyDisabled' | 'accountPermanentlyDisabled'> {
  if (disabled === undefined) return {}
  const told = wasTold({ userNotified, userNotifiedAt })
  const words = {
    '#': true,
    '@disabledDate': plausible(disabled.at, nowMs),
    '@userNotified': told ?? userNotified,
    '@userNotifiedDate': told ? plausible(userNotifiedAt, nowMs) : undefined,
  }
  if (disabled.permanently) return { accountPermanentlyDisabled: words }
  // The one time that may lie ahead.
  return { accountTemporarilyDisabled: { ...words, '@reenabledDate': plausibleAhead(disabled.reenabledAt) } }
}

/** Undefined: the platform did not say that it had. A `false` beside a time is taken at its word. */
function wasTold({ userNotified, userNotifiedAt }: Standing): true | undefined {
  return userNotified === true || (userNotified === undefined && userNotifiedAt !== undefined) ? true : undefined
}

/** What the form has no place for: a telling without a disabled account, and a day on which a permanent end is said to end. */
export function standingWords(given: Standing, who: string, nowMs: number): readonly (string | undefined)[] {
  const at = plausible(given.userNotifiedAt, nowMs)
  const { disabled } = given
  return [
    disabled === undefined && wasTold(given)
      ? `The platform told ${who} of its action${at === undefined ? '' : ` at ${at}`}.`
      : undefined,
    disabled?.permanently && disabled.reenabledAt !== undefined
      ? `The account, disabled permanently, is given as open again at ${disabled.reenabledAt}.`
      : undefined,
  ]
}

type Timed = Pick<
  Account,
  'emails' | 'phones' | 'ipEvents' | 'devices' | 'disabled' | 'userNotifiedAt' | 'estimatedLocation' | 'dateOfBirth'
>

const oldestMs = 150 * 366 * 86_400_000

/** A date that a user gave is often none at all. */
export function birthOf({ dateOfBirth }: Pick<Account, 'dateOfBirth'>, nowMs: number): string | undefined {
  const at = dateOfBirth === undefined ? Number.NaN : Date.parse(dateOfBirth)
  return at >= nowMs - oldestMs && at <= nowMs ? dateOfBirth : undefined
}

/** Times of an account that cannot be true, in words. */
export function oddTimes(account: Timed, nowMs: number): readonly (string | undefined)[] {
  const odd = (what: string, at: string | undefined) => implausible(what, at, nowMs)
  return [
    odd('The time at which the user was told', account.userNotifiedAt),
    odd('The time at which the account was disabled', account.disabled?.at),
    account.disabled?.reenabledAt === undefined || plausibleAhead(account.disabled.reenabledAt) !== undefined
      ? undefined
      : `The time at which the account is open again, as given, cannot be true and so is not used: ${account.disabled.reenabledAt}`,
    birthOf(account, nowMs) === undefined && account.dateOfBirth !== undefined
      ? `The date of birth, as given, cannot be true and so is not used: ${account.dateOfBirth}`
      : undefined,
    ...(account.emails ?? []).map((one) => odd('The time at which an e-mail address was verified', one.verifiedAt)),
    ...(account.phones ?? []).map((one) => odd('The time at which a telephone number was verified', one.verifiedAt)),
    ...(account.ipEvents ?? []).map((one) => odd(`The time of an event at the IP address ${one.ip}`, one.at)),
    ...(account.devices ?? []).map((one) => odd('The time at which a device was seen', one.at)),
    odd('The time of the estimated location', account.estimatedLocation?.at),
  ]
}

const names = {
  mobile: 'Mobile',
  home: 'Home',
  work: 'Work',
  business: 'Business',
  fax: 'Fax',
  internet: 'Internet',
  recovery: 'Recovery',
  billing: 'Billing',
  shipping: 'Shipping',
  technical: 'Technical',
} as const

const happenings = {
  login: 'Login',
  registration: 'Registration',
  purchase: 'Purchase',
  upload: 'Upload',
  other: 'Other',
  unknown: 'Unknown',
} as const
