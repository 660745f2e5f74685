// For tests: random contexts, of which the schema takes every one unless `odd` text is put in its places.
import fc from 'fast-check'
import type { Context } from './drafting.ts'

const some = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined, freq: 2 })
const several = <T>(of: fc.Arbitrary<T>) => some(fc.array(of, { maxLength: 3 }))

/** Text of strangers: control characters, lone surrogates and angle brackets among it. */
const oddText = fc.string({ minLength: 1, maxLength: 300, unit: 'binary' })

export interface Words {
  readonly text: (most: number) => fc.Arbitrary<string>
  readonly email: fc.Arbitrary<string>
  readonly url: fc.Arbitrary<string>
  readonly ip: fc.Arbitrary<string>
  readonly at: fc.Arbitrary<string>
  readonly country: fc.Arbitrary<string>
}

const moments = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((at) => at.toISOString())

/** What the schema takes; much of it no form takes. */
export const proper: Words = {
  text: (most) => fc.string({ minLength: 1, maxLength: Math.min(most, 40), unit: 'binary' }),
  email: fc.oneof(fc.emailAddress(), fc.constantFrom('a.@x.jp', 'jürgen@münchen.de', 'a@b')),
  url: fc.webUrl(),
  ip: fc.oneof(fc.ipV4(), fc.ipV6()),
  at: fc.oneof(moments, fc.constantFrom('2026-05-01T10:00:00+02:00', '2026-05-01T10:00:00.123-11:00')),
  country: fc.constantFrom('US', 'DE', 'AT', 'QQ'),
}

/** What no schema takes either, as a context of a future or a mistaken version might hold it. */
export const odd: Words = {
  text: () => oddText,
  email: fc.oneof(oddText, fc.emailAddress()),
  url: fc.oneof(oddText, fc.webUrl()),
  ip: fc.oneof(oddText, fc.ipV4(), fc.ipV6()),
  at: fc.oneof(
    moments,
    fc.constantFrom('0000-01-01T00:00:00Z', '9999-12-31T23:59:59-23:59', '2026-01-01T00:00:00+99:99', 'no'),
  ),
  country: fc.oneof(oddText, fc.constantFrom('US', 'DE')),
}

const kind = fc.constantFrom('login' as const, 'registration' as const, 'other' as const, 'unknown' as const)

export function contexts({ text, email, url, ip, at, country }: Words): fc.Arbitrary<Context> {
  const proof = { verified: some(fc.boolean()), verifiedAt: some(at) }
  const phone = fc.record({
    number: fc.oneof(text(50), fc.constantFrom('+49 151 2', '555 0100')),
    type: some(fc.constantFrom('mobile' as const, 'fax' as const)),
    callingCode: some(fc.constantFrom('+1', '+49')),
    extension: some(fc.constantFrom('1', '0123456789')),
    ...proof,
  })
  const address = fc.record({
    type: some(fc.constantFrom('home' as const, 'technical' as const)),
    street: some(text(255)),
    city: some(text(100)),
    postalCode: some(text(20)),
    region: some(fc.oneof(text(100), fc.constantFrom('CA', 'Bayern'))),
    country: some(country),
  })
  const port = some(fc.integer({ min: 1, max: 65_535 }))
  const ipEvent = fc.record({ ip, kind: some(kind), at: some(at), port, possibleProxy: some(fc.boolean()) })
  const device = fc.record({ type: text(255), id: text(2083), kind: some(kind), at: some(at) })
  const marks = {
    firstName: some(text(100)),
    lastName: some(text(100)),
    age: some(fc.integer({ min: 0, max: 150 })),
    dateOfBirth: some(fc.constantFrom('1990-02-28', '0001-01-01', '2031-01-01')),
    emails: several(
      fc.record({ address: email, type: some(fc.constantFrom('home' as const, 'recovery' as const)), ...proof }),
    ),
    allEmailsReported: some(fc.boolean()),
    phones: several(phone),
    addresses: several(address),
    service: some(text(100)),
    screenName: some(text(256)),
    displayNames: several(text(255)),
    profileUrls: several(url),
    profileBio: some(text(5000)),
    ipEvents: several(ipEvent),
    devices: several(device),
    groupId: some(text(255)),
    compromised: some(fc.boolean()),
    disabled: some(fc.record({ at: some(at), permanently: fc.boolean(), reenabledAt: some(at) })),
    userNotified: some(fc.boolean()),
    userNotifiedAt: some(at),
  }
  const associated = fc.record({
    type: fc.constantFrom('billing' as const, 'parent_guardian' as const, 'other' as const),
    id: some(text(256)),
    platform: some(text(256)),
    thirdParty: some(fc.boolean()),
    middleName: some(text(100)),
    ...marks,
  })
  const account = fc.record({
    id: text(255),
    email: some(email),
    emailVerified: some(fc.boolean()),
    displayName: some(text(255)),
    profileUrl: some(url),
    ...marks,
    thirdParty: some(fc.boolean()),
    estimatedLocation: some(
      fc.record({
        city: some(text(255)),
        region: some(text(255)),
        country,
        verified: some(fc.boolean()),
        at: some(at),
      }),
    ),
    associatedAccounts: several(associated),
  })
  const [content, note, name, addresses] = [some(text(10_000)), some(text(2000)), some(text(255)), several(email)]
  const place = fc.oneof(
    fc.record({
      kind: fc.constant('web_page' as const),
      urls: several(url),
      thirdPartyHosted: some(fc.boolean()),
      note,
    }),
    fc.record({ kind: fc.constant('email' as const), addresses, content, note }),
    fc.record({ kind: fc.constant('newsgroup' as const), name, addresses, content, note }),
    fc.record({ kind: fc.constant('chat' as const), client: name, room: name, content, note }),
    fc.record({ kind: fc.constant('game' as const), name, console: name, content, note }),
    fc.record({ kind: fc.constant('phone' as const), number: some(phone), latitude: some(fc.constant(47.5)), note }),
    fc.record({
      kind: fc.constant('peer_to_peer' as const),
      client: name,
      ipEvents: several(ipEvent),
      fileNames: name,
    }),
    fc.record({ kind: fc.constant('not_internet' as const), name, addresses: several(address), note }),
  )
  const person = { id: some(text(255)), ...marks }
  const police = fc.record({
    agency: text(255),
    caseNumber: some(text(100)),
    officer: some(fc.record({ firstName: some(text(100)), phones: several(phone), emails: several(email) })),
    reported: some(fc.boolean()),
    legalProcess: some(
      fc.record({ domestic: some(fc.boolean()), international: some(fc.boolean()), country: some(country) }),
    ),
  })
  return fc.record({
    recipients: several(fc.record(person)),
    victims: several(fc.record({ ...person, schoolName: some(text(255)) })),
    police: some(police),
    surface: fc.constantFrom('upload' as const, 'private_message' as const, 'ai_output' as const, 'other' as const),
    service: some(text(100)),
    url: some(url),
    conversationId: some(text(255)),
    fileName: some(text(2056)),
    uploadedAt: some(at),
    publiclyAvailable: some(fc.boolean()),
    account: some(account),
    origin: some(
      fc.record({
        ip,
        port,
        at: some(at),
        possibleProxy: some(fc.boolean()),
        device: some(fc.record({ type: text(255), id: text(2083) })),
      }),
    ),
    place: some(place),
    altered: some(fc.boolean()),
    originalHashes: several(fc.record({ type: text(64), value: text(1024) })),
    exif: several(fc.record({ name: text(64), value: text(1000) })),
    annotations: several(fc.constantFrom('live_streaming' as const, 'generative_ai' as const)),
  })
}
