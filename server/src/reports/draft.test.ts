import { incidentTypes } from '@wardline/api'
import { validate } from '@wardline/cybertip'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CaseFile, CaseRecord, ViewEvent } from '#cases'
import { exact, near } from '../cases/testing.ts'
import { draft } from './draft.ts'
import type { ReportSettings } from './settings.ts'
import { contexts, odd } from './testing/contexts.ts'
import { type Context, caseOf, drafted, file, now } from './testing/drafting.ts'

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
    fc.assert(
      fc.property(fc.array(contexts(odd), { minLength: 1, maxLength: 3 }), (all) => {
        const { report, files } = drafted(caseOf(...all.map((one, i) => file(one, { id: `file_${i}` }))))
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

describe('who was shown a file', () => {
  const seen = { fileId: 'file_1', bytesKeyed: 'bytes-1', by: 'person:person_a', displayed: 'full', at: now } as const
  const told = (...views: readonly ViewEvent[]) => {
    const { report, files } = drafted({ ...caseOf(file(full), file(full, { id: 'file_2' })), views })
    return { report: report.additionalInfo ?? '', files: files.map((one) => one.details.additionalInfo?.join() ?? '') }
  }

  it('is told with the file, by whom and when, and of the other that nobody was', () => {
    const { report, files } = told(seen)
    expect(files[0]).toContain(
      `displayed in full to a person of the company (person_a) at ${new Date(now).toISOString()}`,
    )
    expect(files[0]).not.toContain('to nobody')
    expect(files[1]).toContain('showed this file to nobody')
    expect(report).not.toContain('showed no reported file')
  })

  it.each([
    ['blurred', 'displayed blurred, not to be recognised'],
    ['partial', 'A part of this file was displayed'],
    ['exif', 'The metadata of this file was displayed'],
  ] as const)('is no view when it was %s, and the words say what it was', (displayed, words) => {
    const { files } = told({ ...seen, displayed })
    expect(files[0]).toContain(words)
    expect(files[0]).toContain('showed it to nobody in full')
  })

  it('is said of the person who decided only when they were shown it before', () => {
    const decision = { by: 'person:person_a', at: now, reason: null, viewed: false as const }
    const of = (view: ViewEvent) => {
      const { files } = drafted({ ...caseOf(file(full)), decision, views: [view] })
      return files[0]?.details.additionalInfo?.join()
    }
    expect(of(seen)).toContain('A person who had been shown it, as told above, decided to report it.')
    for (const displayed of ['blurred', 'partial', 'exif'] as const) {
      expect(of({ ...seen, displayed })).not.toContain('A person who had been shown it')
      expect(of({ ...seen, displayed })).toContain('a part of it, or it blurred, or its metadata, as told above')
    }
    expect(of({ ...seen, at: now + 1 })).toContain('Wardline did not show it to them')
    expect(of({ ...seen, by: 'person:person_b' })).toContain('Wardline did not show it to them')
  })
})

it('of a file that was not read to its end the words say so', () => {
  const words = (change: object) => {
    const { files } = drafted(caseOf(file({ surface: 'other' }, change)))
    return files[0]?.details.additionalInfo?.join()
  }
  const half = 'Not all of this file could be read for hash matching (unread frames)'
  expect(words({ unread: 'unread_frames' })).toContain(half)
  expect(words({ unread: 'unread_frames', furtherGrounds: 2 })).toContain(half)
  expect(words({})).not.toContain('could be read')
})

it('what a list calls a file becomes neither a classification nor an annotation of the report', () => {
  for (const listed of ['generative_ai', 'exploitative', 'csam'] as const) {
    const decision = { by: 'person:p', at: now, reason: null, viewed: false as const }
    const record = caseOf(file({ surface: 'other' }, { grounds: [{ ...near, class: listed }] }))
    const { files } = drafted(
      { ...record, decision: { ...decision, incidentType: 'child_pornography' } },
      { industryHashSharingMou: true },
    )
    expect(files[0]?.details.industryClassification).toBeUndefined()
    expect(files[0]?.details.fileAnnotations).toBeUndefined()
  }
})

describe('what a person chose for a file', () => {
  const decision: CaseRecord['decision'] = {
    by: 'person:p',
    at: now,
    reason: null,
    viewed: false,
    files: [{ fileId: 'file_1', classification: 'A1', annotations: ['infant', 'generative_ai'] }],
  }
  const of = (change: Partial<ReportSettings>) => {
    const both = caseOf(file({ surface: 'other' }), file({ surface: 'other' }, { id: 'file_2' }))
    return drafted({ ...both, decision }, change).files
  }

  it('is told of that file alone, and as a person’s word', () => {
    const [first, second] = of({ industryHashSharingMou: true })
    expect(first?.details.industryClassification).toBe('A1')
    expect(first?.details.fileAnnotations).toEqual({ infant: true, generativeAi: true })
    expect(first?.details.additionalInfo?.join()).toContain('chosen by the person who decided to report it')
    expect(second?.details.industryClassification).toBeUndefined()
    expect(second?.details.fileAnnotations).toBeUndefined()
  })

  it('is no classification without the signed agreement', () => {
    expect(of({})[0]?.details).toMatchObject({ fileAnnotations: { infant: true } })
    expect(JSON.stringify(of({}))).not.toMatch(/industryClassification|industry classification/)
  })
})

it('supplements are files of their own: supplemental, seen by nobody, with no name of the user’s', () => {
  const supplements = [
    { id: 'supplement_1', vaultId: 'evidence_9', scanId: 'scan_1', kind: 'conversation', mediaType: 'text/plain' },
    { id: 'supplement_2', vaultId: 'evidence_8', scanId: 'scan_1', kind: 'parameters', mediaType: 'application/json' },
  ] as const
  const { report, files } = drafted({
    ...caseOf(file(full)),
    supplements: supplements.map((one) => ({ ...one, sizeBytes: 5, md5: '9'.repeat(32), receivedAt: now })),
    furtherSupplements: 3,
  })
  expect(files.map((one) => [one.fileId, one.vaultId, one.neutralName])).toEqual([
    ['file_1', 'evidence_1', 'file-1.jpg'],
    ['supplement_1', 'evidence_9', 'supplement-1-conversation.txt'],
    ['supplement_2', 'evidence_8', 'supplement-2-parameters.json'],
  ])
  for (const { details } of files.slice(1)) {
    expect(details).toMatchObject({ fileRelevance: 'Supplemental Reported', fileViewedByEsp: false })
    expect(validate('fileDetails', { ...details, reportId: '1', fileId: 'f' }, { now: new Date(now) })).toEqual({
      ok: true,
    })
  }
  expect(report.additionalInfo).toContain('2 of what the platform gave around the files found; 3 more were not kept')
})
