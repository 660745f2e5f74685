import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { givenMoment } from './given-moment.ts'

describe('a day that somebody types', () => {
  it('is its beginning, or its last second where a hold ends with it', () => {
    expect(givenMoment('2028-02-29', '--since')).toBe(Date.UTC(2028, 1, 29))
    expect(givenMoment('2027-01-31', '--until', 'end')).toBe(Date.UTC(2027, 0, 31, 23, 59, 59))
    expect(givenMoment('2027-01-31T12:00:00Z', '--until', 'end')).toBe(Date.UTC(2027, 0, 31, 12))
  })

  it('is refused when no calendar has it, or it is written otherwise', () => {
    for (const text of [
      '2027-02-31',
      '2026-02-29',
      '2027-13-01',
      '2027-00-10',
      '2027-02-30T08:00Z',
      '2027-01-31T25:00Z',
    ])
      expect(() => givenMoment(text, '--until')).toThrowError(`--until: there is no such day or time as ${text}`)
    for (const text of ['', 'tomorrow', '31.01.2027', '2027-1-31', '2027-01-31T12:00:00', '2027-01-31T12:00+01:00'])
      expect(() => givenMoment(text, '--until')).toThrowError(/takes a day in UTC/)
  })

  it('is never another day than the one that was typed', () => {
    const part = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'))
    fc.assert(
      fc.property(fc.integer({ min: 2000, max: 2099 }), part(13), part(32), (year, month, day) => {
        const text = `${year}-${month}-${day}`
        try {
          expect(new Date(givenMoment(text, '--since')).toISOString().slice(0, 10)).toBe(text)
        } catch (error) {
          expect(error).toMatchObject({ code: 'usage' })
        }
      }),
    )
  })
})
