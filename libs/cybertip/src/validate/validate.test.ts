import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FileDetails, type Report, schema } from '../schema/schema.ts'
import { fullReport, minimalFile, minimalReport, now } from '../testing/reports.ts'
import { validate } from './validate.ts'

/** `path: rule` of every problem. */
function problems(root: keyof typeof schema, value: unknown, batched = false): string[] {
  const verdict = validate(root, value, { now, batched })
  return verdict.ok ? [] : verdict.problems.map(({ path, rule }) => `${path}: ${rule}`)
}

const inReport = (more: Partial<Report>) => problems('report', { ...minimalReport, ...more })
const inUser = (user: object) => problems('report', { ...minimalReport, personOrUserReported: [user] })
const inFile = (more: object) => problems('fileDetails', { ...minimalFile, ...more })
const user = 'report/personOrUserReported[0]'

describe('what the schema asks', () => {
  it('the smallest legal report, a full one and the smallest file details are in order', () => {
    expect(inReport({})).toEqual([])
    expect(problems('report', fullReport)).toEqual([])
    expect(inFile({})).toEqual([])
  })

  it('a name the schema does not have there is refused', () => {
    expect(inUser({ nickName: 'x' })).toEqual([`${user}/nickName: unknown_name`])
  })

  it.each([
    ['the attribute accountType', { '@accountType': 'Linked' }, '@accountType'],
    ['the attribute thirdPartyUser', { '@thirdPartyUser': true }, '@thirdPartyUser'],
    ['the plural priorCTReports', { priorCTReports: ['1'] }, 'priorCTReports'],
    ['an estimatedLocation', { estimatedLocation: { countryCode: 'US' } }, 'estimatedLocation'],
  ])('an associated account has no room for %s', (_, wrong, name) => {
    const account = { '@type': 'Linked', ...wrong }
    expect(inUser({ associatedAccount: [account] })).toEqual([`${user}/associatedAccount[0]/${name}: unknown_name`])
  })

  it('an associated account must say how it is associated', () => {
    expect(inUser({ associatedAccount: [{ espIdentifier: 'a' }] })).toEqual([
      `${user}/associatedAccount[0]/@type: required`,
    ])
  })

  it('several upload events in one file are refused: there is room for one', () => {
    const event = { ipAddress: '192.0.2.1' }
    expect(inFile({ ipCaptureEvent: [event, event] })).toEqual(['fileDetails/ipCaptureEvent: cardinality'])
    expect(inFile({ ipCaptureEvent: [event] })).toEqual(['fileDetails/ipCaptureEvent: cardinality'])
    expect(inFile({ ipCaptureEvent: event })).toEqual([])
  })

  it('what may repeat is written as a list', () => {
    expect(inUser({ displayName: 'Ann' })).toEqual([`${user}/displayName: cardinality`])
  })

  it('a missing required element is named', () => {
    expect(problems('report', {})).toEqual(['report/incidentSummary: required', 'report/reporter: required'])
    expect(inReport({ victim: [{} as never] })).toEqual(['report/victim[0]/victimPerson: required'])
  })

  it('an enumeration takes neither another case nor a blank', () => {
    for (const eventName of [' Login', 'login', 'Download']) {
      expect(inUser({ ipCaptureEvent: [{ ipAddress: '::1', eventName }] })).toEqual([
        `${user}/ipCaptureEvent[0]/eventName: enumeration`,
      ])
    }
  })

  it('a flag is true or left out', () => {
    expect(inFile({ fileAnnotations: { viral: true } })).toEqual([])
    expect(inFile({ fileAnnotations: { viral: false } })).toEqual(['fileDetails/fileAnnotations/viral: flag'])
  })

  it('generativeAi is said of a file, not of a report', () => {
    expect(inFile({ fileAnnotations: { generativeAi: true } })).toEqual([])
    const summary = { ...minimalReport.incidentSummary, reportAnnotations: { generativeAi: true } as never }
    expect(inReport({ incidentSummary: summary })).toEqual([
      'report/incidentSummary/reportAnnotations/generativeAi: unknown_name',
    ])
  })

  it('the details of an incident are of exactly one kind', () => {
    expect(inReport({ internetDetails: [{} as never] })).toEqual(['report/internetDetails[0]: choice'])
    expect(inReport({ internetDetails: [{ webPageIncident: {} }] })).toEqual([])
    const both = { webPageIncident: {}, chatImIncident: {} }
    expect(inReport({ internetDetails: [both] })).toEqual(['report/internetDetails[0]: choice'])
  })

  it('legacy elements are known and refused', () => {
    expect(inFile({ fileName: 'a' })).toEqual(['fileDetails/fileName: legacy'])
    expect(inFile({ potentialMeme: false })).toEqual(['fileDetails/potentialMeme: legacy'])
  })

  it('a date object is no text, and is not quietly left out', () => {
    expect(inFile({ uploadedToEspTimestamp: now })).toEqual(['fileDetails/uploadedToEspTimestamp: type'])
    expect(inFile({ ipCaptureEvent: new Map() })).toEqual(['fileDetails/ipCaptureEvent: type'])
  })

  it('a file id of digits only is a string all the same', () => {
    expect(inFile({ fileId: '12345678901234567890123456789012' })).toEqual([])
    expect(inFile({ fileId: 12345 })).toEqual(['fileDetails/fileId: type'])
  })

  it.each([['0'], ['-1'], ['1.5'], ['9223372036854775808'], ['12a'], [1234567]])('%s is no report id', (id) => {
    expect(inFile({ reportId: id })).toHaveLength(1)
  })
})

describe('times', () => {
  it.each([
    ['2026-11-21T08:15:00', 'zone'],
    ['2026-11-21 08:15:00Z', 'date_time'],
    ['2026-11-21t08:15:00z', 'date_time'],
    ['2026-11-21T08:15Z', 'date_time'],
    ['2026-11-21T08:15:60Z', 'date_time'],
    ['2026-11-21T08:15:00,5Z', 'date_time'],
    ['2026-11-21T08:15:00+0100', 'date_time'],
    ['2026-11-21T08:15:00+14:01', 'date_time'],
    ['2026-02-30T08:15:00Z', 'date_time'],
    ['2026-11-22T12:00:06Z', 'past'],
    ['2026-11-22T12:30:00-01:00', 'past'],
  ])('%s breaks the rule %s', (time, rule) => {
    expect(inFile({ uploadedToEspTimestamp: time })).toEqual([`fileDetails/uploadedToEspTimestamp: ${rule}`])
  })

  it.each([
    '2026-11-21T08:15:00Z',
    '2026-11-21T08:15:00.123456+05:30',
    '2026-11-22T12:00:05Z',
    '2024-02-29T00:00:00-14:00',
  ])('%s is a time', (time) => {
    expect(inFile({ uploadedToEspTimestamp: time })).toEqual([])
  })

  it('a birthday has no time, no zone, and has been', () => {
    const born = (dateOfBirth: string) => inUser({ personOrUserReportedPerson: { dateOfBirth } })
    expect(born('2001-02-03')).toEqual([])
    for (const wrong of ['2001-02-03Z', '2001-02-30', '2001-2-3']) {
      expect(born(wrong)).toEqual([`${user}/personOrUserReportedPerson/dateOfBirth: date`])
    }
    expect(born('2027-01-01')).toEqual([`${user}/personOrUserReportedPerson/dateOfBirth: past`])
  })
})

describe('the rules of the documentation', () => {
  it('a length counts what is sent, controls removed', () => {
    expect(inUser({ espIdentifier: 'x'.repeat(255) })).toEqual([])
    expect(inUser({ espIdentifier: `${'x'.repeat(255)}\u0000` })).toEqual([])
    expect(inUser({ espIdentifier: 'x'.repeat(256) })).toEqual([`${user}/espIdentifier: length`])
    expect(inUser({ espIdentifier: '😀'.repeat(128) })).toEqual([`${user}/espIdentifier: length`])
  })

  it('an empty reason to escalate is a mistake; other empty elements are just left out', () => {
    const summary = { ...minimalReport.incidentSummary, escalateToHighPriority: '' }
    expect(inReport({ incidentSummary: summary })).toEqual(['report/incidentSummary/escalateToHighPriority: blank'])
    expect(inUser({ screenName: '', displayName: [], personOrUserReportedPerson: {} })).toEqual([])
  })

  it.each(['forum.example', 'https://', 'https://a.example/a b', 'https://a.example/\u0007', 'javascript:alert(1)'])(
    '%j is no URL',
    (url) => {
      expect(inUser({ profileUrl: [url] })).toEqual([`${user}/profileUrl[0]: url`])
    },
  )

  it.each(['192.0.2.256', 'fe80::1%eth0', '192.0.2.1:443', 'localhost'])('%s is no IP address', (ipAddress) => {
    expect(inUser({ ipCaptureEvent: [{ ipAddress }] })).toEqual([`${user}/ipCaptureEvent[0]/ipAddress: ip`])
  })

  it.each(['192.0.2.1', '2001:db8::1', '::ffff:192.0.2.1'])('%s is an IP address', (ipAddress) => {
    expect(inUser({ ipCaptureEvent: [{ ipAddress }] })).toEqual([])
  })

  it.each([0, 65_536, 1.5, Number.NaN])('%d is no port', (port) => {
    expect(inUser({ ipCaptureEvent: [{ ipAddress: '::1', port }] })).toHaveLength(1)
  })

  it.each([91, -90.5, Number.POSITIVE_INFINITY, Number.NaN])('%d is no latitude', (latitude) => {
    expect(inReport({ internetDetails: [{ cellPhoneIncident: { latitude } }] })).toHaveLength(1)
  })

  it.each(['ann', 'ann@', '@mail.example', 'a b@mail.example', `${'x'.repeat(65)}@mail.example`, 'a..b@mail.example'])(
    '%s is no e-mail address',
    (address) => {
      expect(inUser({ personOrUserReportedPerson: { email: [address] } })).toEqual([
        `${user}/personOrUserReportedPerson/email[0]: email`,
      ])
    },
  )

  it('the reporter must leave an e-mail address', () => {
    expect(inReport({ reporter: { reportingPerson: { email: [] } } })).toEqual([
      'report/reporter/reportingPerson/email: reporter_email',
    ])
  })

  it('a rule looks at what will be written: an empty element satisfies none, and offends none', () => {
    expect(inReport({ reporter: { reportingPerson: { email: [''] } } })).toEqual([
      'report/reporter/reportingPerson/email: reporter_email',
    ])
    expect(inReport({ personOrUserReported: [{ screenName: '' }, { espIdentifier: 'a' }] })).toEqual([])
    const person = (more: object) => inUser({ personOrUserReportedPerson: more })
    expect(person({ address: [{ city: 'Oslo', state: '', country: 'NO' }] })).toEqual([])
    expect(inUser({ estimatedLocation: { city: '', countryCode: 'NO' } })).toEqual([])
    expect(inUser({ associatedAccount: [{ '@type': 'Other', approximateAge: 20, dateOfBirth: '' }] })).toEqual([])
    expect(person({ phone: [{ '#': '555', '@verificationDate': '' }] })).toEqual([])
    const emailIncident = { emailAddress: ['', 'sender@mail.example'] }
    expect(
      inReport({
        internetDetails: [{ emailIncident }],
        victim: [{ victimPerson: { email: ['sender@mail.example', ''] } }],
      }),
    ).toEqual([])
  })

  it('an element that is written for its attributes has its text as well', () => {
    expect(inUser({ personOrUserReportedPerson: { phone: [{ '#': '', '@type': 'Home' }] } })).toEqual([
      `${user}/personOrUserReportedPerson/phone[0]: blank`,
    ])
  })

  it('a time with a fraction beyond all measure is still compared', () => {
    const time = (second: string) => `2026-11-22T12:00:${second}.${'9'.repeat(400)}Z`
    expect(inFile({ uploadedToEspTimestamp: time('04') })).toEqual([])
    expect(inFile({ uploadedToEspTimestamp: time('59') })).toEqual(['fileDetails/uploadedToEspTimestamp: past'])
  })

  it('one user is reported at a time, unless batched', () => {
    const two = [{ espIdentifier: 'a' }, { espIdentifier: 'b' }]
    expect(inReport({ personOrUserReported: two })).toEqual(['report/personOrUserReported: one_person_reported'])
    const batchedReport = { '@reason': 'VIRAL_POTENTIAL_MEME' } as const
    expect(inReport({ personOrUserReported: two, batchedReport })).toEqual([])
  })

  it('a batched report tells no story', () => {
    const verdict = inReport({
      batchedReport: { '@reason': 'VIRAL_POTENTIAL_MEME' },
      personOrUserReported: [{ espIdentifier: 'a', screenName: 'b' }, { profileBio: 'c' }, {}],
      victim: [{ victimPerson: { firstName: 'x' } }],
      additionalInfo: 'more',
    })
    expect(verdict).toEqual([
      `${user}/screenName: batched_report`,
      'report/personOrUserReported[1]/profileBio: batched_report',
      'report/personOrUserReported[1]/espIdentifier: batched_report',
      'report/victim: batched_report',
      'report/additionalInfo: batched_report',
    ])
    const file: FileDetails = { ...minimalFile, fileAnnotations: { infant: true }, originalFileName: 'a.png' }
    expect(problems('fileDetails', file, true)).toEqual([
      'fileDetails/fileAnnotations: batched_file',
      'fileDetails/fileAnnotations/infant: batched_file',
      'fileDetails/originalFileName: batched_file',
    ])
    expect(problems('fileDetails', { ...minimalFile, fileAnnotations: { viral: true } }, true)).toEqual([])
  })

  it('nobody is told before the account was disabled, and nothing is enabled again before', () => {
    const at = (hour: number) => `2026-11-20T0${hour}:00:00Z`
    const disabled = { '#': true, '@disabledDate': at(5) }
    expect(inUser({ accountPermanentlyDisabled: { ...disabled, '@userNotifiedDate': at(5) } })).toEqual([])
    expect(inUser({ accountPermanentlyDisabled: { ...disabled, '@userNotifiedDate': at(4) } })).toEqual([
      `${user}/accountPermanentlyDisabled/@userNotifiedDate: disabled_dates`,
    ])
    expect(inUser({ accountTemporarilyDisabled: { ...disabled, '@reenabledDate': '2027-01-01T00:00:00Z' } })).toEqual(
      [],
    )
    expect(inUser({ accountTemporarilyDisabled: { ...disabled, '@reenabledDate': at(5) } })).toEqual([
      `${user}/accountTemporarilyDisabled/@reenabledDate: disabled_dates`,
    ])
  })

  it('who viewed the EXIF data viewed the file', () => {
    expect(inFile({ exifViewedByEsp: true, fileViewedByEsp: true })).toEqual([])
    expect(inFile({ exifViewedByEsp: true })).toEqual(['fileDetails/fileViewedByEsp: exif_needs_viewed'])
    expect(inFile({ exifViewedByEsp: false })).toEqual([])
  })

  it('a supplemental file is neither meme nor classified', () => {
    const file = { fileRelevance: 'Supplemental Reported', industryClassification: 'A1' }
    expect(inFile({ ...file, fileAnnotations: { potentialMeme: true } })).toEqual([
      'fileDetails/fileAnnotations/potentialMeme: supplemental_conflict',
      'fileDetails/industryClassification: supplemental_conflict',
    ])
  })

  it('the addresses of an e-mail incident belong to somebody in the report', () => {
    expect(inReport({ internetDetails: [{ emailIncident: { emailAddress: ['who@mail.example'] } }] })).toEqual([
      'report/internetDetails[0]/emailIncident/emailAddress[0]: incident_email_of_a_person',
    ])
  })

  it('smaller rules: verification, calling codes, states, regions, ages', () => {
    const person = (more: object) => inUser({ personOrUserReportedPerson: more })
    const verificationDate = '2026-01-01T00:00:00Z'
    expect(person({ phone: [{ '#': '555', '@verificationDate': verificationDate }] })).toHaveLength(1)
    expect(person({ phone: [{ '#': '555', '@verificationDate': verificationDate, '@verified': true }] })).toEqual([])
    expect(person({ phone: [{ '#': '+1 555', '@countryCallingCode': '+1' }] })).toHaveLength(1)
    expect(person({ phone: [{ '#': '555', '@countryCallingCode': '1' }] })).toHaveLength(1)
    expect(person({ phone: [{ '#': '555', '@extension': '12a' }] })).toHaveLength(1)
    expect(person({ address: [{ state: 'NY', country: 'CA' }] })).toHaveLength(1)
    expect(person({ address: [{ state: 'NY', country: 'US', '@type': 'Home' }] })).toEqual([])
    expect(person({ age: 151 })).toHaveLength(1)
    expect(inUser({ estimatedLocation: { city: 'Oslo', countryCode: 'NO' } })).toHaveLength(1)
    expect(inUser({ estimatedLocation: { city: 'Reno', region: 'Nevada', countryCode: 'US' } })).toHaveLength(1)
    expect(inUser({ estimatedLocation: { city: 'Reno', region: 'NV', countryCode: 'US' } })).toEqual([])
    expect(inUser({ estimatedLocation: { countryCode: 'EU' } })).toHaveLength(1)
    expect(
      inUser({ associatedAccount: [{ '@type': 'Other', approximateAge: 20, dateOfBirth: '2006-01-01' }] }),
    ).toHaveLength(1)
  })
})

describe('what a problem says', () => {
  it('never the value that was wrong, nor a key made of data', () => {
    const secret = 'ann-secret@mail.example'
    const verdict = validate(
      'report',
      { ...minimalReport, [secret]: 1, personOrUserReported: [{ profileUrl: [secret], deviceId: secret }] },
      { now },
    )
    expect(verdict.ok).toBe(false)
    expect(JSON.stringify(verdict)).not.toContain('secret')
  })

  it('any value at all is answered, never thrown at', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...(Object.keys(schema) as (keyof typeof schema)[])),
        fc.anything(),
        (root, value) => {
          expect(validate(root, value, { now }).ok).toBe(false)
        },
      ),
    )
  })
})
