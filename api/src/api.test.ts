import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { caseDetail, moment, reasons, scanAnswer, scanContext, verdicts, worst, wrongKeys } from './api.ts'

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
    context: {},
    decision: null,
    reports: [],
    notices: [],
    appeals: [],
    files: [{ ...file, digests: { md5: 'd' }, matches: [{ ...match, listId: 'l', entryId: 'e', value: 'v' }] }],
  })
  expect(shown.files[0]).toEqual({ ...file, addedAt: Date.parse(at), matches: [match] })
})
