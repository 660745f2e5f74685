import { scanContext } from '@wardline/api'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CaseContext } from './facts.ts'
import { fill } from './fill.ts'

const said: CaseContext = {
  surface: 'upload',
  url: 'https://forum.example/1',
  account: { id: '7', email: 'seven@users.example', organisation: { id: 'acme' } },
  origin: { ip: '192.0.2.1' },
}

describe('what is said later', () => {
  it('fills what was missing, key by key', () => {
    const { context, differing } = fill(said, {
      surface: 'other',
      fileName: 'a.jpg',
      account: { id: '7', screenName: 'seven', organisation: { id: 'acme', name: 'Acme' } },
      origin: { ip: '192.0.2.1', port: 4000, at: '2026-01-01T00:00:00Z' },
    })
    expect(differing).toEqual([])
    expect(context).toEqual({
      ...said,
      fileName: 'a.jpg',
      account: { ...said.account, screenName: 'seven', organisation: { id: 'acme', name: 'Acme' } },
      origin: { ip: '192.0.2.1', port: 4000, at: '2026-01-01T00:00:00Z' },
    })
  })

  it('overwrites nothing: what differs stands beside it', () => {
    const { context, differing } = fill(said, { surface: 'profile', url: 'https://forum.example/2' })
    expect(context).toEqual(said)
    expect(differing).toEqual([
      { path: 'url', said: 'https://forum.example/2' },
      { path: 'surface', said: 'profile' },
    ])
  })

  it('proves nothing about what was said before: another address that is verified makes the first one no more so', () => {
    const { context, differing } = fill(said, {
      surface: 'other',
      account: { id: '7', email: 'other@users.example', emailVerified: true },
    })
    expect(context).toEqual(said)
    expect(differing.map(({ path }) => path)).toEqual(['account.email', 'account.emailVerified'])
  })

  it('beside another address still brings all that says nothing of that address', () => {
    const account = {
      id: '7',
      email: 'other@users.example',
      emails: [{ address: 'third@users.example' }],
      displayName: 'Seven',
    }
    const before: CaseContext = { ...said, account: { id: '7', email: 'seven@users.example', displayName: '7' } }
    const more = { displayNames: ['S.'], profileUrls: ['https://forum.example/s'] }
    const { context, differing } = fill(before, { surface: 'other', account: { ...account, ...more } })
    expect(context.account).toEqual({ ...before.account, emails: account.emails, ...more })
    expect(differing.map(({ path }) => path)).toEqual(['account.email', 'account.displayName'])
  })

  it('fills a list up to its end and tells the surplus; everything else is taken all the same', () => {
    const events = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({ ip: `192.0.2.${from + i}`, kind: 'login' as const }))
    const exif = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({ name: `Tag ${from + i}`, value: 'x' }))
    const before: CaseContext = { ...said, account: { id: '7', ipEvents: events(0, 90) }, exif: exif(0, 99) }
    const { context, differing } = fill(before, {
      surface: 'other',
      fileName: 'a.jpg',
      account: { id: '7', screenName: 'seven', ipEvents: events(90, 12) },
      exif: exif(99, 3),
    })
    expect(context).toEqual({
      ...before,
      fileName: 'a.jpg',
      account: { id: '7', screenName: 'seven', ipEvents: events(0, 100) },
      exif: exif(0, 100),
    })
    expect(differing).toEqual([
      ...events(100, 2).map((one) => ({ path: 'account.ipEvents', said: JSON.stringify(one) })),
      ...exif(100, 2).map((one) => ({ path: 'exif', said: JSON.stringify(one) })),
    ])
    expect(fill(context, { surface: 'other', exif: exif(99, 3) }).context).toEqual(context)
  })

  it.each<[string, Partial<CaseContext>]>([
    ['account', { account: { id: '8', screenName: 'eight' } }],
    ['account', { account: { id: '7', screenName: 'seven', organisation: { id: 'other' } } }],
    ['origin', { origin: { ip: '192.0.2.2', port: 4000 } }],
  ])('of another %s is not mixed with the one that is known', (path, other) => {
    const { context, differing } = fill(said, { surface: 'other', ...other })
    expect(context).toEqual(said)
    expect(differing.map((one) => one.path)).toEqual([path])
  })

  it('of another account than the case’s is not taken where this coming named none', () => {
    const nobody: CaseContext = { surface: 'upload' }
    const later: CaseContext = { surface: 'other', account: { id: '8' }, fileName: 'a.jpg' }
    expect(fill(nobody, later, { id: '7' })).toEqual({
      context: { surface: 'upload', fileName: 'a.jpg' },
      differing: [{ path: 'account', said: '{"id":"8"}' }],
    })
    expect(fill(nobody, later, { id: '8' }).context.account).toEqual({ id: '8' })
    expect(fill(nobody, later).context.account).toEqual({ id: '8' })
  })

  it('never changes or drops a word of what was said before, is a context again, and twice is the same as once', () => {
    const text = fc.constantFrom('a', 'b', 'c')
    const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
    const context = fc
      .record({
        surface: fc.constantFrom('upload', 'profile', 'other'),
        service: some(text),
        fileName: some(text),
        publiclyAvailable: some(fc.boolean()),
        account: some(
          fc.record({
            id: text,
            screenName: some(text),
            organisation: some(fc.record({ id: text, name: some(text) })),
          }),
        ),
        origin: some(fc.record({ ip: fc.constantFrom('192.0.2.1', '192.0.2.2'), port: some(fc.constantFrom(1, 2)) })),
      })
      .map((value) => scanContext.parse(JSON.parse(JSON.stringify(value))))
    fc.assert(
      fc.property(context, context, (first, later) => {
        const { context: both } = fill(first, later)
        expect(scanContext.parse(both)).toEqual(both)
        const { surface, ...words } = first
        expect(both).toMatchObject(words)
        expect(both.surface).toBe(surface === 'other' ? later.surface : surface)
        expect(fill(both, later).context).toEqual(both)
      }),
    )
  })
})
