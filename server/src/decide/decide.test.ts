import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { environments } from '#base'
import { type ListClass, listClasses } from '#lists'
import type { Ground } from '#match'
import { type Decision, decide, fast, type Rules, scanned } from './decide.ts'

const production: Rules = { environment: 'production', perceptual: 'report', reportWithinBits: 10, reportQuality: 80 }
const sandbox: Rules = { ...production, environment: 'sandbox' }

const exact = (named: ListClass, change: Partial<Ground> = {}): Ground => ({
  listId: 'drawn',
  source: 'us',
  entryId: 'e1',
  class: named,
  algorithm: 'sha256',
  distanceBits: 0,
  radiusBits: 0,
  pictureIndex: null,
  flavour: null,
  quality: null,
  members: 1,
  ...change,
})
const like = (named: ListClass, change: Partial<Ground> = {}): Ground =>
  exact(named, { algorithm: 'pdq', radiusBits: 31, pictureIndex: 0, flavour: 'command_line', quality: 100, ...change })
const route = (decision: Decision) => (decision.kind === 'clear' ? 'clear' : decision.route)

describe('in production', () => {
  it.each([
    ['nothing', [], 'clear'],
    ['an exact digest of class csam', [exact('csam')], 'report'],
    ['a near likeness of class csam', [like('csam', { distanceBits: 10, quality: 80 })], 'report'],
    ['a likeness of class csam at 11 bits', [like('csam', { distanceBits: 11 })], 'review'],
    ['a likeness of class csam of quality 79', [like('csam', { quality: 79 })], 'review'],
    ['an exact digest of class exploitative', [exact('exploitative')], 'review'],
    ['a likeness of class generative_ai', [like('generative_ai')], 'review'],
    ['an exact digest of class intimate', [exact('intimate')], 'review'],
    ['an exact digest of class test', [exact('test')], 'clear'],
    ['a likeness of class test', [like('test')], 'clear'],
    ['a never_match entry alone', [like('never_match')], 'clear'],
  ] as const)('%s leads to the right end', (_name, grounds, end) =>
    expect(route(decide(grounds, production))).toBe(end),
  )

  it('a likeness is never reported by rule when the operator chose review', () => {
    expect(route(decide([like('csam')], { ...production, perceptual: 'review' }))).toBe('review')
    expect(route(decide([exact('csam')], { ...production, perceptual: 'review' }))).toBe('report')
  })

  it('the operator’s limits can only be stricter than ours', () => {
    const loose = { ...production, reportWithinBits: 31, reportQuality: 0 }
    expect(route(decide([like('csam', { distanceBits: 11 })], loose))).toBe('review')
    expect(route(decide([like('csam', { quality: 79 })], loose))).toBe('review')
    const strict = { ...production, reportWithinBits: 4, reportQuality: 90 }
    expect(route(decide([like('csam', { distanceBits: 5 })], strict))).toBe('review')
    expect(route(decide([like('csam', { quality: 89 })], strict))).toBe('review')
  })
})

describe('outside production', () => {
  it.each(['sandbox', 'test'] as const)(
    'in %s a test match goes all the way and a csam match to a person',
    (environment) => {
      const rules = { ...production, environment }
      expect(route(decide([exact('test')], rules))).toBe('report')
      expect(route(decide([like('test', { distanceBits: 31, quality: 50 })], rules))).toBe('report')
      expect(decide([exact('csam')], rules)).toMatchObject({
        route: 'review',
        why: expect.stringContaining('outside production'),
      })
      expect(route(decide([like('csam')], rules))).toBe('review')
    },
  )

  const real = listClasses.filter((named) => named !== 'test' && named !== 'never_match')
  it.each(real)('a match of class %s is never filed because a test entry matches too', (named) => {
    for (const environment of ['sandbox', 'test'] as const)
      for (const one of [exact(named), like(named)])
        for (const test of [exact('test'), like('test')])
          for (const grounds of [
            [one, test],
            [test, one],
          ]) {
            const decision = decide(grounds, { ...production, environment })
            expect(decision).toMatchObject({ route: 'review', why: expect.stringContaining('outside production') })
            expect(decision.kind === 'held' && decision.grounds[0]).toEqual(one)
          }
  })

  it('a likeness that a list calls a false alarm counts for nothing beside a test entry, unless it is of class csam', () => {
    expect(route(decide([like('exploitative'), like('never_match'), exact('test')], sandbox))).toBe('report')
    expect(route(decide([like('csam'), like('never_match'), exact('test')], sandbox))).toBe('review')
  })
})

describe('a false alarm that was declared', () => {
  it.each(['exploitative', 'generative_ai', 'intimate'] as const)(
    'silences every likeness of class %s of that picture and of no other',
    (named) => {
      expect(decide([like(named), like('never_match')], production)).toEqual({ kind: 'clear' })
      expect(route(decide([like(named, { pictureIndex: 1 }), like('never_match')], production))).toBe('review')
    },
  )

  it('by one person’s list takes a likeness of class csam from the rule, and leaves it to a person', () => {
    expect(decide([like('csam'), like('never_match')], production)).toMatchObject({
      route: 'review',
      why: expect.stringContaining('a false alarm'),
    })
    expect(route(decide([like('csam', { pictureIndex: 1 }), like('never_match')], production))).toBe('report')
  })

  it('is still doubted when only the likeness is left of what was weighed, and of nothing exact', () => {
    const decision = decide([exact('csam'), like('csam'), like('never_match')], production)
    const kept = decision.kind === 'held' ? decision.grounds : []
    expect(kept).toEqual([exact('csam'), { ...like('csam'), doubted: true }])
    expect(route(decide(kept, production))).toBe('report')
    expect(route(decide(kept.slice(1), production))).toBe('review')
  })

  it('by digest is of the whole file, and silences the likenesses of all its pictures', () => {
    expect(decide([like('exploitative'), like('test', { pictureIndex: 3 }), exact('never_match')], sandbox)).toEqual({
      kind: 'clear',
    })
  })

  it('never silences an exact digest', () => {
    const grounds = [exact('csam'), like('exploitative'), like('never_match'), exact('never_match')]
    expect(decide(grounds, production)).toEqual({
      kind: 'held',
      route: 'report',
      grounds: [exact('csam')],
      why: 'an exact digest of class csam',
    })
  })
})

it('the weightiest ground comes first and gives the reason', () => {
  const grounds = [exact('exploitative'), like('csam'), like('test')]
  expect(decide(grounds, production)).toEqual({
    kind: 'held',
    route: 'report',
    grounds: [like('csam'), exact('exploitative')],
    why: 'a likeness of class csam, near and of good quality',
  })
})

describe('whatever the grounds and rules', () => {
  const ground = fc.constantFrom(...listClasses).chain((named) =>
    fc.oneof(
      fc
        .constantFrom('md5' as const, 'sha1' as const, 'sha256' as const)
        .map((algorithm) => exact(named, { algorithm })),
      fc
        .record({ distanceBits: fc.nat(31), quality: fc.nat(100), pictureIndex: fc.nat(2) })
        .map((change) => like(named, change)),
    ),
  )
  const grounds = fc.array(ground, { maxLength: 6 })
  const rules = fc.record({
    environment: fc.constantFrom(...environments),
    perceptual: fc.constantFrom('report' as const, 'review' as const),
    reportWithinBits: fc.nat(31),
    reportQuality: fc.nat(100),
  })
  // Outside production a report is a rehearsal, and what takes a file away from it is worth more.
  const weight = (decision: Decision, { environment }: Rules) =>
    (environment === 'production' ? ['clear', 'review', 'report'] : ['clear', 'report', 'review']).indexOf(
      route(decision),
    )

  it('one more exact digest of class csam never leads to less', () => {
    fc.assert(
      fc.property(grounds, rules, (some, by) => {
        const more = decide([...some, exact('csam')], by)
        expect(weight(more, by)).toBeGreaterThanOrEqual(weight(decide(some, by), by))
        expect(weight(more, by)).toBe(2)
      }),
    )
  })

  it('one more ground of any class but never_match never leads to less', () => {
    fc.assert(
      fc.property(grounds, ground, rules, (some, one, by) => {
        fc.pre(one.class !== 'never_match')
        expect(weight(decide([...some, one], by), by)).toBeGreaterThanOrEqual(weight(decide(some, by), by))
      }),
    )
  })

  it('production reports only csam and holds nothing for test; elsewhere only test is reported', () => {
    fc.assert(
      fc.property(grounds, rules, (some, by) => {
        const decision = decide(some, by)
        if (decision.kind === 'clear') return
        const classes = decision.grounds.map((each) => each.class)
        if (decision.route === 'report' && by.environment === 'production') expect(classes[0]).toBe('csam')
        if (decision.route === 'report' && by.environment !== 'production')
          expect(new Set(classes)).toEqual(new Set(['test']))
        if (by.environment === 'production') expect(classes).not.toContain('test')
        expect(classes.length).toBeGreaterThan(0)
        expect(classes).not.toContain('never_match')
      }),
    )
  })

  it('no likeness is reported in production beyond 10 bits, under quality 80, or against the operator’s choice', () => {
    fc.assert(
      fc.property(grounds, rules, (some, by) => {
        const decision = decide(some, { ...by, environment: 'production' })
        if (decision.kind === 'clear' || decision.route === 'review') return
        const [first] = decision.grounds
        if (first?.algorithm !== 'pdq') return
        expect(by.perceptual).toBe('report')
        expect(first.distanceBits).toBeLessThanOrEqual(10)
        expect(first.quality).toBeGreaterThanOrEqual(80)
      }),
    )
  })

  it('the order of the grounds changes nothing about the end, and the reason holds no number', () => {
    fc.assert(
      fc.property(grounds, rules, (some, by) => {
        expect(route(decide(some.toReversed(), by))).toBe(route(decide(some, by)))
        const decision = decide(some, by)
        if (decision.kind === 'held') expect(decision.why).not.toMatch(/\d/)
      }),
    )
  })
})

describe('scanning can be switched off', () => {
  const off = [
    { surface: 'private_message', jurisdiction: 'DE' },
    { surface: 'ai_input', jurisdiction: '*' },
    { surface: '*', jurisdiction: 'US-CA' },
  ]
  it.each([
    ['private_message', 'DE', false],
    ['private_message', 'DE-BY', false],
    ['private_message', 'DK', true],
    ['private_message', undefined, true],
    ['upload', 'DE', true],
    ['ai_input', 'FR', false],
    ['ai_input', undefined, false],
    ['upload', 'US-CA', false],
    ['upload', 'US', true],
  ])('%s in %s: scanned is %s', (surface, jurisdiction, is) => expect(scanned(off, surface, jurisdiction)).toBe(is))
  it('and is on everywhere when nothing was said', () => expect(scanned([], 'upload', undefined)).toBe(true))
})

it.each([
  [[], 'post', false],
  [['avatar'], 'post', false],
  [['avatar', 'post'], 'post', true],
  [['*'], 'post', true],
] as const)('with fast surfaces %j an image on %s is decoded fast: %s', (surfaces, surface, is) =>
  expect(fast(surfaces, surface)).toBe(is),
)
