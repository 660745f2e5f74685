import { incidentTypes } from '@wardline/api'
import { validate } from '@wardline/cybertip'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CaseFile, CaseRecord } from '#cases'
import { exact, near } from '../cases/testing.ts'
import { draft } from './draft.ts'
import type { ReportSettings } from './settings.ts'

const now = Date.UTC(2026, 5, 1, 12)
const settings: ReportSettings = { environment: 'sandbox', reporter: { email: 'trust@example.org' }, platform: 'Forum' }

type Context = CaseRecord['context']

function file(context: Context, change: Partial<CaseFile> = {}): CaseFile {
  const print = { hash: 'a5'.repeat(32), quality: 100 }
  return {
    id: 'file_1',
    vaultId: 'evidence_1',
    addedAt: now,
    sizeBytes: 100,
    mediaType: 'image/jpeg',
    digests: { md5: '1'.repeat(32), sha1: '2'.repeat(40), sha256: '3'.repeat(64) },
    pictures: [{ width: 10, height: 10, commandLine: print, fullResolution: print }],
    grounds: [exact, near],
    why: 'exact',
    occurrences: [{ scanId: 'scan_1', receivedAt: now - 1000, context }],
    furtherOccurrences: 0,
    ...change,
  }
}

function caseOf(...files: readonly CaseFile[]): CaseRecord {
  return {
    id: 'case_1',
    number: 1,
    environment: 'sandbox',
    state: 'reporting',
    route: 'report',
    isTest: false,
    surface: 'upload',
    jurisdiction: null,
    openedAt: now,
    settlesAt: now,
    changedAt: now,
    decidedBy: null,
    decidedAt: null,
    factsDueAt: null,
    decision: null,
    context: files[0]?.occurrences[0]?.context ?? { surface: 'other' },
    files,
  }
}

function drafted(record: CaseRecord, change: Partial<ReportSettings> = {}) {
  const result = draft(record, { ...settings, ...change }, now)
  if (result.kind !== 'drafted') throw new Error(result.words)
  return result.draft
}

const full: Context = {
  surface: 'public_post',
  service: 'Boards',
  url: 'https://forum.example.org/posts/1',
  fileName: 'sunset.jpg',
  uploadedAt: '2026-06-01T10:00:00+02:00',
  publiclyAvailable: true,
  account: {
    id: 'user-7',
    email: 'seven@example.org',
    emailVerified: true,
    screenName: 'seven',
    displayName: 'Seven',
    profileUrl: 'https://forum.example.org/u/seven',
    disabled: { at: '2026-06-01T10:05:00Z', permanently: false },
    userNotifiedAt: '2026-06-01T10:06:00Z',
  },
  origin: { ip: '2001:db8::7', port: 50_000, at: '2026-06-01T08:00:00Z', device: { type: 'IMEI', id: '1' } },
}

describe('a draft', () => {
  it('says who, where, what and when, as far as the platform said so', () => {
    const { report, files } = drafted(caseOf(file(full)))
    expect(report.incidentSummary).toMatchObject({
      incidentType: 'Child Pornography (possession, manufacture, and distribution)',
      platform: 'Forum',
      incidentDateTime: '2026-06-01T08:00:00.000Z',
    })
    expect(report.internetDetails).toEqual([{ webPageIncident: { url: [full.url] } }])
    expect(report.personOrUserReported).toMatchObject([
      {
        personOrUserReportedPerson: { email: [{ '#': 'seven@example.org', '@verified': true }] },
        espIdentifier: 'user-7',
        espService: 'Boards',
        screenName: 'seven',
        displayName: ['Seven'],
        profileUrl: ['https://forum.example.org/u/seven'],
        ipCaptureEvent: [
          { ipAddress: '2001:db8::7', eventName: 'Upload', dateTime: '2026-06-01T08:00:00.000Z', port: 50_000 },
        ],
        deviceId: [{ idType: 'IMEI', idValue: '1' }],
        accountTemporarilyDisabled: {
          '#': true,
          '@disabledDate': '2026-06-01T10:05:00.000Z',
          '@userNotified': true,
          '@userNotifiedDate': '2026-06-01T10:06:00.000Z',
        },
      },
    ])
    expect(files[0]?.details).toMatchObject({
      originalFileName: 'sunset.jpg',
      uploadedToEspTimestamp: '2026-06-01T08:00:00.000Z',
      locationOfFile: full.url,
      fileViewedByEsp: false,
      publiclyAvailable: true,
      fileRelevance: 'Reported',
      originalFileHash: [
        { '#': '1'.repeat(32), '@hashType': 'MD5' },
        { '#': '2'.repeat(40), '@hashType': 'SHA1' },
        { '#': '3'.repeat(64), '@hashType': 'SHA256' },
        { '#': 'a5'.repeat(32), '@hashType': 'PDQ' },
      ],
    })
    expect(files[0]?.neutralName).toBe('file-1.jpg')
  })

  it('says nothing that nobody knows', () => {
    const { report, files } = drafted(caseOf(file({ surface: 'other' })))
    expect(report.internetDetails ?? []).toEqual([])
    expect(report.personOrUserReported ?? []).toEqual([])
    expect(report.incidentSummary.incidentDateTime).toBe(new Date(now - 1000).toISOString())
    expect(report.incidentSummary.incidentDateTimeDescription).toContain('the time of its upload is not known')
    expect(files[0]?.details.publiclyAvailable).toBeUndefined()
  })

  it('says how each file was found, and that nobody viewed it', () => {
    const [first] = drafted(caseOf(file(full))).files
    const said = first?.details.additionalInfo?.join('\n')
    expect(said).toContain('class test')
    expect(said).toContain('algorithm pdq, distance 6 of 256 bits, threshold 31 bits, quality 97 of 100')
    expect(said).toContain('algorithm sha256, the digests of the whole file are equal')
    expect(said).toContain('(Wardline) showed this file to nobody; it was found by hash matching.')
    expect(said).toContain('Whether anyone at the company saw it otherwise is not known')
    expect(said).not.toContain('entry-1')
  })

  it('tells of hundreds of frames the twenty matches that say most, and how many there are besides', () => {
    const print = { hash: 'a5'.repeat(32), quality: 100 }
    const pictures = Array.from({ length: 300 }, (_, index) => ({
      index,
      width: 10,
      height: 10,
      commandLine: print,
      fullResolution: print,
    }))
    const grounds = pictures.map(({ index }) => ({ ...near, pictureIndex: index }))
    const told = (change: Partial<CaseFile>) => {
      const [first] = drafted(caseOf(file(full, change))).files
      const said = first?.details.additionalInfo?.join('\n') ?? ''
      const hashes = first?.details.originalFileHash?.filter((one) => one['@hashType'] === 'PDQ')
      return { matches: said.match(/Found by hash matching/g)?.length, hashes: hashes?.length, said }
    }
    const former = told({ pictures, grounds })
    expect(former).toMatchObject({ matches: 20, hashes: 20 })
    expect(former.said).toContain('280 further matches of this file are not listed here.')
    const kept = told({ pictures: pictures.slice(0, 20), grounds: grounds.slice(0, 20), furtherGrounds: 280 })
    expect(kept.said).toBe(former.said)
    expect(told({}).said).not.toContain('further')
  })

  it('says of a confirmed case that a person decided, without viewing', () => {
    const decision = { by: 'person:1', at: now, reason: null, viewed: false as const }
    const { report, files } = drafted({ ...caseOf(file(full)), decision })
    expect(report.additionalInfo).toContain('A person at the company decided to file this report')
    expect(files[0]?.details.additionalInfo?.join()).toContain('Wardline did not show it to them')
    expect(files[0]?.details.fileViewedByEsp).toBe(false)
    expect(JSON.stringify({ report, files })).not.toContain('person:1')
  })

  it('names the kind of incident that a person chose, in NCMEC’s own words, and known material where nobody chose', () => {
    const one = caseOf(file({ surface: 'upload' }))
    expect(drafted(one).report.incidentSummary.incidentType).toMatch(/^Child Pornography/)
    const wordings = incidentTypes.map((incidentType) => {
      const decision = { by: 'person:p', at: now, reason: null, viewed: false as const, incidentType }
      const { report } = drafted({ ...one, decision })
      expect(report.additionalInfo).toContain('That person chose the incident type.')
      return report.incidentSummary.incidentType
    })
    expect(new Set(wordings).size).toBe(incidentTypes.length)
  })

  it('tells nothing of a match of class intimate, and is not written where there is nothing else', () => {
    const intimate = { ...near, class: 'intimate' as const, listId: 'private-list' }
    const mixed = caseOf(file({ surface: 'upload' }, { grounds: [exact, intimate] }))
    expect(JSON.stringify(drafted(mixed))).not.toMatch(/private-list|intimate/)
    expect(() => drafted(caseOf(file({ surface: 'upload' }, { grounds: [intimate] })))).toThrowError(
      expect.objectContaining({ code: 'never_reported' }),
    )
  })

  it('is not written by rule of a match that only a person may report', () => {
    const made = caseOf(file({ surface: 'ai_output' }, { grounds: [{ ...near, class: 'generative_ai' }] }))
    expect(() => drafted(made)).toThrowError(expect.objectContaining({ code: 'incident_type_missing' }))
  })

  it('never claims that the user was told unless the platform said so', () => {
    const account = { id: '7', disabled: { at: '2026-05-01T00:00:00Z', permanently: true } }
    const [user] = drafted(caseOf(file({ surface: 'upload', account }))).report.personOrUserReported ?? []
    expect(user?.accountPermanentlyDisabled).toEqual({ '#': true, '@disabledDate': '2026-05-01T00:00:00.000Z' })
    expect(user?.accountTemporarilyDisabled).toBeUndefined()
  })

  it.each(['private_message', 'ai_input', 'ai_output'] as const)('tells a %s as a chat on its service', (surface) => {
    const context: Context = { surface, service: 'Helper', conversationId: 'c-1', requestId: 'r-1' }
    const { report, files } = drafted(caseOf(file(context)))
    expect(report.internetDetails).toMatchObject([{ chatImIncident: { chatClient: 'Helper' } }])
    expect(JSON.stringify(report.internetDetails)).toContain('Request: r-1')
    expect(files[0]?.details.fileAnnotations).toEqual(surface === 'ai_output' ? { generativeAi: true } : undefined)
  })

  it('tells all places of a case with several files, each once', () => {
    const web = file({ ...full, url: 'https://forum.example.org/posts/2' }, { id: 'file_2' })
    const chat = file({ surface: 'private_message', service: 'Mail' }, { id: 'file_3' })
    const { report, files } = drafted(caseOf(file(full), web, chat, file(full, { id: 'file_4' })))
    expect(report.internetDetails).toEqual([
      { webPageIncident: { url: [full.url, 'https://forum.example.org/posts/2'] } },
      { chatImIncident: { chatClient: 'Mail' } },
    ])
    expect(files.map((one) => one.neutralName)).toEqual(['file-1.jpg', 'file-2.jpg', 'file-3.jpg', 'file-4.jpg'])
  })

  it('leaves out what does not fit the form, tells it in words, and is not held back', () => {
    const context: Context = {
      ...full,
      url: 'not a url',
      uploadedAt: '2031-01-01T00:00:00Z',
      account: { id: '7', profileUrl: 'no url either' },
    }
    const { report, files } = drafted(caseOf(file(context)))
    expect(report.internetDetails ?? []).toEqual([])
    expect(report.additionalInfo).toContain('not a url')
    expect(report.additionalInfo).toContain('no url either')
    expect(report.personOrUserReported?.[0]?.espIdentifier).toBe('7')
    expect(files[0]?.details.locationOfFile).toBeUndefined()
    expect(files[0]?.details.uploadedToEspTimestamp).toBeUndefined()
    for (const said of ['not a url', '2031-01-01']) expect(files[0]?.details.additionalInfo?.join()).toContain(said)
    expect(report.incidentSummary.incidentDateTime).toBe(new Date(now - 1000).toISOString())
  })

  it('never claims to know what nobody told it: whether somebody on the platform saw a file', () => {
    for (const decision of [null, { by: 'person:1', at: now, reason: null, viewed: false as const }]) {
      const said = JSON.stringify(drafted({ ...caseOf(file(full)), decision }))
      expect(said).not.toMatch(/no (person|one) at the company|nobody at the company|viewed by/i)
      expect(said.match(/not known to/g)).toHaveLength(2)
    }
  })

  it.each([
    ['the first year', '0001-01-01T00:00:00Z'],
    ['before the first year', '0000-12-31T10:00:00Z'],
    ['a clock that was never set', '1970-01-01T00:00:00Z'],
    ['no day there is', '2026-02-30T99:00:00Z'],
    ['tomorrow', '2026-06-02T12:00:00Z'],
  ])('uses no time of %s, tells it in words, and takes the time of receipt', (_name, odd) => {
    const account = { ...full.account, id: '7', disabled: { at: odd, permanently: true }, userNotifiedAt: odd }
    const context: Context = { ...full, uploadedAt: odd, account, origin: { ip: '192.0.2.1', at: odd } }
    const { report, files } = drafted(caseOf(file(context)))
    expect(report.incidentSummary.incidentDateTime).toBe(new Date(now - 1000).toISOString())
    expect(report.incidentSummary.incidentDateTimeDescription).toContain('not known')
    const [user] = report.personOrUserReported ?? []
    expect(user?.ipCaptureEvent).toMatchObject([{ ipAddress: '192.0.2.1' }])
    expect(user?.accountPermanentlyDisabled).toMatchObject({ '#': true, '@userNotified': true })
    expect(user?.additionalInfo?.split(odd)).toHaveLength(3)
    expect(files[0]?.details.uploadedToEspTimestamp).toBeUndefined()
    expect(files[0]?.details.additionalInfo?.join()).toContain(`The time of the upload, as given, cannot be true`)
    const elements = JSON.stringify({ report, files }, (key, value) => (key === 'additionalInfo' ? undefined : value))
    expect(elements).not.toContain(odd)
    expect(elements).not.toMatch(/"(0|19)\d\d/)
  })

  it('takes the upload of a clock a moment ahead for now, and a receipt later than now for now', () => {
    const ahead: Context = { surface: 'upload', uploadedAt: new Date(now + 3_000).toISOString() }
    expect(drafted(caseOf(file(ahead))).report.incidentSummary.incidentDateTime).toBe(new Date(now).toISOString())
    const later = { scanId: 's', receivedAt: now + 3_600_000, context: { surface: 'upload' as const } }
    const { report, files } = drafted(caseOf(file(full, { occurrences: [later] })))
    expect(report.incidentSummary.incidentDateTime).toBe(new Date(now).toISOString())
    expect(files[0]?.details.additionalInfo?.join()).toContain(`matching at ${new Date(now).toISOString()}`)
  })

  it('is not possible without the reporter’s e-mail, and says so without naming a value', () => {
    const result = draft(caseOf(file(full)), { environment: 'sandbox', reporter: { email: 'no address' } }, now)
    expect(result).toMatchObject({ kind: 'not_possible', words: expect.stringContaining('email') })
    expect(JSON.stringify(result)).not.toContain('no address')
  })

  it('says outside production that nothing is reported, and in production does not', () => {
    expect(drafted(caseOf(file(full))).report.additionalInfo).toContain('NOTHING IS REPORTED TO NCMEC')
    const real = drafted({ ...caseOf(file(full)), environment: 'production' }, { environment: 'production' })
    expect(JSON.stringify(real)).not.toContain('NOTHING IS REPORTED')
  })

  it('fits the form whatever a platform says', () => {
    const odd = fc.string({ minLength: 1, maxLength: 300, unit: 'binary' })
    const instant = fc.oneof(
      fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((at) => at.toISOString()),
      fc.constantFrom('0000-01-01T00:00:00Z', '9999-12-31T23:59:59-23:59', '2026-01-01T00:00:00+99:99', 'no time'),
    )
    const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
    const context = fc.record({
      surface: fc.constantFrom('upload' as const, 'private_message' as const, 'ai_output' as const, 'other' as const),
      service: maybe(odd),
      url: maybe(fc.oneof(odd, fc.webUrl())),
      conversationId: maybe(odd),
      fileName: maybe(odd),
      uploadedAt: maybe(instant),
      account: maybe(
        fc.record({
          id: odd,
          email: maybe(fc.oneof(odd, fc.emailAddress())),
          emailVerified: maybe(fc.boolean()),
          profileUrl: maybe(odd),
          disabled: maybe(fc.record({ at: instant, permanently: fc.boolean() })),
          userNotifiedAt: maybe(instant),
        }),
      ),
      origin: maybe(fc.record({ ip: fc.oneof(fc.ipV4(), fc.ipV6(), odd), at: maybe(instant), port: maybe(fc.nat()) })),
    })
    fc.assert(
      fc.property(fc.array(context, { minLength: 1, maxLength: 3 }), (contexts) => {
        const { report, files } = drafted(caseOf(...contexts.map((one, i) => file(one, { id: `file_${i}` }))))
        expect(validate('report', report, { now: new Date(now) })).toEqual({ ok: true })
        for (const { details } of files) {
          expect(validate('fileDetails', { ...details, reportId: '1', fileId: 'f' }, { now: new Date(now) })).toEqual({
            ok: true,
          })
          expect(details.fileViewedByEsp).toBe(false)
        }
      }),
      { numRuns: 150 },
    )
  })
})
