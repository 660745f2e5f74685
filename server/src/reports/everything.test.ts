// Everything that a platform can say reaches the form, in the element that is meant for it.
import { caseContext, scanContext } from '@wardline/api'
import { toXml, validate } from '@wardline/cybertip'
import { type Cybertipline, StillClock, startCybertipline } from '@wardline/sandbox'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CaseFile, CaseRecord } from '#cases'
import { contexts, proper } from './testing/contexts.ts'
import { type Context, caseOf, drafted, everything, file, meant, now, told } from './testing/drafting.ts'

const notified = '2026-06-01T09:00:00.000Z'

const personMarks = {
  phone: [
    { '#': '151 2345', '@type': 'Mobile', '@countryCallingCode': '+49', '@verified': true, '@verificationDate': meant },
    { '#': '555 0100', '@type': 'Work', '@extension': '12' },
  ],
  email: [
    { '#': 'seven@example.org', '@type': 'Home', '@verified': true, '@verificationDate': meant },
    { '#': 'second@example.org', '@type': 'Recovery', '@verified': false },
  ],
  address: [
    {
      '@type': 'Home',
      address: '1 Example Street',
      city: 'Springfield',
      zipCode: '12345',
      state: 'CA',
      country: 'US',
    },
    { '@type': 'Billing', city: 'Graz', nonUsaState: 'Steiermark', country: 'AT' },
  ],
}
const login = { ipAddress: '192.0.2.7', eventName: 'Login', dateTime: meant, port: 40_000, possibleProxy: true }
const registration = { ipAddress: '2001:db8::8', eventName: 'Registration', dateTime: '2026-01-01T00:00:00.000Z' }
const upload = { ipAddress: '2001:db8::7', eventName: 'Upload', dateTime: meant, port: 50_000, possibleProxy: false }
const loginDevice = { idType: 'IMEI', idValue: '490154203237518', eventName: 'Login', dateTime: meant }
const uploadDevice = { idType: 'IMEI', idValue: '1', eventName: 'Upload', dateTime: meant }
const disabled = {
  '#': true,
  '@disabledDate': meant,
  '@userNotified': true,
  '@userNotifiedDate': notified,
  '@reenabledDate': '2026-09-01T00:00:00.000Z',
}

describe('a draft of an account of which everything is known', () => {
  it('is what the door takes: the schema of a scan’s context has a place for all of it', () => {
    expect(scanContext.parse(everything)).toEqual(everything)
  })

  it('tells the person, every address and device with its time, and what became of the account', () => {
    const [user] = drafted(caseOf(file(everything))).report.personOrUserReported ?? []
    expect(user).toMatchObject({
      personOrUserReportedPerson: {
        firstName: 'Sam',
        lastName: 'Seven',
        age: 40,
        dateOfBirth: '1986-02-01',
        ...personMarks,
      },
      espIdentifier: 'user-7',
      espService: 'Boards',
      compromisedAccount: false,
      screenName: 'seven',
      displayName: ['Seven', 'The Seventh'],
      profileUrl: ['https://forum.example.org/u/seven'],
      profileBio: 'I like bridges.',
      ipCaptureEvent: [upload, login, registration],
      deviceId: [uploadDevice, loginDevice],
      thirdPartyUserReported: false,
      groupIdentifier: 'group-9',
      accountTemporarilyDisabled: disabled,
      estimatedLocation: {
        '@verified': false,
        '@timestamp': meant,
        city: 'Springfield',
        region: 'CA',
        countryCode: 'US',
      },
      allEmailsReported: true,
      additionalInfo: 'The account belongs to an organisation with the id acme, named Acme.',
    })
    expect(user?.personOrUserReportedPerson?.email).toHaveLength(2)
  })

  it('tells an associated account in its own element, with its own names', () => {
    const [user] = drafted(caseOf(file(everything))).report.personOrUserReported ?? []
    expect(user?.associatedAccount).toMatchObject([
      {
        '@type': 'Parent/Guardian',
        platform: { '#': 'Elsewhere', '@thirdPartyUser': true },
        firstName: 'Sam',
        middleName: 'M',
        lastName: 'Seven',
        dateOfBirth: '1986-02-01',
        ...personMarks,
        allEmailsReported: true,
        espService: 'Boards',
        espIdentifier: 'user-1',
        ipCaptureEvent: [login, registration],
        deviceId: [loginDevice],
        accountTemporarilyDisabled: disabled,
        additionalInfo: 'Age, as the platform has it: 40',
      },
    ])
  })

  it('tells the file, with its metadata and what the platform alone can know of it', () => {
    const [first] = drafted(caseOf(file(everything))).files
    expect(first?.details).toMatchObject({
      originalFileName: 'sunset.jpg',
      uploadedToEspTimestamp: meant,
      locationOfFile: 'https://forum.example.org/posts/1',
      publiclyAvailable: true,
      fileAnnotations: { liveStreaming: true },
      ipCaptureEvent: upload,
      deviceId: [uploadDevice],
      details: [{ '@type': 'EXIF', nameValuePair: [{ name: 'Model', value: 'Camera 1' }] }],
    })
  })

  it('leaves nothing out, and is a valid document', () => {
    const { report, files } = drafted(caseOf(file(everything)))
    expect(JSON.stringify({ report, files })).not.toMatch(/not in a form that this element takes/)
    expect(validate('report', report, { now: new Date(now) })).toEqual({ ok: true })
    for (const { details } of files) {
      const whole = { ...details, reportId: '1', fileId: 'f' }
      expect(validate('fileDetails', whole, { now: new Date(now) })).toEqual({ ok: true })
    }
    expect(toXml('report', report)).toContain('<espIdentifier>user-7</espIdentifier>')
  })
})

const places: readonly [NonNullable<Context['place']>, object][] = [
  [
    { kind: 'web_page', urls: ['https://forum.example.org/other'], thirdPartyHosted: true },
    {
      webPageIncident: {
        '@thirdPartyHostedContent': true,
        url: ['https://forum.example.org/other', 'https://forum.example.org/posts/1'],
      },
    },
  ],
  [
    { kind: 'email', addresses: ['seven@example.org'], content: 'Subject: hello' },
    { emailIncident: { emailAddress: ['seven@example.org'], content: 'Subject: hello' } },
  ],
  [
    { kind: 'newsgroup', name: 'alt.bridges', addresses: ['SEVEN@example.org'], content: 'hello' },
    { newsgroupIncident: { name: 'alt.bridges', emailAddress: ['SEVEN@example.org'], content: 'hello' } },
  ],
  [
    { kind: 'chat', room: 'Lobby', content: 'hello' },
    { chatImIncident: { chatClient: 'Boards', chatRoomName: 'Lobby', content: 'hello' } },
  ],
  [
    { kind: 'game', name: 'Bridges', console: 'Box', content: 'hello' },
    { onlineGamingIncident: { gameName: 'Bridges', console: 'Box', content: 'hello' } },
  ],
  [
    { kind: 'phone', number: { number: '555 0100', type: 'mobile' }, latitude: 47.1, longitude: 15.4 },
    { cellPhoneIncident: { phoneNumber: { '#': '555 0100', '@type': 'Mobile' }, latitude: 47.1, longitude: 15.4 } },
  ],
  [
    { kind: 'peer_to_peer', client: 'Swarm', ipEvents: [{ ip: '192.0.2.9', at: told }], fileNames: 'a.jpg' },
    {
      peer2peerIncident: {
        client: 'Swarm',
        ipCaptureEvent: [{ ipAddress: '192.0.2.9', dateTime: meant }],
        fileNames: 'a.jpg',
      },
    },
  ],
  [
    { kind: 'not_internet', name: 'A library', addresses: [{ city: 'Graz', country: 'AT' }] },
    { nonInternetIncident: { locationName: 'A library', incidentAddress: [{ city: 'Graz', country: 'AT' }] } },
  ],
]

it.each(places)('a place of the kind %j is told as its own kind of incident', (place, expected) => {
  const { report } = drafted(caseOf(file({ ...everything, place: { ...place, note: 'Seen by chance.' } })))
  expect(report.internetDetails).toMatchObject([expected])
  expect(JSON.stringify(report.internetDetails)).toContain('Seen by chance.')
  expect(validate('report', report, { now: new Date(now) })).toEqual({ ok: true })
})

it('two kinds of place are two incidents, and one place of two files is one', () => {
  const [chat, game] = [places[3]?.[0], places[4]?.[0]]
  const of = (place: Context['place'], id: string) => file({ ...everything, place }, { id })
  const { report } = drafted(caseOf(of(chat, 'f1'), of(game, 'f2'), of(chat, 'f3'), file({ surface: 'other' })))
  expect(report.internetDetails?.map((one) => Object.keys(one)[0])).toEqual(['chatImIncident', 'onlineGamingIncident'])
})

describe('what the form does not take is told in words and holds nothing back', () => {
  const said = (context: Context) => JSON.stringify(drafted(caseOf(file(context))).report)

  it('an e-mail address of the incident that belongs to nobody in the report', () => {
    const place: Context['place'] = { kind: 'email', addresses: ['stranger@example.org'] }
    const { report } = drafted(caseOf(file({ ...everything, place })))
    expect(report.internetDetails).toMatchObject([{ emailIncident: { emailAddress: [] } }])
    expect(report.additionalInfo).toContain('stranger@example.org')
  })

  it('a state that is none, an unknown country, a region without a country', () => {
    const addresses = [
      { city: 'Springfield', region: 'Nowhere', country: 'US' },
      { city: 'Atlantis', country: 'QQ' },
      { region: 'Somewhere' },
    ]
    const text = said({ surface: 'upload', account: { id: '7', addresses } })
    for (const word of ['Nowhere', 'QQ', 'Somewhere', 'Atlantis']) expect(text).toContain(word)
  })

  it('a city without its region, and a US region that is no code', () => {
    for (const region of [undefined, 'California']) {
      const estimatedLocation = { city: 'Springfield', region, country: 'US' }
      const { report } = drafted(caseOf(file({ surface: 'upload', account: { id: '7', estimatedLocation } })))
      const [user] = report.personOrUserReported ?? []
      expect(user?.estimatedLocation).toEqual({ countryCode: 'US' })
      expect(user?.additionalInfo).toContain('The platform estimates the user in: Springfield')
    }
  })

  it('dates that cannot be true: of a birth, a verification, an event, the end of a suspension', () => {
    const odd = '1970-01-01T00:00:00Z'
    const account = {
      id: '7',
      dateOfBirth: '0001-01-01',
      emails: [{ address: 'a@example.org', verified: true, verifiedAt: odd }],
      phones: [{ number: '1', verifiedAt: odd }],
      ipEvents: [{ ip: '192.0.2.1', at: odd }],
      devices: [{ type: 'IMEI', id: '1', at: odd }],
      disabled: { permanently: false, reenabledAt: odd },
      associatedAccounts: [{ type: 'other' as const, dateOfBirth: '2030-01-01' }],
    }
    const [user] = drafted(caseOf(file({ surface: 'upload', account }))).report.personOrUserReported ?? []
    expect(user?.additionalInfo?.split('cannot be true')).toHaveLength(7)
    const elements = JSON.stringify(user, (key, value) => (key === 'additionalInfo' ? undefined : value))
    expect(elements).not.toMatch(/1970|0001|2030/)
    expect(user?.associatedAccount?.[0]?.additionalInfo).toContain('2030-01-01')
  })

  it('a user told before the account was disabled', () => {
    const account = { id: '7', disabled: { at: told, permanently: true }, userNotifiedAt: '2026-05-01T00:00:00Z' }
    const { report } = drafted(caseOf(file({ surface: 'upload', account })))
    const [user] = report.personOrUserReported ?? []
    expect(user?.accountPermanentlyDisabled).toMatchObject({ '#': true, '@userNotified': true })
    expect(report.additionalInfo).toContain('2026-05-01')
  })
})

it('two thousand comings, each with a hundred events and an odd address of its own, are drafted in a moment', () => {
  const ipEvents = (coming: string) => Array.from({ length: 100 }, (_, event) => ({ ip: `10.${coming}.${event}` }))
  const comings = (place: number) =>
    Array.from({ length: 20 }, (_, coming): CaseFile['occurrences'][number] => {
      const account = { id: '7', ipEvents: ipEvents(`${place}.${coming}`), profileUrls: [`no url ${place} ${coming}`] }
      const email = { kind: 'email' as const, addresses: [`${place}.${coming}@stranger.example`] }
      return { scanId: `${place} ${coming}`, receivedAt: now, context: { surface: 'other', account, place: email } }
    })
  const files = Array.from({ length: 100 }, (_, place) =>
    file({ surface: 'other' }, { id: `file_${place}`, occurrences: comings(place) }),
  )
  const { report } = drafted(caseOf(...files))
  const [user] = report.personOrUserReported ?? []
  expect(user?.ipCaptureEvent).toHaveLength(500)
  expect(user?.ipCaptureEvent?.at(-1)?.ipAddress).toBe('10.99.19.99')
  expect(user?.additionalInfo).toContain('199500 further events at IP addresses are kept with the case.')
  expect(report.additionalInfo).toContain('0.0@stranger.example')
  expect(validate('report', report, { now: new Date(now) })).toEqual({ ok: true })
})

describe('userNotified', () => {
  const of = (account: Partial<NonNullable<Context['account']>>) => {
    const disabled = { at: told, permanently: true }
    const context: Context = { surface: 'upload', account: { id: '7', disabled, ...account } }
    return drafted(caseOf(file(context))).report.personOrUserReported?.[0]?.accountPermanentlyDisabled
  }

  it('is true only where the platform had already told the user, and false only where it said so', () => {
    expect(of({})).not.toHaveProperty('@userNotified', expect.anything())
    expect(of({ userNotified: false })).toMatchObject({ '@userNotified': false })
    expect(of({ userNotified: true })).toMatchObject({ '@userNotified': true })
    expect(of({ userNotifiedAt: notified })).toMatchObject({ '@userNotified': true, '@userNotifiedDate': notified })
    expect(of({ userNotified: false, userNotifiedAt: notified })).not.toHaveProperty(
      '@userNotifiedDate',
      expect.anything(),
    )
  })

  it('said with another file than the disabling is not lost', () => {
    const first = file({ surface: 'upload', account: { id: '7', disabled: { at: told, permanently: true } } })
    const second = file({ surface: 'upload', account: { id: '7', userNotifiedAt: notified } }, { id: 'file_2' })
    const [user] = drafted(caseOf(first, second)).report.personOrUserReported ?? []
    expect(user?.accountPermanentlyDisabled).toMatchObject({ '@userNotified': true, '@userNotifiedDate': notified })
  })
})

it('of two words on the same thing the later counts, and of lists everything is told once', () => {
  const one = file({ surface: 'upload', account: { id: '7', email: 'a@example.org', emailVerified: false, age: 20 } })
  const later = { id: '7', emails: [{ address: 'A@example.org', verified: true }], age: 21, phones: [{ number: '1' }] }
  const again = file({ surface: 'upload', account: later }, { id: 'file_2' })
  const [user] = drafted(caseOf(one, again)).report.personOrUserReported ?? []
  expect(user?.personOrUserReportedPerson).toMatchObject({
    age: 21,
    email: [{ '#': 'A@example.org', '@verified': true }],
    phone: [{ '#': '1' }],
  })
})

it('a file that the platform changed has the original’s hashes, and its own only as those of the file sent', () => {
  const originalHashes = [{ type: 'SHA1', value: 'abc' }]
  const [first] = drafted(caseOf(file({ surface: 'upload', altered: true, originalHashes }))).files
  expect(first?.details.originalFileHash).toEqual([{ '#': 'abc', '@hashType': 'SHA1' }])
  const pairs = first?.details.details?.flatMap((one) => one.nameValuePair)
  expect(pairs).toContainEqual({ name: 'MD5 of the file sent', value: '1'.repeat(32) })
  expect(first?.details.additionalInfo?.join()).toContain('they are not the bytes that the user uploaded')
})

it('what a model made was uploaded by nobody: its address is that of the request', () => {
  const context: Context = { surface: 'ai_output', origin: { ip: '192.0.2.1', at: told } }
  const { report, files } = drafted(caseOf(file(context)))
  expect(files[0]?.details.ipCaptureEvent).toMatchObject({ ipAddress: '192.0.2.1', eventName: 'Other' })
  expect(report.personOrUserReported).toMatchObject([{ ipCaptureEvent: [{ eventName: 'Other' }] }])
})

describe('what the platform’s own system answered', () => {
  const asked = (lookUp: Partial<NonNullable<CaseRecord['lookUp']>>): CaseRecord['lookUp'] => ({
    state: 'answered',
    askedAt: now,
    waitUntil: now,
    endedAt: now,
    trouble: null,
    account: null,
    ...lookUp,
  })

  it('is told as the account’s facts, with the moment of the answer', () => {
    const lookUp = asked({ account: { id: '7', screenName: 'new name', ipEvents: [{ ip: '192.0.2.1', at: told }] } })
    const only = file({ surface: 'upload', account: { id: '7', screenName: 'old name' } })
    const [user] = drafted({ ...caseOf(only), lookUp }).report.personOrUserReported ?? []
    expect(user).toMatchObject({ espIdentifier: '7', screenName: 'new name', ipCaptureEvent: [{ dateTime: meant }] })
    expect(user?.additionalInfo).toContain(`answered at ${new Date(now).toISOString()}`)
  })

  it('takes back nothing that came with the file: when it was closed, where the user is', () => {
    const at = '2026-05-01T00:00:00.000Z'
    const reenabledAt = '2026-09-01T00:00:00.000Z'
    const only = file({
      surface: 'upload',
      account: {
        id: '7',
        disabled: { at, permanently: false, reenabledAt },
        estimatedLocation: { country: 'AT', region: 'Tirol', city: 'Imst', at },
      },
    })
    const of = (account: object) => {
      const lookUp = asked({ account: { id: '7', ...account } })
      return drafted({ ...caseOf(only), lookUp }).report.personOrUserReported?.[0]
    }
    expect(of({ disabled: { permanently: false }, estimatedLocation: { country: 'AT' } })).toMatchObject({
      accountTemporarilyDisabled: { '@disabledDate': at, '@reenabledDate': reenabledAt },
      estimatedLocation: { countryCode: 'AT', region: 'Tirol', city: 'Imst', '@timestamp': at },
    })
    const other = of({ disabled: { permanently: true }, estimatedLocation: { country: 'DE', verified: true } })
    expect(other?.accountPermanentlyDisabled).toEqual({ '#': true })
    expect(other?.accountTemporarilyDisabled).toBeUndefined()
    expect(other?.estimatedLocation).toEqual({ countryCode: 'DE', '@verified': true })
    const later = of({ disabled: { at: '2026-05-30T00:00:00.000Z', permanently: false } })
    expect(later?.accountTemporarilyDisabled).not.toHaveProperty('@reenabledDate', reenabledAt)
  })

  it.each(['waiting', 'given_up', 'unknown'] as const)('is said to be missing when it is %s', (state) => {
    const only = file({ surface: 'upload', account: { id: '7' } })
    const [user] =
      drafted({ ...caseOf(only), lookUp: asked({ state, endedAt: null }) }).report.personOrUserReported ?? []
    expect(user?.additionalInfo).toMatch(/gave no answer|knows no such account/)
  })
})

describe('at a CyberTipline as strict as its schema', () => {
  const submit = async (line: Cybertipline, context: Context) => {
    const { report } = drafted(caseOf(file(context)))
    const { user, password } = line.credentials
    const answer = await fetch(`${line.baseUrl}/submit`, {
      method: 'POST',
      headers: {
        'content-type': 'text/xml; charset=utf-8',
        authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
      },
      body: toXml('report', report),
    })
    return answer.text()
  }

  it('everything is taken, and so is whatever else the door took', async () => {
    const clock = new StillClock()
    clock.set(now)
    await using line = await startCybertipline({ clock })
    expect(await submit(line, everything)).toContain('<responseCode>0</responseCode>')
    for (const [place] of places)
      expect(await submit(line, { ...everything, place })).toContain('<responseCode>0</responseCode>')
    let taken = 0
    await fc.assert(
      fc.asyncProperty(contexts(proper), async (context) => {
        const parsed = caseContext.safeParse(JSON.parse(JSON.stringify(context)))
        if (!parsed.success) return
        taken += 1
        expect(await submit(line, parsed.data)).toContain('<responseCode>0</responseCode>')
      }),
      { numRuns: 150 },
    )
    expect(taken).toBeGreaterThan(75)
  }, 60_000)
})
