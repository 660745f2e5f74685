/** Single values the schema lets through: addresses, numbers, countries (CyberTipline API, sections 5 and 6). */
import { isIP } from 'node:net'
import type { Element } from '../xml/element.ts'
import { childNamed, hasChild, isTrue, trimXml, walk } from '../xml/element.ts'
import type { Rule } from './complaint.ts'

const urls = new Set(['url', 'profileUrl', 'legalURL', 'locationOfFile'])
const emails = new Set(['email', 'emailAddress'])
const phones = new Set(['phone', 'phoneNumber'])
const countries = new Set(['country', 'countryCode'])
// In the schema's enumeration, but no ISO 3166-1 codes.
const notIso = new Set(['', 'A1', 'A2', 'O1', 'AP', 'EU', 'AN', 'FX', 'XK'])

export const values: Rule = function* (root, { knownReportIds }) {
  for (const { element } of walk(root)) {
    const { name, path, text } = element
    if (urls.has(name) && !isUrl(text)) yield `${path}: not a valid URL`
    if (name === 'ipAddress' && (isIP(text) === 0 || text.includes('%'))) yield `${path}: not an IP address`
    if (emails.has(name)) yield* emailFaults(element)
    if (phones.has(name)) yield* phoneFaults(element)
    if (name === 'port') yield* range(element, 1, 65_535)
    if (name === 'age' || name === 'approximateAge') yield* range(element, 0, 150)
    if (name === 'latitude') yield* range(element, -90, 90)
    if (name === 'longitude') yield* range(element, -180, 180)
    if (countries.has(name) && notIso.has(text)) yield `${path}: not an ISO 3166-1 country code`
    const flea = element.attributes.fleaCountry
    if (flea !== undefined && notIso.has(flea)) yield `${path}/@fleaCountry: not an ISO 3166-1 country code`
    if (name === 'priorCTReports' || name === 'priorCTReport') {
      const id = BigInt(trimXml(text))
      const known = knownReportIds === undefined ? id > 0n : knownReportIds.includes(String(id))
      if (!known) yield `${path}: not a valid report id`
    }
    if (name === 'associatedAccount' && hasChild(element, 'approximateAge') && hasChild(element, 'dateOfBirth')) {
      yield `${path}: approximateAge and dateOfBirth exclude each other`
    }
  }
}

const isUrl = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\/[^\s\p{Cc}]+$/iu.test(text) && URL.canParse(text)

const isEmail = (text: string): boolean => {
  const at = text.lastIndexOf('@')
  const local = text.slice(0, Math.max(at, 0))
  const dotted = /^[^\s@.,:;<>()[\]\\"\p{Cc}]+(\.[^\s@.,:;<>()[\]\\"\p{Cc}]+)*$/u
  const domain = /^(?!-)[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u
  return local.length > 0 && local.length <= 64 && dotted.test(local) && domain.test(text.slice(at + 1))
}

function* emailFaults(email: Element): Generator<string> {
  if (!isEmail(email.text)) yield `${email.path}: not a valid e-mail address`
  yield* verificationFaults(email)
}

function* phoneFaults(phone: Element): Generator<string> {
  const calling = phone.attributes.countryCallingCode
  if (calling !== undefined && phone.text.trim().startsWith(calling)) {
    yield `${phone.path}: must not begin with the calling code when countryCallingCode is given`
  }
  yield* verificationFaults(phone)
}

function* verificationFaults(element: Element): Generator<string> {
  if (element.attributes.verificationDate !== undefined && !isTrue(element.attributes.verified)) {
    yield `${element.path}: verified must be true when verificationDate is given`
  }
}

function* range(element: Element, least: number, most: number): Generator<string> {
  const number = Number(trimXml(element.text).replace('INF', 'Infinity'))
  // NaN is neither within nor beyond.
  if (!(number >= least && number <= most)) yield `${element.path}: must lie between ${least} and ${most}`
}

const states = new Set(
  'AK AL AR AZ CA CO CT DC DE FL GA GU HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR PA PR RI SC SD TN TX UT VA VI VT WA WI WV WY'.split(
    ' ',
  ),
)

/** Addresses and estimated locations: what belongs together. */
export const places: Rule = function* (root) {
  for (const { element } of walk(root)) {
    if (element.name === 'estimatedLocation') yield* locationFaults(element)
    const country = childNamed(element, 'country')?.text
    const state = childNamed(element, 'state')?.text
    if (state !== undefined && state !== '' && country !== undefined && country !== 'US') {
      yield `${element.path}/state: only for addresses in the US`
    }
  }
}

function* locationFaults(location: Element): Generator<string> {
  const country = childNamed(location, 'countryCode')
  if (!country) yield `${location.path}: countryCode is required`
  if (country?.text !== 'US') return
  const region = childNamed(location, 'region')
  if (region && !states.has(region.text)) yield `${location.path}/region: must be a US state code`
  if (!region && hasChild(location, 'city')) yield `${location.path}: region is required when a US city is given`
}
