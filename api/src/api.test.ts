import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { caseContext, caseDetail, moment, reasons, scanAnswer, scanContext, verdicts, worst, wrongKeys } from './api.ts'

const wrong = (schema: z.ZodType, value: unknown) => {
  const parsed = schema.safeParse(value)
  return parsed.success ? [] : wrongKeys(parsed.error, value)
}

describe('wrong keys in words', () => {
  test.each([
    [{ surfce: 'upload' }, [{ path: 'surfce', words: 'is not a known key' }]],
    [{ account: {} }, [{ path: 'account.id', words: 'is missing; it must be text' }]],
    [{ account: { id: 'a', email: 'no' } }, [{ path: 'account.email', words: 'must be an e-mail address' }]],
    [{ origin: { ip: '300.1.1.1' } }, [{ path: 'origin.ip', words: 'must be an IPv4 or IPv6 address' }]],
    [{ origin: { ip: '::1', port: 0.5 } }, [{ path: 'origin.port', words: 'must be a whole number' }]],
    [{ origin: { ip: '::1', port: 0 } }, [{ path: 'origin.port', words: 'must be a number, at least 1' }]],
    [{ jurisdiction: 'germany' }, [{ path: 'jurisdiction', words: 'must be an ISO 3166 code, as DE or US-CA' }]],
    [
      { uploadedAt: '2026-01-01 12:00' },
      [{ path: 'uploadedAt', words: 'must be an instant with its time zone, as 2026-01-31T12:00:00Z' }],
    ],
    [{ service: 'x'.repeat(101) }, [{ path: 'service', words: 'must be text whose length is at most 100' }]],
    [[], [{ path: '', words: 'must be an object with keys' }]],
    [JSON.parse('{"__proto__":{"admin":true}}'), [{ path: '__proto__', words: 'is not a known key' }]],
  ])('%j', (value, words) => {
    expect(wrong(scanContext, value)).toEqual(words)
  })

  test('whatever stands in a context, the words never repeat a value', () => {
    // Marked, so that no word of ours can be meant.
    const marked = fc.string({ minLength: 1, maxLength: 20 }).map((text) => `§${text}§`)
    const value = fc.oneof(marked, fc.array(marked), fc.dictionary(fc.constantFrom('id', 'ip', 'email'), marked))
    const keys = ['surface', 'url', 'jurisdiction', 'uploadedAt', 'publiclyAvailable', 'locale', 'account', 'origin']
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), value), (context) => {
        expect(JSON.stringify(wrong(scanContext, context))).not.toContain('§')
      }),
    )
  })
})

describe('words of a scan', () => {
  test('several files carry the worst verdict, whatever their order', () => {
    expect(worst(['clear', 'held', 'unscannable'])).toBe('held')
    expect(worst(['unscannable', 'not_scanned', 'clear'])).toBe('unscannable')
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...verdicts), { minLength: 1 }), (all) => {
        expect(all).toContain(worst(all))
        expect(worst(all) === 'held').toBe(all.includes('held'))
        expect(worst(all) === 'clear').toBe(all.every((one) => one === 'clear'))
      }),
    )
  })

  test('an answer that says more than it may is cut to what it may', () => {
    const told = { id: 'scan_1', verdict: 'held', reason: undefined, listId: 'a-list', distanceBits: 3 }
    expect(z.encode(scanAnswer, scanAnswer.parse(told))).toEqual({ id: 'scan_1', verdict: 'held' })
    expect(reasons).toContain('switched_off')
  })
})

test('a moment is epoch milliseconds inside and ISO 8601 in UTC outside, both ways', () => {
  expect(z.encode(moment, 0)).toBe('1970-01-01T00:00:00.000Z')
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), (ms) => {
      expect(z.decode(moment, z.encode(moment, ms))).toBe(ms)
    }),
  )
})

test('a case shows neither list nor entry nor any hash, even when it is handed them', () => {
  const match = { class: 'test', algorithm: 'pdq', distanceBits: 2, radiusBits: 31, pictureIndex: 0 }
  const at = '2026-01-01T00:00:00Z'
  const file = {
    id: 'file_1',
    addedAt: at,
    sizeBytes: 1,
    mediaType: null,
    why: 'w',
    pictures: [],
    occurrences: [],
    furtherOccurrences: 0,
    copyOf: null,
    unread: null,
  }
  const shown = caseDetail.parse({
    id: 'case_1',
    number: 1,
    environment: 'sandbox',
    state: 'settling',
    route: 'report',
    isTest: false,
    surface: 'upload',
    jurisdiction: null,
    openedAt: at,
    settlesAt: at,
    changedAt: at,
    decidedBy: null,
    decidedAt: null,
    factsDueAt: null,
    actionability: null,
    views: [],
    supplements: [],
    furtherSupplements: 0,
    lookUp: null,
    context: {},
    decision: null,
    reports: [],
    notices: [],
    appeals: [],
    files: [{ ...file, digests: { md5: 'd' }, matches: [{ ...match, listId: 'l', entryId: 'e', value: 'v' }] }],
  })
  expect(shown.files[0]).toEqual({ ...file, addedAt: Date.parse(at), matches: [match] })
})

describe('a scan’s context', () => {
  /** As a version before this one sealed it: all the keys there were. */
  const former = {
    surface: 'public_post',
    service: 'Boards',
    url: 'https://forum.example.org/posts/1',
    conversationId: 'c',
    requestId: 'r',
    jurisdiction: 'US-CA',
    fileName: 'sunset.jpg',
    uploadedAt: '2026-06-01T10:00:00+02:00',
    publiclyAvailable: true,
    locale: 'de-AT',
    account: {
      id: 'user-7',
      email: 'seven@example.org',
      emailVerified: true,
      screenName: 'seven',
      displayName: 'Seven',
      profileUrl: 'https://forum.example.org/u/seven',
      organisation: { id: 'acme', name: 'Acme', contactEmail: 'safety@acme.example' },
      disabled: { at: '2026-06-01T10:05:00Z', permanently: false },
      userNotifiedAt: '2026-06-01T10:06:00Z',
    },
    origin: { ip: '2001:db8::7', port: 50_000, at: '2026-06-01T08:00:00Z', device: { type: 'IMEI', id: '1' } },
  }

  test('of before is still a context, and what is kept with a case has everything but the supplements', () => {
    expect(scanContext.parse(former)).toEqual(former)
    expect(caseContext.parse(former)).toEqual(former)
    const supplements = [{ kind: 'prompt', mediaType: 'text/plain', text: 'draw a bridge' }]
    expect(scanContext.parse({ ...former, supplements })).toEqual({ ...former, supplements })
    expect(wrong(caseContext, { supplements })).toEqual([{ path: 'supplements', words: 'is not a known key' }])
  })

  test.each([
    [{ place: { kind: 'pub' } }, 'place', 'must be one of web_page, email'],
    [{ place: { kind: 'chat', client: 'x'.repeat(256) } }, 'place.client', 'must be text whose length is at most 255'],
    [{ place: { kind: 'game', client: 'x' } }, 'place.client', 'is not a known key'],
    [
      { account: { id: 'a', phones: [{ number: '1', callingCode: '49' }] } },
      'account.phones[0].callingCode',
      'must be + and one to three digits',
    ],
    [{ account: { id: 'a', dateOfBirth: '1.2.1990' } }, 'account.dateOfBirth', 'must be a date, as 1990-12-31'],
    [{ account: { id: 'a', ipEvents: [{ ip: 'x' }] } }, 'account.ipEvents[0].ip', 'must be an IPv4 or IPv6 address'],
    [{ account: { id: 'a', addresses: [{ country: 'Germany' }] } }, 'account.addresses[0].country', 'must be an ISO'],
    [{ annotations: ['infant'] }, 'annotations[0]', 'must be one of live_streaming, generative_ai'],
    [
      { exif: Array.from({ length: 101 }, () => ({ name: 'a', value: 'b' })) },
      'exif',
      'a list whose length is at most',
    ],
    [
      { exif: Array.from({ length: 100 }, () => ({ name: 'a', value: 'b'.repeat(500) })) },
      '',
      'must be at most 32768 characters of JSON, beside the supplements',
    ],
    [
      { supplements: Array.from({ length: 3 }, () => supplementOf(200_000)) },
      'supplements',
      'must be supplements of at most 500000 characters together',
    ],
    [{ supplements: [supplementOf(200_001)] }, 'supplements[0].text', 'must be text whose length is at most 200000'],
  ])('says in words what does not belong there: %#', (value, path, words) => {
    const [first] = wrong(scanContext, value)
    expect(first?.path).toContain(path)
    expect(first?.words).toContain(words)
  })

  test('stays small beside supplements that are large', () => {
    const supplements = [supplementOf(200_000), supplementOf(200_000), supplementOf(100_000)]
    expect(wrong(scanContext, { ...former, supplements })).toEqual([])
  })
})

function supplementOf(characters: number) {
  return { kind: 'conversation', mediaType: 'text/plain', text: 'x'.repeat(characters) }
}
